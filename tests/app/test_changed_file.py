"""Another program changes the file of an open project: it is noticed and said, and nothing is lost."""

from __future__ import annotations

import gc
import os
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.project.files import read, write
from studio.project.project import Project
from tests.helpers.window import action, open_window


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.flow"
    write(Project("net", notes="mine"), path)
    return path


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, file: Path) -> MainWindow:
    made = open_window(qtbot, tmp_path)
    assert made.open_path(file)
    qtbot.waitUntil(lambda: not made.files.on_disk.is_looking)
    return made


def come_back(qtbot: QtBot, window: MainWindow) -> str:
    """Bring the window to the front, and return what its strip says once it has looked."""
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert window.files.on_disk.is_looking
    qtbot.waitUntil(lambda: not window.files.on_disk.is_looking)
    return window.changed_file.strip.text


def press(qtbot: QtBot, window: MainWindow, label: str) -> None:
    buttons = window.changed_file.strip.findChildren(QPushButton, f"banner.{label}")
    qtbot.mouseClick(buttons[-1], Qt.MouseButton.LeftButton)


def change(window: MainWindow, notes: str) -> None:
    window.document.edit_project("Note", lambda now: replace(now, notes=notes))


def test_what_another_program_wrote_is_noticed_when_the_window_gets_the_focus(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    assert come_back(qtbot, window) == ""
    write(Project("net", notes="theirs"), file)
    assert come_back(qtbot, window) == "net.flow was changed on disk by another program."
    change(window, "both")
    assert window.changed_file.strip.text.endswith("changes here, too, that were not saved.")


def test_own_saves_and_a_touch_are_no_change(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    change(window, "other")
    assert window.files.save()
    assert come_back(qtbot, window) == ""
    change(window, "again")
    assert window.files.save()  # the file from before is the .bak now
    assert (file.parent / "net.flow.bak").exists()
    os.utime(file, ns=(1, 1))
    assert come_back(qtbot, window) == ""
    file.unlink()
    assert come_back(qtbot, window) == ""


def test_reload_is_one_step_that_undo_takes_back(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    change(window, "not saved")
    write(Project("net", notes="theirs"), file)
    come_back(qtbot, window)
    press(qtbot, window, "reload")
    qtbot.waitUntil(lambda: window.document.project.notes == "theirs")
    assert window.changed_file.strip.text == ""
    assert not window.document.is_modified
    assert come_back(qtbot, window) == ""
    action(window, "edit.undo").trigger()
    assert window.document.project.notes == "not saved"
    assert window.document.is_modified
    assert window.files.save()
    assert read(file).notes == "not saved"


def test_mine_is_kept_and_counts_as_unsaved(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    write(Project("net", notes="theirs"), file)
    come_back(qtbot, window)
    press(qtbot, window, "keep-mine")
    assert window.document.is_modified
    assert come_back(qtbot, window) == ""
    assert window.files.save()
    assert read(file).notes == "mine"
    assert read(file.parent / "net.flow.bak").notes == "theirs"


def test_a_save_over_what_another_program_wrote_asks_first(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    change(window, "here")
    write(Project("net", notes="theirs"), file)
    assert not window.files.save()
    assert read(file).notes == "theirs"
    assert window.changed_file.strip.text == ("net.flow was not saved: another program changed it.")
    press(qtbot, window, "save-over-it")
    assert read(file).notes == "here"
    assert not window.document.is_modified
    assert window.changed_file.strip.text == ""


def test_saved_under_another_name_the_file_stays_as_it_is(
    window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(window, "here")
    write(Project("net", notes="theirs"), file)
    assert not window.files.save()
    other = file.with_name("other.flow")
    monkeypatch.setattr(
        "studio.app.project_files.QFileDialog.getSaveFileName", lambda *_args: (str(other), "")
    )
    assert window.files.save_as()
    assert window.changed_file.strip.text == ""
    assert (read(file).notes, read(other).notes) == ("theirs", "here")


def test_each_project_has_a_strip_of_its_own(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    write(Project("net", notes="theirs"), file)
    come_back(qtbot, window)
    first = window.document.sheet
    window.new_project(Project("another", notes="new"))
    assert window.changed_file.strip.text == ""
    window.document.show(first)
    assert "net.flow was changed" in window.changed_file.strip.text


def test_a_file_that_cannot_be_read_is_said_and_nothing_is_lost(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    file.write_text("{ half of it")
    come_back(qtbot, window)
    press(qtbot, window, "reload")
    qtbot.waitUntil(lambda: 'Could not open "net.flow"' in window.banner.text)
    assert window.document.project.notes == "mine"
    assert "net.flow was changed" in window.changed_file.strip.text


def test_a_project_that_was_not_saved_over_is_let_go_when_it_is_closed(
    window: MainWindow, file: Path
) -> None:
    gone = weakref.ref(window.document.sheet)
    change(window, "here")
    write(Project("net", notes="theirs"), file)
    assert not window.files.save()
    window.document.close(window.document.sheet)
    gc.collect()
    assert gone() is None
