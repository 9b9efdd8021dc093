"""The profile in the window, from the question to the table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.profile_dialog import ProfileDialog
from studio.engine.records import Cancel, LayersProfiled, LayerTime, ProfileLayers, Progress
from tests.helpers.fake_client import FakeClient

Answer = Callable[[object], None]

LAYERS = (LayerTime("fc1", 0.002, 0.001, 1024, 2048), LayerTime("relu1", 0.0005, 0.0005, 512, 512))


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink) -> ProfileDialog:
    made = ProfileDialog(Document(), link, "")
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


def names(dialog: ProfileDialog) -> list[str]:
    items = [dialog.table.topLevelItem(place) for place in range(dialog.table.topLevelItemCount())]
    return [item.text(0) for item in items if item is not None]


def test_times_stand_in_the_table_and_can_be_sorted(
    qtbot: QtBot, dialog: ProfileDialog, client: FakeClient, answer: Answer
) -> None:
    qtbot.mouseClick(dialog.measure_button, Qt.MouseButton.LeftButton)
    asked = client.asked[-1]
    assert isinstance(asked, ProfileLayers)
    answer(Progress(asked.id, 1, 2, "fc1"))
    assert dialog.progress.value() == 1
    answer(LayersProfiled(asked.id, "cpu", 64, LAYERS))
    assert names(dialog) == ["fc1", "relu1"]
    first = dialog.table.topLevelItem(0)
    assert first is not None
    assert [first.text(column) for column in range(4)] == ["fc1", "2.000", "1.000", "75.0 %"]
    assert dialog.outcome.text().startswith("A batch of 64 on cpu takes 4.00 ms")
    dialog.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert names(dialog) == ["relu1", "fc1"]
    with qtbot.waitSignal(dialog.node_chosen) as chosen:
        dialog.table.itemActivated.emit(dialog.table.topLevelItem(0), 0)
    assert chosen.args == ["relu1"]
    dialog.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "fc1,0.002,0.001,1024,2048"


def test_it_can_be_cancelled(qtbot: QtBot, dialog: ProfileDialog, client: FakeClient) -> None:
    dialog.measure()
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert isinstance(client.asked[-1], Cancel)
    assert dialog.outcome.text() == "Cancelled."
