"""What is asked before a window with several changed projects closes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from studio.app.tabs.unsaved import UnsavedDialog
from studio.graph import edits
from studio.project.files import read


def add_relu(graph):
    return edits.add_node(graph, edits.new_node(graph, "ReLU"))


@pytest.fixture
def changed(window, three):
    """All three projects are changed."""
    for sheet in three:
        window.document.show(sheet)
        window.document.edit("Add", add_relu)
    return three


def answer(act) -> list[UnsavedDialog]:
    """Do something with the dialog when it opens; return the dialogs that were seen."""
    seen = []

    def later() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, UnsavedDialog)
        seen.append(dialog)
        act(dialog)

    QTimer.singleShot(0, later)
    return seen


def press(name: str):
    return lambda dialog: QTest.mouseClick(
        dialog.findChild(QPushButton, f"unsaved.{name}"), Qt.MouseButton.LeftButton
    )


def sizes(*paths: Path) -> list[int]:
    return [len(read(path).graph) for path in paths]


def test_save_all_saves_each_and_asks_for_a_file_where_there_is_none(window, changed, tmp_path, monkeypatch):
    before = sizes(tmp_path / "digits.flow", tmp_path / "other.flow")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "new.flow"), ""))
    seen = answer(press("save"))
    assert window.close()
    assert len(seen) == 1
    after = sizes(tmp_path / "digits.flow", tmp_path / "other.flow", tmp_path / "new.flow")
    assert after == [before[0] + 1, before[1] + 1, 1]


def test_only_ticked_projects_are_saved(window, changed, tmp_path):
    before = sizes(tmp_path / "digits.flow", tmp_path / "other.flow")

    def choose(dialog: UnsavedDialog) -> None:
        dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
        dialog.list.item(2).setCheckState(Qt.CheckState.Unchecked)
        assert dialog.save.text() == "&Save 1, discard 2"
        press("save")(dialog)

    answer(choose)
    assert window.close()
    assert sizes(tmp_path / "digits.flow", tmp_path / "other.flow") == [before[0], before[1] + 1]


def test_discard_all_saves_none(window, changed, tmp_path):
    before = (tmp_path / "other.flow").read_bytes()
    answer(press("discard"))
    assert window.close()
    assert (tmp_path / "other.flow").read_bytes() == before


@pytest.mark.parametrize("way", ["button", "escape"])
def test_cancel_keeps_the_window_and_every_change(window, changed, way):
    keys = {"button": press("cancel"), "escape": lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape)}
    answer(keys[way])
    assert not window.close()
    assert window.isVisible()
    assert all(sheet.is_modified for sheet in window.document.sheets)


def test_file_dialog_that_is_cancelled_keeps_the_window(window, changed, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("", ""))
    answer(press("save"))
    assert not window.close()
    assert window.isVisible()
    assert window.document.sheet is changed[2]
    assert [sheet.is_modified for sheet in changed] == [False, False, True]


def test_with_nothing_ticked_save_says_what_to_do(window, changed):
    dialog = UnsavedDialog(changed, window)
    for row in range(3):
        dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.save.isEnabled()
    assert "discard all" in dialog.save.toolTip()


def test_save_all_comes_back_to_the_project_on_show(window, changed, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "new.flow"), ""))
    window.document.show(changed[1])
    save_all = window.findChild(QAction, "action.file.save_all")
    assert save_all.isEnabled()
    save_all.trigger()
    assert not any(sheet.is_modified for sheet in changed)
    assert window.document.sheet is changed[1]
    assert not save_all.isEnabled()
