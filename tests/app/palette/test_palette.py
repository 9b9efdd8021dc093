"""The palette in the real window, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.actions import plain
from studio.app.main_window import MainWindow
from studio.app.palette.palette import CommandPalette
from studio.app.theme.theme import theme
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window

Key = Qt.Key
OPEN = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, small_network())
    window.canvas.setFocus()
    return window


def opened(window: MainWindow, query: str = "") -> CommandPalette:
    QTest.keyClick(QApplication.focusWidget(), Key.Key_P, OPEN)
    palette = window.menus.commands.palette
    assert palette.isVisible()
    assert palette.search.hasFocus()
    QTest.keyClicks(palette.search, query)
    return palette


def press(palette: CommandPalette, key: Qt.Key) -> None:
    QTest.keyClick(palette.search, key)
    QApplication.processEvents()


def names(palette: CommandPalette) -> list[str]:
    return [found.command.name for found in palette.model.found]


def test_enter_runs_what_is_found_and_gives_the_keyboard_back(window: MainWindow) -> None:
    palette = opened(window, "sel all")
    press(palette, Key.Key_Return)
    assert window.workspace.selection.nodes == set(window.document.graph.nodes)
    assert palette.isHidden()
    assert window.canvas.hasFocus()


def test_every_action_of_the_window_is_offered(window: MainWindow) -> None:
    offered = names(opened(window))
    actions = window.menus.actions.all()
    assert set(actions) <= set(offered)
    known = {found.command.title for found in window.menus.commands.palette.model.found}
    for menu_action in window.menuBar().findChildren(QAction):
        if menu_action.text() and menu_action.menu() is None and not menu_action.isSeparator():
            assert plain(menu_action.text()) in known


def test_escape_gives_the_keyboard_back_to_a_field(window: MainWindow) -> None:
    window.library.search.setFocus()
    press(opened(window, "zo"), Key.Key_Escape)
    assert window.library.search.hasFocus()
    assert window.library.search.text() == ""


def test_disabled_command_says_why_and_does_nothing(window: MainWindow) -> None:
    palette = opened(window, "duplicate")
    assert palette.chosen is not None
    assert palette.chosen.why_not == "Nothing is selected."
    assert palette.hint.text() == "Nothing is selected."
    press(palette, Key.Key_Return)
    assert palette.isVisible()
    assert window.document.history.index == 0


def test_what_was_used_last_comes_first(window: MainWindow) -> None:
    press(opened(window, "zoom out"), Key.Key_Return)
    press(opened(window, "fit net"), Key.Key_Return)
    assert names(opened(window))[:2] == ["view.fit", "view.zoom_out"]


def test_arrows_walk_round_the_list(window: MainWindow) -> None:
    palette = opened(window)
    press(palette, Key.Key_Up)
    assert palette.list.currentIndex().row() == palette.model.rowCount() - 1
    press(palette, Key.Key_Down)
    press(palette, Key.Key_Down)
    assert palette.list.currentIndex().row() == 1


def test_row_has_menu_keys_and_words_for_who_cannot_see_it(window: MainWindow) -> None:
    palette = opened(window, "fit network")
    command = palette.chosen
    assert command is not None
    assert (command.path, command.keys) == ("View", "F")
    spoken = palette.list.currentIndex().data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == palette.search.accessibleDescription() == "Fit network, View, F"


def test_keys_shown_are_those_in_force(window: MainWindow) -> None:
    window.menus.actions.keymap.bind("view.fit", ["Ctrl+K"])
    command = opened(window, "fit network").chosen
    assert command is not None
    assert command.keys == "Ctrl+K"


def test_theme_panel_network_and_recent_are_found(window: MainWindow, tmp_path: Path) -> None:
    window.settings.add_recent(tmp_path / "nets" / "digits.flow")
    for query, name in (
        ("theme dark", "view.theme_dark"),
        ("go curves", "go.curves"),
        ("remove shortcuts", "network.remove_shortcuts"),
        ("recent digits", f"recent.{(tmp_path / 'nets' / 'digits.flow').resolve()}"),
    ):
        palette = opened(window, query)
        assert names(palette)[0] == name
        press(palette, Key.Key_Escape)
    press(opened(window, "theme dark"), Key.Key_Return)
    assert theme().scheme == "dark"
    window.settings.change(theme="light")


def test_going_to_a_panel_shows_it_and_gives_it_the_keyboard(window: MainWindow) -> None:
    window.docks[2].hide()
    press(opened(window, "go runs"), Key.Key_Return)
    assert window.tabs.isVisible()
    assert window.tabs.currentWidget() is window.runs
    assert window.runs.isAncestorOf(QApplication.focusWidget())


def test_nothing_found_is_said(window: MainWindow) -> None:
    palette = opened(window, "xyzzy")
    assert palette.model.rowCount() == 0
    assert palette.hint.text().startswith("No command fits.")
    press(palette, Key.Key_Return)
    assert palette.isVisible()


def test_click_elsewhere_closes_and_leaves_the_keyboard_there(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window)
    window.library.search.setFocus()
    qtbot.waitUntil(palette.isHidden)
    assert window.library.search.hasFocus()


def test_same_keys_close_it_and_typed_keys_do_nothing_else(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClick(palette.search, Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert palette.isVisible()
    QTest.keyClick(palette.search, Key.Key_P, OPEN)
    assert palette.isHidden()
    assert window.canvas.hasFocus()


def test_button_at_the_end_of_the_bar_opens_it(window: MainWindow) -> None:
    button = window.training_bar.findChild(object, "bar.action.view.commands")
    assert button.text() == "Commands"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.menus.commands.palette.isVisible()
    assert action(window, "view.commands").toolTip().endswith("(Ctrl+Shift+P)")
