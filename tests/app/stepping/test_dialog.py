"""The walk through the network in the window: what is asked, what is shown, what is let go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.stepping.dialog import StepDialog
from studio.engine import stepping
from studio.engine.records import CloseSteps, EngineLost, Failed, OpenSteps, TakeSteps
from studio.project.config import DataConfig
from studio.project.project import Project
from tests.helpers.fake_client import FakeClient
from tests.helpers.window import action, open_window

Answer = Callable[[], None]


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink) -> StepDialog:
    document = Document()
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16,))
    document.open(Project("digits", graph, DataConfig(dataset="digits")), None)
    made = StepDialog(document, link, "")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def answer(client: FakeClient, link: EngineLink) -> Answer:
    """Let the engine's own code answer all that was asked and not answered yet."""
    walk, done = stepping.Stepping(), 0
    kinds = {OpenSteps: walk.open, TakeSteps: walk.take, CloseSteps: walk.close}

    def say() -> None:
        nonlocal done
        while done < len(client.asked):
            asked = client.asked[done]
            done += 1
            if type(asked) in kinds:
                client.answers.append(kinds[type(asked)](asked))
                link.drain()

    return say


def titles(dialog: StepDialog) -> list[str]:
    """The first column, gradients behind what they are of."""
    found = []
    for place in range(dialog.table.topLevelItemCount()):
        item = dialog.table.topLevelItem(place)
        assert item is not None
        found += [item.text(0), *(item.child(number).text(0) for number in range(item.childCount()))]
    return found


def press(qtbot: QtBot, button: QPushButton, answer: Answer) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    answer()


def test_buttons_go_forward_to_the_loss_and_back(qtbot: QtBot, dialog: StepDialog, answer: Answer) -> None:
    names: list[str] = []
    dialog.node_chosen.connect(names.append)
    assert not dialog.step_button.isEnabled()
    press(qtbot, dialog.anew_button, answer)
    assert dialog.title.text() == "Forward, box 1 of 6: image"
    assert not dialog.back_button.isEnabled()
    for _ in range(2):
        press(qtbot, dialog.step_button, answer)
    assert titles(dialog) == ["input from flatten", "output", "weight", "bias"]
    assert "# Linear(in_features=64" in dialog.code.text()
    press(qtbot, dialog.end_button, answer)
    assert dialog.title.text() == "Forward, box 6 of 6: loss"
    assert "The loss is 2." in dialog.words.text()
    press(qtbot, dialog.backward_button, answer)
    assert dialog.title.text() == "Backward, box 1 of 6: image"
    press(qtbot, dialog.back_button, answer)
    press(qtbot, dialog.back_button, answer)
    assert titles(dialog)[:4] == ["input from flatten", "gradient", "output", "gradient"]
    assert dialog.caption.text().startswith("gradient of input from flatten: ")
    assert names == ["image", "flatten", "fc1", "image", "flatten", "fc1"]


def test_numbers_and_pictures_are_those_of_the_tensors(
    qtbot: QtBot, dialog: StepDialog, answer: Answer
) -> None:
    dialog.begin()
    answer()
    item = dialog.table.topLevelItem(0)
    assert item is not None
    assert (item.text(0), item.text(1)) == ("output", "8×1×8×8")
    assert not item.icon(6).pixmap(96, 28).isNull()
    assert dialog.picture.shows_maps
    assert dialog.caption.text().startswith("output: −")


def test_closing_lets_the_engine_forget(
    qtbot: QtBot, dialog: StepDialog, client: FakeClient, answer: Answer
) -> None:
    dialog.begin()
    answer()
    session = next(asked.id for asked in client.asked if isinstance(asked, OpenSteps))
    press(qtbot, dialog.close_button, answer)
    assert client.asked[-1] == CloseSteps(client.asked[-1].id, session)


def test_what_goes_wrong_is_said(
    qtbot: QtBot, dialog: StepDialog, client: FakeClient, link: EngineLink, answer: Answer
) -> None:
    dialog.begin()
    client.answers.append(Failed(client.asked[-1].id, "busy", "The run is still going on."))
    link.drain()
    assert dialog.words.text() == "The run is still going on."
    dialog.begin()
    answer()
    dialog.step()
    client.answers.append(EngineLost("killed by signal 9"))
    link.drain()
    assert "killed by signal 9" in dialog.words.text()
    assert not dialog.step_button.isEnabled()


def test_a_changed_design_is_told(dialog: StepDialog, answer: Answer) -> None:
    dialog.begin()
    answer()
    dialog._document.open(Project("other", zoo.build("lenet5")), None)
    assert dialog.words.text().startswith("The design was changed")


def test_the_menu_opens_one_that_is_not_modal(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    action(window, "network.step_through").trigger()
    dialog = window.findChild(QDialog, "dialog.steps")
    assert isinstance(dialog, StepDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert isinstance(window.workspace.link._client.asked[-1], OpenSteps)
    action(window, "network.step_through").trigger()
    assert len(window.findChildren(QDialog, "dialog.steps")) == 1
    dialog.close()
