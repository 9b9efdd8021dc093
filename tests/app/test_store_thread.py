"""The window reads and writes the store of runs beside its own thread, and what watches over that does."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.plots.run_data import RunData
from studio.app.published import PublishedErrors
from studio.engine.records import RunStarted
from studio.project.project import Project
from studio.runs import database
from studio.runs.records import EpochEnded
from studio.runs.store import RunStore
from tests.helpers.live_records import state, steps
from tests.helpers.settling import settle
from tests.helpers.window import open_window


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(tmp_path / "demo.runs")
    writer = made.create_run("run-1", Project("demo", zoo.build("mlp", input_shape=(1, 8, 8))), "cpu", 0)
    writer.steps(steps(1, [4.0, 3.0]))
    writer.epoch(EpochEnded("run-1", 1, 2, 3.5, 3.25, 0.5, 0.75, True))
    writer.changed(state("stopped", step=2))
    writer.close()
    return made


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, store: RunStore) -> MainWindow:
    made = open_window(qtbot, tmp_path)
    made.document.open(Project("demo", zoo.build("mlp", input_shape=(1, 8, 8))), tmp_path / "demo.flow")
    settle(qtbot, made.runs)
    return made


def test_a_read_on_the_window_s_thread_is_found_and_one_beside_it_is_not(
    store: RunStore, waits_for_the_store: list[str]
) -> None:
    run = RunData("run-1")
    thread = threading.Thread(target=run.read, args=(store.run("run-1"),))
    thread.start()
    thread.join()
    assert waits_for_the_store == []
    run.read(store.run("run-1"))
    assert set(waits_for_the_store) == {"plots/run_data.py read"}
    waits_for_the_store.clear()


def test_the_past_of_a_resumed_run_is_read_beside_the_window(
    qtbot: QtBot, window: MainWindow, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, real = threading.Event(), RunData.read
    monkeypatch.setattr(RunData, "read", lambda run, reader: (go.wait(10), real(run, reader)))
    space = window.workspace
    space.resume_run("run-1")
    space.link.run_started.emit(RunStarted(space._start_id, "run-1", str(store.folder)))
    space.link.live.emit(steps(3, [2.0]))
    assert space.monitor.shown.losses.tolist() == [2.0]
    go.set()
    qtbot.waitUntil(lambda: space.monitor.shown.losses.tolist() == [4.0, 3.0, 2.0])
    assert space.monitor.is_live


def test_a_past_that_cannot_be_read_is_said_and_the_run_goes_on(
    qtbot: QtBot, window: MainWindow, store: RunStore
) -> None:
    space = window.workspace
    (store.folder / database.FILE).write_bytes(b"no list of runs" * 100)
    space.resume_run("run-1")
    with qtbot.waitSignal(space.message, check_params_cb=lambda words: "damaged" in words):
        space.link.run_started.emit(RunStarted(space._start_id, "run-1", str(store.folder)))
    space.link.live.emit(steps(3, [2.0]))
    assert space.monitor.shown.losses.tolist() == [2.0]


def test_the_design_of_a_run_is_opened(qtbot: QtBot, window: MainWindow) -> None:
    window.open_design("run-1")
    qtbot.waitUntil(lambda: window.document.name == "run-1")
    said: list[str] = []
    window.status.messageChanged.connect(said.append)
    window.open_design("gone")
    qtbot.waitUntil(lambda: any("gone" in words for words in said))


def test_a_run_stands_beside_published_errors(qtbot: QtBot, window: MainWindow) -> None:
    window.dialogs.show_published(["run-1"])
    qtbot.waitUntil(lambda: window.findChild(PublishedErrors) is not None)
    dialog = window.findChild(QDialog, "dialog.published_errors")
    assert isinstance(dialog, PublishedErrors)
    line = dialog.table.topLevelItem(0).child(0)
    assert [line.text(column) for column in range(3)] == ["run-1", "25.00", "–"]
    dialog.close()


def test_how_often_the_test_part_was_looked_at_is_told(
    qtbot: QtBot, window: MainWindow, store: RunStore
) -> None:
    store.count_test_look("run-1")
    store.count_test_look("run-1")
    panel = window.evaluation
    panel.set_run("run-1", str(store.folder), "")
    panel.part.setCurrentIndex(panel.part.findData("test"))
    panel.part.activated.emit(panel.part.currentIndex())
    qtbot.waitUntil(lambda: panel.words.text().endswith("run-1 was measured on it 2 times before."))


def test_a_window_is_closed_while_something_is_read(
    qtbot: QtBot, tmp_path: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, read = threading.Event(), threading.Event()
    real = RunStore.list_runs

    def slowly(own: RunStore, *, trashed: bool = False) -> object:
        go.wait(10)
        read.set()
        return real(own, trashed=trashed)

    window = open_window(qtbot, tmp_path)
    monkeypatch.setattr(RunStore, "list_runs", slowly)
    window.runs.set_folder(store.folder)
    assert "Reading" in window.runs.empty_words
    started = time.monotonic()
    window.close()
    assert time.monotonic() - started < 5
    go.set()
    assert read.wait(10)
    qtbot.wait(50)
