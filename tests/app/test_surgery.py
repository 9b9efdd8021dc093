"""A changed design goes on from a run: what the window shows, and in which order it stops and starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.surgery import SurgeryDialog
from studio.engine.records import CarryPlanned, ControlRun, Failed, PlanCarry, RunStarted, StartRun
from studio.runs.carried import Carried
from studio.runs.records import RunChanged
from studio.runs.store import RunStore
from tests.helpers.window import action, open_window

PLANNED = Carried("run-1", ("fc1.weight", "fc1.bias"), ("fc2.weight",), ("fc9.bias",), ("fc1.weight",))


def client_of(window: MainWindow) -> Any:
    return window.workspace.link._client


def last(window: MainWindow, kind: type) -> Any:
    return next(asked for asked in reversed(client_of(window).asked) if isinstance(asked, kind))


def say(window: MainWindow, record: object) -> None:
    client_of(window).answers.append(record)
    window.workspace.link.drain()


def with_run(qtbot: QtBot, folder: Path, state: str) -> MainWindow:
    """A window whose run is in a state."""
    window = open_window(qtbot, folder, zoo.build("mlp", input_shape=(1, 8, 8)))
    window.workspace.train()
    started = last(window, StartRun)
    RunStore(window.workspace.runs_folder).create_run("run-1", window.document.project, "cpu", 0).close()
    say(window, RunStarted(started.id, "run-1", str(window.workspace.runs_folder)))
    say(window, RunChanged("run-1", state, 0, 1))
    return window


def opened(window: MainWindow) -> SurgeryDialog:
    window.dialogs.carry_on()
    dialog = window.findChild(QDialog, "dialog.surgery")
    assert isinstance(dialog, SurgeryDialog)
    return dialog


def rows(dialog: SurgeryDialog) -> list[list[str]]:
    items = [dialog.table.topLevelItem(place) for place in range(dialog.table.topLevelItemCount())]
    return [[item.text(column) for column in range(3)] for item in items if item]


def test_what_is_kept_is_listed_and_a_run_begins(qtbot: QtBot, tmp_path: Path) -> None:
    window = with_run(qtbot, tmp_path, "stopped")
    dialog = opened(window)
    asked = last(window, PlanCarry)
    assert asked.run == "run-1"
    assert not dialog.train_button.isEnabled()
    say(window, CarryPlanned(asked.id, PLANNED))
    assert rows(dialog) == [
        ["fc2.weight", "fresh", ""],
        ["fc1.weight", "kept", "kept"],
        ["fc1.bias", "kept", ""],
        ["fc9.bias", "dropped", ""],
    ]
    assert dialog.words.text().startswith(
        "A new run begins: 2 of 3 tensors go on as run-1 left them. It counts"
    )
    qtbot.mouseClick(dialog.train_button, Qt.MouseButton.LeftButton)
    started = last(window, StartRun)
    assert (started.carry_on, started.resume) == ("run-1", "")


def test_a_paused_run_is_stopped_first(qtbot: QtBot, tmp_path: Path) -> None:
    window = with_run(qtbot, tmp_path, "paused")
    dialog = opened(window)
    say(window, CarryPlanned(last(window, PlanCarry).id, PLANNED))
    assert "run-1 is stopped first" in dialog.words.text()
    qtbot.mouseClick(dialog.train_button, Qt.MouseButton.LeftButton)
    assert last(window, ControlRun).action == "stop"
    assert last(window, StartRun).carry_on == ""
    say(window, RunChanged("run-1", "stopped", 5, 1))
    assert last(window, StartRun).carry_on == "run-1"


def test_a_design_with_errors_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    window = with_run(qtbot, tmp_path, "finished")
    dialog = opened(window)
    say(window, Failed(last(window, PlanCarry).id, "problems", "The network cannot be compiled."))
    assert dialog.words.text() == "The network cannot be compiled."
    assert not dialog.train_button.isEnabled()
    dialog.close()


def test_the_menu_says_why_it_cannot(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    assert not action(window, "train.carry_on").isEnabled()
    assert "No run of this session" in action(window, "train.carry_on").toolTip()
