"""The tabs themselves, driven by mouse and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app.sheet import Sheet
from studio.app.tabs.sheet_bar import distinct_names
from studio.graph import edits
from studio.project.project import Project

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def texts(window) -> list[str]:
    tabs = window.projects.bar.tabs
    return [tabs.tabText(place) for place in range(tabs.count())]


def middle(window, place: int) -> QPoint:
    """Return a point of a tab's name."""
    rect = window.projects.bar.tabs.tabRect(place)
    return QPoint(rect.left() + rect.width() // 3, rect.center().y())


def add_relu(graph):
    return edits.add_node(graph, edits.new_node(graph, "ReLU"))


def test_tabs_show_names_marks_and_paths(window, three, tmp_path):
    tabs = window.projects.bar.tabs
    assert texts(window) == ["digits.flow", "other.flow", "untitled.flow"]
    assert tabs.currentIndex() == 2
    window.document.edit("Add", add_relu)
    assert texts(window)[2] == "untitled.flow •"
    window.document.undo()
    assert texts(window)[2] == "untitled.flow"
    assert tabs.tabToolTip(0) == str(tmp_path / "digits.flow")
    assert "not saved to a file yet" in tabs.tabToolTip(2)


def test_click_shows_the_project(window, three):
    QTest.mouseClick(window.projects.bar.tabs, LEFT, pos=middle(window, 1))
    assert window.document.name == "other"


def test_middle_click_closes(window, three, never_asked):
    QTest.mouseClick(window.projects.bar.tabs, MIDDLE, pos=middle(window, 0))
    assert texts(window) == ["other.flow", "untitled.flow"]
    assert window.document.sheet is three[2]


def test_cross_closes(window, three, never_asked):
    tabs = window.projects.bar.tabs
    cross = tabs.tabButton(1, tabs.ButtonPosition.RightSide)
    QTest.mouseClick(cross, LEFT)
    assert texts(window) == ["digits.flow", "untitled.flow"]


def test_dragging_a_tab_gives_it_another_place(window, three):
    tabs = window.projects.bar.tabs
    start, end = middle(window, 0), middle(window, 2)
    QTest.mousePress(tabs, LEFT, pos=start)
    for step in range(1, 11):
        place = QPointF(start + (end + QPoint(40, 0) - start) * step / 10)
        move = QMouseEvent(
            QEvent.Type.MouseMove, place, tabs.mapToGlobal(place), LEFT, LEFT, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(tabs, move)
    QTest.mouseRelease(tabs, LEFT, pos=end)
    assert window.document.sheets == (three[1], three[2], three[0])
    assert window.document.sheet is three[0]
    QTest.qWait(350)  # the tab glides into its place
    assert texts(window) == ["other.flow", "untitled.flow", "digits.flow"]


@pytest.mark.parametrize(
    ("key", "keys", "shown"),
    [
        (Qt.Key.Key_Tab, CTRL, 0),
        (Qt.Key.Key_Tab, CTRL | SHIFT, 1),
        (Qt.Key.Key_PageDown, CTRL, 0),
        (Qt.Key.Key_PageUp, CTRL, 1),
    ],
    ids=["Ctrl+Tab", "Ctrl+Shift+Tab", "Ctrl+PgDown", "Ctrl+PgUp"],
)
def test_keys_go_round(window, three, key, keys, shown):
    window.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, key, keys)
    assert window.document.sheet is three[shown]


def test_keys_move_a_tab_and_stop_at_the_ends(window, three):
    window.canvas.setFocus()
    both = CTRL | SHIFT
    for _ in range(3):
        QTest.keyClick(window.canvas, Qt.Key.Key_PageUp, both)
    assert window.document.sheets == (three[2], three[0], three[1])
    QTest.keyClick(window.canvas, Qt.Key.Key_PageDown, both)
    assert window.document.sheets == (three[0], three[2], three[1])
    assert window.document.sheet is three[2]


def test_keys_close_and_begin(window, three, never_asked):
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_W, CTRL)
    assert texts(window) == ["digits.flow", "other.flow"]
    QTest.keyClick(window.canvas, Qt.Key.Key_T, CTRL)
    assert texts(window) == ["digits.flow", "other.flow", "untitled.flow"]
    assert window.document.sheet.is_untouched


def test_plus_begins_an_empty_project(window, three):
    window.document.show(three[0])
    QTest.mouseClick(window.projects.bar.plus, LEFT)
    assert texts(window) == ["digits.flow", "untitled.flow", "other.flow", "untitled.flow"]


def test_menu_of_a_tab_copies_its_path_and_closes_the_others(window, three, tmp_path, never_asked):
    menu = window.projects.bar.menu(three[1])
    menu.findChild(QAction, "action.tab.copy_path").trigger()
    assert QGuiApplication.clipboard().text() == str(tmp_path / "other.flow")
    menu.findChild(QAction, "action.tab.close_others").trigger()
    assert window.document.sheets == (three[1],)


def test_menu_says_why_there_is_no_path(window, three):
    entry = window.projects.bar.menu(three[2]).findChild(QAction, "action.tab.copy_path")
    assert not entry.isEnabled()
    assert entry.toolTip() == "It has no file yet."


def test_tabs_stand_beside_the_menus_and_within_the_window(window, three):
    bar, menus = window.projects.bar, window.menuBar()
    last = menus.actionGeometry(menus.actions()[-1])
    assert bar.geometry().left() > last.right()
    assert bar.geometry().right() <= menus.width()
    assert bar.tabs.geometry().bottom() <= menus.height()


def test_files_of_the_same_name_are_told_apart():
    sheets = (
        Sheet(Project(), Path("/old/net.flow")),
        Sheet(Project(), Path("/new/net.flow")),
        Sheet(Project(), Path("/new/b.flow")),
    )
    assert distinct_names(sheets) == ["old/net.flow", "new/net.flow", "b.flow"]
