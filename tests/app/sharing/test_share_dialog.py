"""Share…: what is packed and what is said of it, and the way back through Open and a drop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.sharing.share_dialog import ShareDialog
from studio.project import files
from studio.project.project import Project
from studio.runs import checkpoints, unpacking
from studio.runs.records import EpochEnded, RunChanged
from studio.runs.store import RunStore
from tests.helpers.window import action, open_window


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    """A window with a saved project that was trained once."""
    graph = zoo.build("mlp", input_shape=(1, 8, 8), num_classes=10)
    path = tmp_path / "mine" / "digits.flow"
    path.parent.mkdir()
    files.write(Project("digits", graph), path)
    writer = RunStore(files.runs_folder(path)).create_run("run-1", Project("digits", graph), "cpu", 0)
    writer.epoch(EpochEnded("run-1", 1, 3, 0.5, 0.25, 0.5, 0.75, is_best=True))
    writer.changed(RunChanged("run-1", "finished", 3, 1))
    checkpoints.save(writer.checkpoint_path("best"), {"w": np.ones(3, np.float32)}, {})
    writer.close()
    found = open_window(qtbot, tmp_path)
    assert found.open_path(path)
    return found


def asked(window: MainWindow, qtbot) -> ShareDialog:
    window.sharing.dialog = None
    action(window, "file.share").trigger()
    qtbot.waitUntil(lambda: window.sharing.dialog is not None)
    return window.sharing.dialog


def share(window: MainWindow, qtbot, target: Path) -> ShareDialog:
    dialog = asked(window, qtbot)
    with qtbot.waitSignal(dialog.written, timeout=20_000):
        dialog.write(target)
    return dialog


def test_the_newest_run_goes_along_and_its_facts_are_said(window, qtbot, tmp_path):
    dialog = share(window, qtbot, tmp_path / "a.flowz")
    assert dialog.facts.text() == "run-1: finished, 1 epoch, best validation loss 0.25, accuracy 75.00%."
    assert dialog.outcome.text().startswith("Wrote a.flowz, ")
    assert unpacking.look(tmp_path / "a.flowz").run == "run-1"
    dialog.reject()


def test_what_is_on_screen_is_packed_even_if_it_was_not_saved(window, qtbot, tmp_path):
    window.document.edit_project("Note", lambda project: Project(project.name, project.graph, notes="new"))
    dialog = asked(window, qtbot)
    dialog.choose("no run")
    with qtbot.waitSignal(dialog.written, timeout=20_000):
        dialog.write(tmp_path / "a.flowz")
    assert unpacking.read_project(tmp_path / "a.flowz").notes == "new"
    assert unpacking.look(tmp_path / "a.flowz").run == ""
    dialog.reject()


def test_a_place_that_cannot_be_written_is_said(window, qtbot, tmp_path):
    dialog = asked(window, qtbot)
    dialog.write(tmp_path / "not-there" / "a.flowz")
    qtbot.waitUntil(lambda: "Could not write" in dialog.outcome.text())
    assert dialog.share_button.isEnabled()
    dialog.reject()


def test_open_asks_for_a_folder_and_opens_what_is_in_it(window, qtbot, tmp_path, monkeypatch):
    share(window, qtbot, tmp_path / "a.flowz").reject()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(tmp_path / "a.flowz"), ""))
    action(window, "file.open").trigger()
    dialog = window.sharing.dialog
    assert "“digits.flow”" in dialog.words.text()
    assert dialog.field.text() == str(tmp_path / "a")
    with qtbot.waitSignal(dialog.unpacked, timeout=20_000):
        dialog.unpack()
    assert window.document.path == (tmp_path / "a" / "digits.flow").resolve()
    qtbot.waitUntil(lambda: window.runs.newest == "run-1")


def test_a_folder_that_is_taken_is_said_and_another_can_be_chosen(window, qtbot, tmp_path):
    share(window, qtbot, tmp_path / "a.flowz").reject()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").write_text("mine")
    window.open_path(tmp_path / "a.flowz")
    dialog = window.sharing.dialog
    dialog.unpack()
    qtbot.waitUntil(lambda: "holds something else" in dialog.outcome.text())
    dialog.field.setText(str(tmp_path / "b"))
    with qtbot.waitSignal(dialog.unpacked, timeout=20_000):
        dialog.unpack()
    assert (tmp_path / "b" / "digits.flow").is_file()


def test_a_file_that_is_no_shared_project_is_refused_in_the_strip(window, tmp_path):
    (tmp_path / "bad.flowz").write_bytes(b"PK")
    window.open_path(tmp_path / "bad.flowz")
    assert "no shared project" in window.banner.text


def test_projects_that_are_dropped_on_the_window_open(window, tmp_path, qtbot):
    files.write(Project("other", zoo.build("mlp")), tmp_path / "other.flow")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "other.flow"))])
    rest = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPointF(50, 50).toPoint(), *rest)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), *rest))
    assert window.document.path == (tmp_path / "other.flow").resolve()


def test_other_files_are_not_taken(window, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    rest = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPointF(50, 50).toPoint(), *rest)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()
