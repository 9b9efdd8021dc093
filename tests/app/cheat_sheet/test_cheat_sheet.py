"""The sheet over the real window: what it says is what the keys do."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.app.cheat_sheet.dialog import CheatSheet
from studio.app.main_window import MainWindow
from tests.helpers.canvas_table import small_network
from tests.helpers.window import open_window

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path, small_network())


@pytest.fixture
def sheet(window: MainWindow) -> CheatSheet:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Slash, CTRL)
    sheet = window.menus.commands.cheat_sheet
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


def ways(sheet: CheatSheet) -> dict[str, str]:
    """Return what is done, with the ways to do it."""
    labels = sheet.area.widget().findChildren(QLabel)
    return {each.text(): each.accessibleDescription() for each in labels if each.accessibleDescription()}


def test_every_action_with_keys_is_on_it(sheet: CheatSheet, window: MainWindow) -> None:
    actions = window.menus.actions
    shown = ways(sheet)
    for name in actions.all():
        if actions.keymap.keys(name):
            assert actions.keys(name) in shown[actions.title(name)].split(" or "), name


def test_new_keys_are_on_it_at_once(sheet: CheatSheet, window: MainWindow) -> None:
    window.menus.actions.keymap.bind("edit.duplicate", ["Ctrl+K"])
    assert ways(sheet)["Duplicate"] == "Ctrl+K"
    window.menus.actions.keymap.bind("edit.duplicate", [])
    assert "Duplicate" not in ways(sheet)


def test_fixed_keys_and_the_mouse_are_on_it(sheet: CheatSheet) -> None:
    shown = ways(sheet)
    assert shown["Push the selected layers"] == "Left or Right or Up or Down"
    assert shown["Push the canvas"] == "middle drag or Space+drag"
    assert not any(does.startswith("Open the") for does in shown)


def test_question_mark_opens_it_and_closes_it(window: MainWindow, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, "?")
    sheet = window.menus.commands.cheat_sheet
    assert sheet is not None
    qtbot.waitUntil(sheet.isActiveWindow)
    QTest.keyClick(sheet, "?")
    assert sheet.isHidden()


def test_question_mark_is_text_in_a_field(window: MainWindow) -> None:
    window.library.search.setFocus()
    QTest.keyClick(window.library.search, "?")
    assert window.library.search.text() == "?"
    assert window.menus.commands.cheat_sheet is None


def test_narrow_sheet_has_two_columns(sheet: CheatSheet) -> None:
    wide = sheet.area.widget().layout().count()
    sheet.resize(700, 600)
    assert (wide, sheet.area.widget().layout().count()) == (3, 2)


def test_button_leads_to_where_keys_are_changed(sheet: CheatSheet, window: MainWindow) -> None:
    QTest.mouseClick(sheet.change_button, Qt.MouseButton.LeftButton)
    preferences = window.menus.commands.preferences
    assert preferences is not None
    assert preferences.page is preferences.keys
