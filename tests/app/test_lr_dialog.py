"""The search for a learning rate, from the question to the edit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.lr_search.dialog import LrDialog
from studio.engine.records import Cancel, Failed, FindLr, LrFound, Progress
from tests.helpers.fake_client import FakeClient

Answer = Callable[[object], None]


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink, document: Document) -> LrDialog:
    made = LrDialog(document, link, "")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def answer(client: FakeClient, link: EngineLink) -> Answer:
    """Let the engine say something."""

    def say(record: object) -> None:
        client.answers.append(record)
        link.drain()

    return say


def ranged(request: int, lr: float = 0.0123456) -> LrFound:
    lrs = np.logspace(-6, 0, 50)
    losses = 2.0 - np.tanh(np.log10(lrs) + 2)
    return LrFound(request, "range", lr, lrs, losses, losses)


def test_what_was_found_is_one_undoable_edit(
    answer: Answer, qtbot: QtBot, dialog: LrDialog, client: FakeClient, document: Document
) -> None:
    dialog.choices["range"].setChecked(True)
    assert not dialog.use_button.isEnabled()
    assert "search for a learning rate first" in dialog.use_button.toolTip()
    qtbot.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    asked = client.asked[-1]
    assert isinstance(asked, FindLr)
    assert asked.method == "range"
    answer(Progress(asked.id, 50, 200, "lr 1e-3"))
    assert dialog.progress.value() == 50
    answer(ranged(asked.id))
    assert "most steeply at 0.0123" in dialog.outcome.text()
    qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert document.project.training.lr == 0.0123
    document.undo()
    assert document.project.training.lr == 0.05


def test_a_halving_says_how_many_were_tried(answer: Answer, dialog: LrDialog) -> None:
    dialog.search()
    lrs = np.array([10.0, 5.0, 2.5])
    found = LrFound(1, "halving", 2.5, lrs, np.array([np.nan, 1e9, 0.4]), np.array([1.0, 1.0, 0.0]))
    answer(found)
    assert "At 2.5 the loss does not diverge; 3 learning rates" in dialog.outcome.text()


def test_cancel_withdraws_and_the_dialog_stays(
    answer: Answer, qtbot: QtBot, dialog: LrDialog, client: FakeClient
) -> None:
    dialog.search()
    assert dialog.cancel_button.text() == "Cancel"
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert isinstance(client.asked[-1], Cancel)
    assert dialog.outcome.text() == "Cancelled."
    answer(ranged(1))  # it was on its way already
    assert not dialog.use_button.isEnabled()
    assert dialog.isVisible()
    assert dialog.cancel_button.text() == "Close"
    assert dialog.search_button.isEnabled()


def test_a_failure_is_said(answer: Answer, dialog: LrDialog) -> None:
    dialog.search()
    answer(Failed(1, "training", "The loss diverges at every learning rate."))
    assert dialog.outcome.text().startswith("The loss diverges")
    assert dialog.outcome.property("role") == "bad"


def test_an_answer_to_somebody_else_is_ignored(answer: Answer, dialog: LrDialog) -> None:
    dialog.search()
    answer(ranged(99))
    assert not dialog.use_button.isEnabled()
