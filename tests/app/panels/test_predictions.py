"""The tab of live predictions: counts as NumPy has them, the worst samples, nothing asked while hidden."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.panels.predictions import (
    EMPTY,
    STORED,
    WAITING,
    PredictionsPanel,
    confusion_of,
    words_of,
)
from studio.app.panels.worst_list import sample_text
from studio.runs.records import Predictions
from tests.helpers.live_records import state


def predictions(
    truth: list[int], said: list[int], samples: np.ndarray | None = None, step: int = 5, total: int = 9
) -> Predictions:
    count = len(truth)
    own = np.where(np.array(truth) == np.array(said), 0.5, 0.25).astype(np.float32)
    pictures = np.linspace(0, 1, count * 16, dtype=np.float32).reshape(count, 1, 4, 4)
    return Predictions(
        "run-1",
        step,
        "validation",
        total,
        ("cat", "dog"),
        3,
        np.array(truth, np.int64),
        np.array(said, np.int64),
        np.full(count, 0.5, np.float32),
        own,
        0.25,
        np.argsort(own, kind="stable"),
        pictures if samples is None else samples,
    )


@pytest.fixture
def panel(qtbot: QtBot) -> PredictionsPanel:
    panel = PredictionsPanel(Monitor())
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.build()
    return panel


def take(panel: PredictionsPanel, *seen: Predictions) -> None:
    for record in (state("starting"), state("running"), *seen):
        panel.monitor.take(record)
    panel.monitor.announce()
    panel.view.refresh()


def test_counts_are_those_of_numpy_and_leave_out_what_is_no_number() -> None:
    rng = np.random.default_rng(0)
    truth, said = rng.integers(0, 3, 200), rng.integers(-1, 3, 200)
    counts = confusion_of(predictions(truth.tolist(), said.tolist()))
    for row in range(3):
        for column in range(3):
            assert counts[row, column] == ((truth == row) & (said == column)).sum()


def test_words_tell_part_step_accuracy_and_what_is_no_number() -> None:
    words = words_of(predictions([0, 1, 2, 0], [0, 1, 0, -1]))
    assert words.startswith("4 of 9 samples of the validation part")
    assert "step 5" in words
    assert "accuracy 66.7 %" in words
    assert "of 1 samples the outputs are NaN" in words
    assert "accuracy" not in words_of(predictions([0], [-1]))


def test_the_worst_come_first_with_truth_and_what_was_said(panel: PredictionsPanel) -> None:
    panel.show()
    take(panel, predictions([0, 1, 2, 0], [0, 0, 1, 0]))
    view = panel.view
    assert view.confusion.counts.tolist() == [[2, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert view.gallery.accessibleName().startswith("Worst: dog → cat, 2 → dog, cat 50 %, cat 50 %")
    assert not view.list.isVisible()


def test_a_chosen_cell_stays_chosen_when_newer_numbers_come(panel: PredictionsPanel) -> None:
    panel.show()
    take(panel, predictions([0, 1, 2], [0, 0, 1]))
    panel.view.confusion.choose((1, 0))
    assert panel.view.gallery.accessibleName() == "dog → cat: dog → cat"
    take(panel, predictions([0, 1, 1], [0, 0, 0], step=6))
    assert panel.view.confusion.cell == (1, 0)
    assert panel.view.gallery.accessibleName() == "dog → cat: dog → cat, dog → cat"


def test_samples_that_are_no_pictures_are_rows_of_numbers(panel: PredictionsPanel) -> None:
    panel.show()
    take(panel, predictions([0, 1], [0, -1], np.array([[0.5, -2.0], [1.25, 3.0]], np.float32)))
    table = panel.view.list
    assert table.isVisible()
    assert [table.item(0, column).text() for column in range(3)] == ["0.5, −2", "dog", "no number"]
    panel.view.confusion.choose((0, 0))
    assert table.isRowHidden(0)
    assert not table.isRowHidden(1)
    assert sample_text(np.arange(9.0)).endswith("5, …")


def test_it_is_asked_for_only_while_on_screen(panel: PredictionsPanel, qtbot: QtBot) -> None:
    wanted: list[bool] = []
    panel.monitor.watch_wanted.connect(lambda: wanted.append(panel.monitor.watches_predictions))
    panel.show()
    panel.hide()
    panel.show()
    assert wanted == [True, False, True]


def test_an_empty_tab_says_what_to_do(panel: PredictionsPanel) -> None:
    panel.show()
    assert panel.view.empty.text() == EMPTY
    take(panel)
    assert panel.view.empty.text() == WAITING
    panel.monitor.take(state("finished"))
    panel.view.refresh()
    assert panel.view.empty.text() == STORED
    assert panel.numbers() is None


def test_the_numbers_are_a_row_for_each_sample(panel: PredictionsPanel) -> None:
    take(panel, predictions([0, 1], [0, 0]))
    table = panel.numbers()
    assert table is not None
    assert table.csv().splitlines()[:3] == [
        "step,sample,truth,predicted,probability,probability_of_truth",
        "5,0,0,0,0.5,0.5",
        "5,1,1,0,0.5,0.25",
    ]
