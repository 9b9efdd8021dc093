"""A dialog with an errand, from the question to its end."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app.engine_link import EngineLink
from studio.app.errand_dialog import ErrandDialog, copy_csv
from studio.engine.records import Cancel, Failed, ProfileLayers, Progress
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink) -> ErrandDialog:
    made = ErrandDialog("some", "Some errand", link)
    start = made.button("start", "Start", lambda: made.errand.ask(ProfileLayers, project={}))
    made.arrange((made.outcome, made.progress), made.outcome, start)
    made.refresh()
    qtbot.addWidget(made)
    made.show()
    return made


def say(client: FakeClient, link: EngineLink, record: object) -> None:
    client.answers.append(record)
    link.drain()


def test_how_far_it_is_stands_in_the_bar_and_in_words(
    dialog: ErrandDialog, client: FakeClient, link: EngineLink
) -> None:
    assert not dialog.progress.isVisible()
    dialog.errand.ask(ProfileLayers, project={})
    assert dialog.progress.isVisible()
    assert dialog.cancel_button.text() == "Cancel"
    say(client, link, Progress(client.asked[-1].id, 3, 7, "fc1"))
    assert (dialog.progress.value(), dialog.progress.maximum()) == (3, 7)
    assert dialog.outcome.text() == "Measuring fc1 …"


def test_cancel_takes_it_back_and_close_closes(
    qtbot: QtBot, dialog: ErrandDialog, client: FakeClient
) -> None:
    dialog.errand.ask(ProfileLayers, project={})
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert isinstance(client.asked[-1], Cancel)
    assert (dialog.outcome.text(), dialog.cancel_button.text()) == ("Cancelled.", "Close")
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_why_it_failed_is_said(dialog: ErrandDialog, client: FakeClient, link: EngineLink) -> None:
    dialog.errand.ask(ProfileLayers, project={})
    say(client, link, Failed(client.asked[-1].id, "training", "There is no loss."))
    assert dialog.outcome.text() == "There is no loss."
    assert dialog.outcome.property("role") == "bad"


def test_closing_takes_the_errand_back(dialog: ErrandDialog, client: FakeClient) -> None:
    dialog.errand.ask(ProfileLayers, project={})
    dialog.reject()
    assert isinstance(client.asked[-1], Cancel)


def test_return_presses_the_button_that_matters(
    qtbot: QtBot, dialog: ErrandDialog, client: FakeClient
) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert isinstance(client.asked[-1], ProfileLayers)


def test_a_table_is_copied_as_csv(qtbot: QtBot) -> None:
    copy_csv([("layer", "time"), ("a,b", 2.5)])
    assert QGuiApplication.clipboard().text() == 'layer,time\n"a,b",2.5\n'
