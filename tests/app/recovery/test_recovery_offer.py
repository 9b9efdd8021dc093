"""After a crash: the real window offers what was not saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.app.recovery.dialog import RecoveryDialog
from studio.app.settings import Settings
from studio.app.windows import Windows
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved, recovery_folder
from tests.helpers.canvas_table import small_network
from tests.helpers.fake_client import FakeClient
from tests.helpers.window import action, leave, open_window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """What a session left that ended in a crash: two projects."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    journal = Journal(recovery_folder())
    journal.write(Unsaved("dead.1", Project("one", small_network()), "", "", 3, 100.0))
    journal.write(
        Unsaved("dead.2", Project("two", small_network()), str(tmp_path / "two.flow"), "", 1, 200.0)
    )
    return journal


@pytest.fixture
def windows(journal: Journal, qtbot: QtBot, tmp_path: Path) -> Windows:
    windows = Windows(FakeClient, Settings(tmp_path / "settings.json"), QApplication.instance())
    shown(windows, qtbot)
    return windows


@pytest.fixture
def window(windows: Windows) -> MainWindow:
    return windows.all[0]


def shown(windows: Windows, qtbot: QtBot) -> MainWindow:
    """Show another window, and wait until it was painted."""
    window = windows.make()
    qtbot.addWidget(window, before_close_func=leave)
    with qtbot.waitSignal(window.first_painted):
        window.show()
    return window


def dialog(window: MainWindow) -> RecoveryDialog:
    found = window.recovery.dialog
    assert found is not None
    assert found.isVisible()
    return found


def test_start_says_which_projects_when_and_how_many_steps(window: MainWindow) -> None:
    rows = dialog(window).list
    cells = [[rows.topLevelItem(row).text(column) for column in range(4)] for row in range(2)]
    assert [(row[0], row[1], row[3]) for row in cells] == [
        ("two", "two.flow", "1 step"),
        ("one", "never saved", "3 steps"),
    ]
    assert all(row[2].startswith("1970-01-01") for row in cells)


def test_recovered_projects_are_open_and_not_saved(window: MainWindow, journal: Journal) -> None:
    QTest.mouseClick(dialog(window).recover_button, LEFT)
    assert window.recovery.dialog is None
    assert {sheet.name for sheet in window.document.sheets if sheet.is_modified} == {"one", "two"}
    assert "dead" not in journal.sessions()


def test_later_keeps_them_and_the_menu_offers_them_again(window: MainWindow, journal: Journal) -> None:
    QTest.keyClick(dialog(window), Qt.Key.Key_Escape)
    assert window.recovery.dialog is None
    assert journal.sessions() == {"dead"}
    action(window, "file.recover").trigger()
    assert len(dialog(window).chosen) == 2


def test_one_is_thrown_away_the_other_stays_in_the_list(window: MainWindow, journal: Journal) -> None:
    found = dialog(window)
    found.list.clearSelection()
    assert not found.recover_button.isEnabled()
    assert found.recover_button.toolTip() == "Choose a project first."
    found.list.topLevelItem(1).setSelected(True)
    QTest.mouseClick(found.throw_button, LEFT)
    window.recovery.keeper.wait()
    assert [each.project.name for each in journal.left_by(frozenset({"dead"}))] == ["two"]
    assert found.isVisible()


def test_another_window_does_not_ask_again(windows: Windows, window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(dialog(window), Qt.Key.Key_Escape)
    assert shown(windows, qtbot).recovery.dialog is None


def test_nothing_to_recover_is_said(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "empty"))
    window = open_window(qtbot, tmp_path)
    assert window.recovery.dialog is None
    action(window, "file.recover").trigger()
    assert window.status.currentMessage().startswith("There is nothing to recover")


def test_what_changed_is_told_of_the_chosen_projects(window: MainWindow, tmp_path: Path) -> None:
    found = dialog(window)
    assert "Its file cannot be compared." in found.changes.toPlainText()
    found.list.clearSelection()
    assert found.changes.toPlainText() == ""
    found.list.topLevelItem(1).setSelected(True)
    assert found.changes.toPlainText().startswith("+ ")
