"""The ablation of a run in the window, from the question to the table."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.ablation import AblationDialog
from studio.app.engine_link import EngineLink
from studio.engine.records import AblatedVariant, AblateRun, Cancel, Failed, Progress, RunAblated
from studio.project.project import Project
from studio.runs.records import EpochEnded
from studio.runs.store import RunStore
from tests.helpers.fake_client import FakeClient
from tests.helpers.settling import settle
from tests.helpers.window import action, open_window

Answer = Callable[[object], None]

WHOLE = AblatedVariant((), 3, 1482, 0.05, 0.2)
WITHOUT = AblatedVariant(("fc2",), 2, 1210, 0.125, 0.5)
MISFIT = AblatedVariant(("fc1",), 2, 1210, math.nan, math.nan, '"fc2" would take inputs of another size.')


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink) -> AblationDialog:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16, 16))
    made = AblationDialog(link, graph, "run-1", "/runs", "/home")
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


def asked(client: FakeClient) -> AblateRun:
    found = client.asked[-1]
    assert isinstance(found, AblateRun)
    return found


def rows(dialog: AblationDialog) -> list[list[str]]:
    table = dialog.table
    items = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    return [[item.text(column) for column in range(table.columnCount())] for item in items if item]


def test_why_something_was_not_measured_can_be_read_whole(
    qtbot: QtBot, dialog: AblationDialog, client: FakeClient, answer: Answer
) -> None:
    qtbot.mouseClick(dialog.measure_button, Qt.MouseButton.LeftButton)
    note = MISFIT.note + " The trained weights do not fit: only training again can tell."
    answer(RunAblated(asked(client).id, "run-1", 270, (WHOLE, replace(MISFIT, note=note))))
    table = dialog.table
    short, long = (table.visualItemRect(table.topLevelItem(place)).height() for place in (0, 1))
    lines = table.fontMetrics().boundingRect(
        0, 0, table.columnWidth(6) - 12, 1000, Qt.TextFlag.TextWordWrap, note
    )
    assert long >= lines.height() > short


def test_layers_in_each_block_are_offered_when_asked_for(
    qtbot: QtBot, dialog: AblationDialog, link: EngineLink, client: FakeClient
) -> None:
    assert dialog.inner.isHidden()  # there are no blocks
    graph = zoo.build("residual_mlp", input_shape=(64,), num_classes=10, width=16, depth=2)
    made = AblationDialog(link, graph, "run-1", "/runs", "/home")
    qtbot.addWidget(made)
    made.show()
    usual = ["fc1", "blocks.0", "blocks.1", "fc2"]
    assert made.chosen == usual
    inner = next(item for item in made._items() if item.text().startswith("blocks.1.fc2"))
    assert inner.isHidden()
    made.inner.click()
    assert not inner.isHidden()
    inner.setCheckState(Qt.CheckState.Checked)
    assert made.chosen == [*usual[:3], "blocks.1.fc2", "fc2"]
    made.inner.click()
    assert made.chosen == usual  # what is not on show is not asked about
    made.inner.click()
    qtbot.mouseClick(made.measure_button, Qt.MouseButton.LeftButton)
    assert ("blocks.1.fc2",) in asked(client).variants


def test_chosen_layers_are_asked_about_and_stand_in_the_table(
    qtbot: QtBot, dialog: AblationDialog, client: FakeClient, answer: Answer
) -> None:
    assert dialog.chosen == ["fc1", "fc2", "fc3"]
    dialog.layers.item(dialog.layers.count() - 1).setCheckState(Qt.CheckState.Unchecked)
    dialog.together.setChecked(True)
    qtbot.mouseClick(dialog.measure_button, Qt.MouseButton.LeftButton)
    request = asked(client)
    assert request.variants == (("fc1",), ("fc2",), ("fc1", "fc2"))
    assert request.followers
    answer(Progress(request.id, 1, 4, 'without "fc1"'))
    assert dialog.progress.maximum() == 4
    answer(RunAblated(request.id, "run-1", 270, (WHOLE, MISFIT, WITHOUT)))
    assert rows(dialog) == [
        ["nothing: as trained", "3", "1,482", "", "5.0 %", "", ""],
        ["fc1", "2", "1,210", "−272", "", "", MISFIT.note],
        ["fc2", "2", "1,210", "−272", "12.5 %", "+7.5 %", ""],
    ]
    assert dialog.outcome.text().startswith("270 samples")
    with qtbot.waitSignal(dialog.node_chosen) as chosen:
        dialog.table.itemActivated.emit(dialog.table.topLevelItem(2), 0)
    assert chosen.args == ["fc2"]
    dialog.table.itemActivated.emit(dialog.table.topLevelItem(1), 0)
    assert dialog.outcome.text() == MISFIT.note
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines()[3] == "fc2,2,1210,0.125,0.5,"


def test_networks_that_are_no_classifiers_are_judged_by_their_loss(
    dialog: AblationDialog, client: FakeClient, answer: Answer
) -> None:
    dialog.measure()
    whole = AblatedVariant((), 3, 1482, math.nan, 0.2)
    answer(RunAblated(asked(client).id, "run-1", 9, (whole, AblatedVariant(("fc2",), 2, 9, math.nan, 0.1))))
    assert dialog.table.headerItem().text(4) == "Loss"
    assert rows(dialog)[1][4:6] == ["0.1", "−0.1"]


def test_it_can_be_cancelled_and_says_what_went_wrong(
    qtbot: QtBot, dialog: AblationDialog, client: FakeClient, answer: Answer
) -> None:
    dialog.measure()
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert isinstance(client.asked[-1], Cancel)
    assert dialog.outcome.text() == "Cancelled."
    dialog.measure()
    answer(Failed(asked(client).id, "run", "There are no weights yet."))
    assert dialog.outcome.text() == "There are no weights yet."
    for place in range(dialog.layers.count()):
        dialog.layers.item(place).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.measure_button.isEnabled()
    assert dialog.measure_button.toolTip() == "Choose a layer to leave out."


def test_the_menu_of_runs_opens_it(qtbot: QtBot, tmp_path: Path) -> None:
    graph = zoo.build("mlp", input_shape=(1, 8, 8))
    window = open_window(qtbot, tmp_path, graph)
    store = RunStore(window.workspace.runs_folder)
    store.create_run("mine", Project("demo", graph), "cpu", 0).close()
    window.runs.tools.choose(["mine"])
    window.runs.tools.actions["ablate"].trigger()
    qtbot.waitUntil(lambda: window.findChild(QDialog, "dialog.ablation") is not None)
    dialog = window.findChild(QDialog, "dialog.ablation")
    assert isinstance(dialog, AblationDialog)
    assert dialog.windowTitle() == "Ablation of mine"
    dialog.close()


def test_the_network_menu_takes_the_newest_run_with_weights(qtbot: QtBot, tmp_path: Path) -> None:
    graph = zoo.build("mlp", input_shape=(1, 8, 8))
    window = open_window(qtbot, tmp_path, graph)
    entry = action(window, "network.ablate")
    window.menus.network.refresh()
    assert not entry.isEnabled()
    assert "Train it first" in entry.toolTip()
    writer = RunStore(window.workspace.runs_folder).create_run("mine", Project("demo", graph), "cpu", 0)
    writer.epoch(EpochEnded("mine", 1, 1, 0.5, 0.5, 0.9, 0.9, True))
    writer.close()
    window.runs.refresh()
    settle(qtbot, window.runs)
    window.menus.network.refresh()
    entry.trigger()
    qtbot.waitUntil(lambda: window.findChild(QDialog, "dialog.ablation") is not None)
    dialog = window.findChild(QDialog, "dialog.ablation")
    assert isinstance(dialog, AblationDialog)
    assert dialog.windowTitle() == "Ablation of mine"
    dialog.close()


def test_a_block_of_a_row_is_found_on_the_canvas(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("residual_mlp", depth=3))
    window.connections.reveal_name("blocks.1")
    selected = window.workspace.selection.single
    assert selected == window.document.graph.named("blocks").id
