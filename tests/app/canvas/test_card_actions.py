"""Cards in the whole window: keys, menus, and reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.graph.block import FROZEN
from studio.graph.node import Node
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    made = open_window(qtbot, tmp_path, small_network())
    made.canvas.setFocus()
    return made


def conv(window: MainWindow) -> Node:
    return window.document.graph.node("n2")


def test_keys_change_the_looks_of_the_selection(window: MainWindow) -> None:
    window.workspace.selection.set(["n2"])
    QTest.keyClick(window.canvas, Qt.Key.Key_H)
    assert conv(window).look.collapsed
    QTest.keyClick(window.canvas, Qt.Key.Key_H, CTRL)
    assert conv(window).look.hides_unused
    QTest.keyClick(window.canvas, Qt.Key.Key_F, CTRL | SHIFT)
    assert conv(window).arguments.get(FROZEN) is True


def test_without_a_selection_actions_say_why_they_are_off(window: MainWindow) -> None:
    for name in ("graph.freeze", "graph.collapse", "graph.hide_unused", "graph.widen", "graph.fit_width"):
        assert not action(window, name).isEnabled()
        assert action(window, name).toolTip() == "Nothing is selected."


def test_the_menu_of_colours_ticks_what_the_selection_has(window: MainWindow) -> None:
    window.workspace.selection.set(["n2", "n3"])
    colors = window.findChild(QMenu, "menu.colors")
    colors.aboutToShow.emit()
    next(one for one in colors.actions() if one.objectName() == "action.color.sky").trigger()
    assert conv(window).look.color == "sky"
    colors.aboutToShow.emit()
    assert [one.objectName() for one in colors.actions() if one.isChecked()] == ["action.color.sky"]


def test_tips_of_buttons_name_the_keys_of_the_window(window: MainWindow) -> None:
    window.workspace.selection.set(["n2"])
    window.canvas.zoom_reset()
    buttons = {button.name: box for button, box in window.canvas.card_buttons.row()}
    tip = window.canvas.card_buttons.tip_at(buttons["graph.collapse"].center())
    assert tip == "Collapse  (H)"
