"""The tab of the objective on real widgets."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.document import Document
from studio.app.monitor import Monitor
from studio.app.panels.objective import ObjectivePanel
from studio.graph import edits
from studio.project.project import Project
from studio.runs.records import Steps
from tests.helpers.live_records import progress, state


@pytest.fixture
def document(qapp: object) -> Document:
    return Document(Project("demo", zoo.build("mlp", input_shape=(4,), hidden=(8,))))


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> ObjectivePanel:
    monitor = Monitor()
    monitor.take(state("starting"))
    made = ObjectivePanel(monitor, document)
    qtbot.addWidget(made)
    made.resize(1000, 240)
    made.show()
    made.build()
    return made


def test_the_formula_follows_the_design(panel: ObjectivePanel, document: Document) -> None:
    assert panel.formula.text() == "L = CrossEntropyLoss(fc2, target)"
    first = document.graph.named("fc1").id
    document.edit("Regularize", lambda graph: edits.set_argument(graph, first, "l2", 0.01))
    assert panel.formula.text().endswith("+ 0.01 · Σ w²")
    assert "fc1" in panel.notes.text()
    document.undo()
    assert panel.notes.isHidden()


def test_the_terms_add_up_to_the_loss_at_every_step(panel: ObjectivePanel) -> None:
    steps = np.arange(1, 101)
    losses = np.linspace(2.0, 1.0, 100, dtype=np.float32)
    penalties = np.linspace(0.5, 0.1, 100, dtype=np.float32)
    lrs = np.where(steps < 50, 0.1, 0.01).astype(np.float32)
    panel.monitor.take(Steps("run-1", steps, losses, np.full(100, np.nan, np.float32), lrs, penalties))
    panel.monitor.take(progress(100, total_steps=100, epochs=1))
    for plot in (panel.terms, panel.lr, panel.speed):
        plot.refresh()
    total = panel.terms.train.values + panel.terms.validation.values
    np.testing.assert_allclose(total, losses, atol=1e-6)
    assert "regularizer 0.1" in panel.terms.words
    x, y = panel.lr.curve("train").getData()
    assert (x[0], x[-1], np.unique(y.astype(np.float32)).tolist()) == (
        1, 100, np.unique(lrs).tolist(),
    )  # fmt: skip
    assert panel.lr.curve("smoothed").getData()[0] is None or not len(panel.lr.curve("smoothed").getData()[0])
    assert "lr 0.01" in panel.lr.words
    assert "validation" not in panel.lr.words
    assert panel.speed.train.steps.tolist() == [100]


def test_a_run_without_these_numbers_says_so(panel: ObjectivePanel) -> None:
    assert panel.lr.empty_words.startswith("Press Train")
    some = np.ones(3, np.float32)
    panel.monitor.take(Steps("run-1", np.arange(1, 4), some, some))
    panel.lr.refresh()
    panel.terms.refresh()
    assert panel.lr.empty_words == "This run did not keep its learning rates."
    assert panel.terms.empty_words == "This run did not keep its regularizer."
