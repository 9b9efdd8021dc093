"""One writer per project: what the second window shows, and what it lets a person do."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app import locks
from studio.app.locks import Locks
from studio.app.main_window import MainWindow
from studio.app.read_only import EDITING, LOOKING, sentence, since
from studio.app.sheet import Sheet
from studio.errors import ProjectError, ReadOnlyError
from studio.graph import edits
from studio.project.files import read, write
from studio.project.lock import HeldError, Holder, lock_file, take, this_host
from studio.project.project import Project
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "digits.flow"
    write(Project("digits", small_network()), path)
    return path


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path)


def write_as(path: Path, **about: object) -> None:
    """Leave what a window on another computer writes, or one of this computer that is gone."""
    there = {"format": "flowgraph-studio-lock", "user": "ada", "host": "turing", "pid": 7, "since": 1e9}
    lock_file(path).write_text(json.dumps({**there, "token": "x", **about}))


def look(locks: Locks, qtbot: QtBot) -> None:
    """Let the locks be looked at now."""
    locks.look()
    qtbot.waitUntil(lambda: locks._looking is None, timeout=20_000)


def buttons(window: MainWindow) -> list[str]:
    strip = window.read_only.strip
    return [button.text() for button in strip.findChildren(QPushButton) if button.isVisible()]


def press(window: MainWindow, text: str) -> None:
    found = [button for button in window.read_only.strip.findChildren(QPushButton) if button.text() == text]
    found[-1].click()


def rename(window: MainWindow) -> None:
    window.document.edit("Rename", lambda graph: edits.rename(graph, "n2", "other"))


def test_an_open_project_is_held_and_a_closed_one_is_not(window, file):
    window.open_path(file)
    with pytest.raises(HeldError, match="another window of this program"):
        take(file)
    assert window.read_only.strip.isHidden()
    window.projects.close()
    assert not lock_file(file).exists()


def test_a_project_of_somebody_else_is_read_only_and_says_so(window, file):
    write_as(file)
    window.open_path(file)
    assert (
        window.read_only.strip.text
        == "digits.flow is read-only: ada on turing has it open since 2001-09-09 01:46."
    )
    assert buttons(window) == ["Open a copy"]
    assert "(read-only)" in window.windowTitle()
    assert window.status._labels["saved"].text() == "read-only"
    assert not window.projects.bar.tabs.tabIcon(0).isNull()
    assert "ada on turing has it open" in window.projects.bar.tabs.tabToolTip(0)


def test_a_read_only_project_cannot_be_changed(window, file):
    write_as(file)
    window.open_path(file)
    before = window.document.project
    with pytest.raises(
        ReadOnlyError, match=r"read-only here: ada on turing has it open\. Save it under another name"
    ):
        rename(window)
    with pytest.raises(ReadOnlyError):
        window.document.edit_project("Notes", lambda project: replace(project, notes="x"))
    assert not window.canvas.commands.rename("n2", "other")
    assert window.document.project is before
    assert not window.document.is_modified


def test_all_that_changes_a_project_is_disabled_with_the_reason(window, file):
    write_as(file)
    window.open_path(file)
    window.canvas.select_all()
    reason = window.document.sheet.why_read_only
    for name, found in window.menus.actions.all().items():
        if name.startswith(EDITING) and name not in LOOKING:
            assert not found.isEnabled(), name
            assert found.toolTip() == reason
    assert not action(window, "file.save").isEnabled()
    assert not window.inspector.project_page.widget().isEnabled()
    assert not window.training_bar._fields["lr"].isEnabled()
    window.new_project()
    assert action(window, "graph.add_layer").isEnabled()
    assert window.inspector.project_page.widget().isEnabled()
    assert window.training_bar._fields["lr"].isEnabled()


def test_save_as_works_and_makes_it_writable(window, file, tmp_path, monkeypatch):
    write_as(file)
    window.open_path(file)
    other = tmp_path / "mine.flow"
    monkeypatch.setattr("studio.app.project_files.QFileDialog.getSaveFileName", lambda *_: (str(other), ""))
    assert window.files.save_as()
    rename(window)
    assert window.files.save()
    assert read(other).graph.node("n2").name == "other"
    assert lock_file(other).exists()
    assert json.loads(lock_file(file).read_text())["user"] == "ada"


def test_nothing_is_saved_over_a_file_that_somebody_has(window, file, tmp_path, monkeypatch):
    write_as(file)
    before = file.read_bytes()
    window.new_project(Project("mine", small_network()))
    monkeypatch.setattr("studio.app.project_files.QFileDialog.getSaveFileName", lambda *_: (str(file), ""))
    assert not window.files.save_as()
    assert "ada on turing has it open" in window.banner.text
    assert file.read_bytes() == before
    window.banner.hide()


def test_a_copy_can_be_changed(window, file):
    write_as(file)
    window.open_path(file)
    press(window, "Open a copy")
    assert window.document.name == "digits copy"
    assert window.document.path is None
    assert window.document.folder == file.parent
    assert window.read_only.strip.isHidden()
    rename(window)
    assert window.document.is_modified


def test_what_a_crash_left_is_no_hindrance(window, file):
    write_as(file, host=this_host())
    window.open_path(file)
    assert not window.document.sheet.is_read_only


def test_a_quiet_holder_elsewhere_can_be_taken_over_from(window, file, qtbot, monkeypatch):
    write_as(file)
    window.open_path(file)
    look(window.files.locks, qtbot)
    assert buttons(window) == ["Open a copy"]
    monkeypatch.setattr(locks, "QUIET_S", -1.0)
    look(window.files.locks, qtbot)
    qtbot.waitUntil(lambda: buttons(window) == ["Open a copy", "Take over"])
    assert "has not been heard of" in window.read_only.strip.text
    write(Project("digits", edits.rename(small_network(), "n2", "theirs")), file)
    press(window, "Take over")
    assert window.document.graph.node("n2").name == "theirs"
    assert window.read_only.strip.isHidden()
    rename(window)
    assert window.files.save()


def test_a_holder_that_moves_its_mark_is_alive(window, file, qtbot, monkeypatch):
    write_as(file)
    window.open_path(file)
    monkeypatch.setattr(locks, "QUIET_S", 1e-9)
    os.utime(lock_file(file), (1, 1))
    monkeypatch.setattr(locks.time, "monotonic", lambda: 5.0)
    look(window.files.locks, qtbot)
    assert window.files.locks.standing(window.document.sheet) == "held"


def test_a_project_that_was_closed_elsewhere_can_be_edited_here(window, file, qtbot):
    held = take(file)
    assert held is not None
    window.open_path(file)
    assert "another window of this program has it open" in window.read_only.strip.text
    write(Project("digits", edits.rename(small_network(), "n2", "theirs")), file)
    held.release()
    look(window.files.locks, qtbot)
    assert window.document.sheet.is_read_only
    press(window, "Edit here")
    assert window.document.graph.node("n2").name == "theirs"
    assert not window.document.history.can_undo
    with pytest.raises(HeldError):
        take(file)


def test_one_who_was_taken_over_from_loses_nothing(window, file, tmp_path, qtbot, monkeypatch):
    window.open_path(file)
    rename(window)
    write_as(file)
    before = file.read_bytes()
    assert not window.files.save()
    assert file.read_bytes() == before
    assert window.document.sheet.is_read_only
    assert "ada on turing" in window.read_only.strip.text
    assert window.document.graph.node("n2").name == "other"
    monkeypatch.setattr(locks, "QUIET_S", -1.0)
    write(Project("digits", edits.rename(small_network(), "n2", "theirs")), file)
    look(window.files.locks, qtbot)
    press(window, "Take over")
    assert "has unsaved changes here, too" in window.banner.text
    assert window.document.graph.node("n2").name == "other"
    mine = tmp_path / "mine.flow"
    monkeypatch.setattr("studio.app.project_files.QFileDialog.getSaveFileName", lambda *_: (str(mine), ""))
    assert window.files.save_as()
    assert read(mine).graph.node("n2").name == "other"


def test_a_beat_on_the_thread_tells_of_a_lock_that_is_lost(window, file, qtbot, monkeypatch):
    window.open_path(file)
    monkeypatch.setattr(locks, "BEAT_S", 0.0)
    write_as(file)
    look(window.files.locks, qtbot)
    assert window.document.sheet.is_read_only
    assert "was taken over by ada on turing" in window.banner.text


def test_unsaved_changes_of_a_held_project_are_recovered_as_a_copy(window, file, qtbot):
    from studio.project.recovery import Unsaved

    write_as(file)
    changed = Project("digits", edits.rename(small_network(), "n2", "unsaved"))
    window.recovery.keeper.recover(Unsaved("s.1", changed, str(file)))
    window.recovery.keeper.wait()
    assert window.document.graph.node("n2").name == "unsaved"
    assert window.document.path is None
    assert not window.document.sheet.is_read_only


def test_two_windows_of_one_program(qtbot, tmp_path, file):
    one = open_window(qtbot, tmp_path)
    two = open_window(qtbot, tmp_path / "two")
    one.open_path(file)
    two.open_path(file)  # as recovery would; File > Open goes to the window that has it
    assert two.document.sheet.is_read_only
    assert not one.document.sheet.is_read_only


def test_words() -> None:
    sheet = Sheet(Project("digits"))
    assert sentence(sheet, Holder("ada", "turing"), "gone").endswith(
        "ada on turing had it open, and has not been heard of for a minute."
    )
    assert sentence(sheet, Holder("ada", this_host(), 1, gone=True), "gone").endswith(
        "ada on this computer had it open, and ended without closing it."
    )
    assert since(Holder()) == ""


def test_take_over_of_a_file_that_is_gone_says_so(window, file, qtbot):
    write_as(file)
    window.open_path(file)
    file.unlink()
    with pytest.raises(ProjectError, match="There is no file"):
        window.files.locks.take_over(window.document.sheet)
    assert window.document.sheet.is_read_only
