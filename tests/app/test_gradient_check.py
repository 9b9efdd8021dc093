"""The gradient check in the window, from the question to the table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.gradient_check import GradientDialog
from studio.engine.records import Cancel, CheckGradients, Failed, GradientRow, GradientsChecked, Progress
from tests.helpers.fake_client import FakeClient
from tests.helpers.window import action, open_window

Answer = Callable[[object], None]

RIGHT = GradientRow("fc1", "fc1.weight", (16, 64), 20, 1024, 1, 3e-11, 1e-12, "right")
WRONG = GradientRow("relu1", "input", (4, 16), 20, 64, 0, 0.5, 1.0, "wrong")
TINY = GradientRow("fc1", "fc1.bias", (16,), 16, 16, 0, 2e-4, 1e-13, "tiny")
NOTHING = GradientRow("flatten", "", (), 0, 0, 0, 0.0, 0.0, "nothing", "It has no parameters.")


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink) -> GradientDialog:
    made = GradientDialog(Document(), link, "", "fc1")
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


def asked(client: FakeClient) -> CheckGradients:
    found = client.asked[-1]
    assert isinstance(found, CheckGradients)
    return found


def rows(dialog: GradientDialog) -> list[list[str]]:
    table = dialog.table
    items = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    return [[item.text(column) for column in range(table.columnCount())] for item in items if item]


def test_what_is_right_and_wrong_stands_in_the_table(
    qtbot: QtBot, dialog: GradientDialog, client: FakeClient, answer: Answer
) -> None:
    dialog.choices["alone"].setChecked(True)
    qtbot.mouseClick(dialog.check_button, Qt.MouseButton.LeftButton)
    request = asked(client)
    assert (request.alone, request.node) == (True, "")
    answer(Progress(request.id, 500, 2000, "fc1"))
    assert (dialog.progress.value(), dialog.progress.maximum()) == (500, 2000)
    answer(GradientsChecked(request.id, True, 4, (RIGHT, WRONG, NOTHING)))
    assert rows(dialog) == [
        ["fc1", "fc1.weight", "16×64", "20 of 1,024", "1", "3e−11", "✓ right"],
        ["relu1", "input", "4×16", "20 of 64", "", "0.5", "✗ wrong"],
        ["flatten", "", "", "", "", "", "It has no parameters."],
    ]
    assert dialog.outcome.text() == "1 wrong: relu1."
    with qtbot.waitSignal(dialog.node_chosen) as chosen:
        dialog.table.itemActivated.emit(dialog.table.topLevelItem(1), 0)
    assert chosen.args == ["relu1"]
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1] == "fc1,fc1.weight,16x64,20,1024,1,3e-11,1e-12,right"


def test_the_selected_layer_is_offered_first(
    qtbot: QtBot, dialog: GradientDialog, client: FakeClient, answer: Answer
) -> None:
    assert dialog.choices["node"].isChecked()
    dialog.check()
    assert asked(client).node == "fc1"
    answer(GradientsChecked(asked(client).id, True, 4, (RIGHT,)))
    assert dialog.outcome.text().startswith("All gradients are right: 20 numbers were compared")


def test_what_is_too_small_to_tell_is_neither_right_nor_wrong(
    dialog: GradientDialog, client: FakeClient, answer: Answer
) -> None:
    dialog.check()
    answer(GradientsChecked(asked(client).id, False, 4, (RIGHT, TINY)))
    assert rows(dialog)[1][5:] == ["", "– too small to tell"]
    said = dialog.outcome.text()
    assert said.startswith("No gradient is wrong: 36 numbers")
    assert said.endswith("Too small to tell: 1 tensor(s).")
    dialog.check()
    answer(GradientsChecked(asked(client).id, False, 4, (WRONG, TINY)))
    assert dialog.outcome.text() == "1 wrong: relu1. Too small to tell: 1 tensor(s)."


def test_it_can_be_cancelled_and_says_what_went_wrong(
    qtbot: QtBot, dialog: GradientDialog, client: FakeClient, answer: Answer
) -> None:
    dialog.check()
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert isinstance(client.asked[-1], Cancel)
    assert dialog.outcome.text() == "Cancelled."
    dialog.check()
    answer(Failed(asked(client).id, "training", "There is no loss."))
    assert dialog.outcome.text() == "There is no loss."
    assert dialog.check_button.isEnabled()


def test_the_menu_opens_it(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    window.workspace.selection.set([window.document.graph.named("fc1").id])
    window.dialogs.check_gradients()
    dialog = window.findChild(QDialog, "dialog.gradients")
    assert isinstance(dialog, GradientDialog)
    assert dialog.choices["node"].text() == "fc1 alone"
    assert action(window, "train.check_gradients").text() == "Check &gradients…"
    dialog.close()
