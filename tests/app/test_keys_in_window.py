"""Keys of the real window: one table, no two actions with the same, and a reason where one does nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.canvas.menus import menu_at
from studio.app.main_window import MainWindow
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, small_network())
    window.canvas.setFocus()
    return window


def test_no_two_actions_have_the_same_key(window: MainWindow) -> None:
    keymap = window.menus.actions.keymap
    counts = Counter(key for name in window.menus.actions.all() for key in keymap.keys(name))
    assert counts
    assert [key for key, count in counts.items() if count > 1] == []


def test_no_action_has_a_key_that_is_kept_for_something_else(window: MainWindow) -> None:
    keymap = window.menus.actions.keymap
    reasons = [keymap.why_not(key) for name in window.menus.actions.all() for key in keymap.keys(name)]
    assert [reason for reason in reasons if reason] == []


def test_no_key_of_the_window_stands_outside_the_table(window: MainWindow) -> None:
    known = set(window.menus.actions.all().values())
    others = [each for each in window.findChildren(QAction) if each not in known and each.shortcuts()]
    assert others == []


def test_plain_letter_acts_on_the_canvas_and_is_text_in_a_field(window: MainWindow) -> None:
    window.workspace.selection.set(["n3"])
    QTest.keyClick(window.canvas, Key.Key_M)
    assert window.document.history.index == 1
    field = window.library.search
    field.setFocus()
    QTest.keyClick(field, Key.Key_M)
    assert window.document.history.index == 1
    assert field.text() == "m"


def test_disabled_key_says_why(window: MainWindow) -> None:
    QTest.keyClick(window.canvas, Key.Key_Delete)
    assert window.status.currentMessage() == "Delete, closing the gap: Nothing is selected."


def test_context_menu_shows_the_keys_in_force(window: MainWindow) -> None:
    window.menus.actions.keymap.bind("edit.duplicate", ["Ctrl+K"])
    middle = window.canvas.scene.geometry.rect("n2").center()
    menu = menu_at(window.canvas, middle)
    texts = {each.objectName(): each.text() for each in menu.actions()}
    assert texts["action.canvas.duplicate"] == "Duplicate\tCtrl+K"
    assert texts["action.canvas.rename"] == "Rename\tF2"
    menu.deleteLater()


def test_rebound_key_works_in_the_window(window: MainWindow) -> None:
    window.menus.actions.keymap.bind("edit.delete", ["X"])
    window.workspace.selection.set(["n3"])
    QTest.keyClick(window.canvas, Key.Key_Delete)
    assert "n3" in window.document.graph
    QTest.keyClick(window.canvas, Key.Key_X)
    assert "n3" not in window.document.graph


def test_keys_wait_while_a_gesture_is_under_way(window: MainWindow) -> None:
    window.workspace.selection.set(["n3"])
    place = window.canvas.camera.to_screen(
        QPointF(window.canvas.scene.geometry.rect("n3").center())
    ).toPoint()
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(window.canvas, Key.Key_D, CTRL)
    QTest.keyClick(window.canvas, Key.Key_Delete)
    assert window.document.history.index == 0
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(window.canvas, Key.Key_D, CTRL)
    assert window.document.history.index == 1


def test_block_key_is_said_beside_the_button(window: MainWindow) -> None:
    window.menus.actions.keymap.bind("block.leave", ["Ctrl+K"])
    assert window.canvas.breadcrumbs.up.toolTip() == "Leave the block  (Ctrl+K)"
    assert action(window, "block.leave").toolTip() == "Only inside a block."


def test_w_goes_on_along_the_wires_though_no_layer_is_selected_any_more(window: MainWindow) -> None:
    window.workspace.selection.set(["n3"])
    for target in ("n3", "n4"):
        QTest.keyClick(window.canvas, Key.Key_W)
        (edge,) = window.workspace.selection.edges
        assert edge.target == target
    QTest.keyClick(window.canvas, Key.Key_Delete)
    assert not window.document.graph.inputs_of("n4")


def test_space_in_a_field_is_a_blank(window: MainWindow) -> None:
    field = window.library.search
    field.setFocus()
    QTest.keyClick(field, Key.Key_Space)
    assert field.text() == " "
    assert not window.canvas.search.is_open


def test_copy_in_a_table_copies_the_table(window: MainWindow) -> None:
    window.workspace.selection.set(["n3"])
    assert action(window, "edit.copy").isEnabled()
    QGuiApplication.clipboard().setText("before")
    window.tabs.setCurrentWidget(window.summary)
    table = window.summary.table
    table.show()
    table.setFocus()
    QTest.keyClick(table, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().startswith("name,layer,")


@pytest.mark.parametrize("place", ["n3", "wire", "canvas"])
def test_each_entry_of_the_context_menu_stands_for_an_action(window: MainWindow, place: str) -> None:
    """So that it shows the keys in force; a dot on a wire needs a place, which no action has."""
    known = set(window.menus.actions.all()) | {"wire.add_dot", "wire.straighten"}
    asked = []
    window.canvas.keys_of = lambda name: asked.append(name) or ""
    geometry = window.canvas.scene.geometry
    points = {
        "n3": geometry.rect("n3").center(),
        "wire": window.canvas.wire_path(next(iter(window.document.graph.edges()))).pointAtPercent(0.5),
        "canvas": QPointF(-500, -500),
    }
    menu_at(window.canvas, points[place]).deleteLater()
    assert asked
    assert set(asked) <= known
