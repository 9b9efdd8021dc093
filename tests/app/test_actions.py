"""Actions in a small window with a canvas and a field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.app.actions import Actions


class Bench(QMainWindow):
    """A window with a canvas, and a field to type in."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas = QWidget()
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field = QLineEdit()
        self.setCentralWidget(QWidget())
        column = QVBoxLayout(self.centralWidget())
        column.addWidget(self.canvas)
        column.addWidget(self.field)
        self.actions_table = Actions(self, self.canvas)
        self.done: list[str] = []


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    bench = Bench()
    qtbot.addWidget(bench)
    with qtbot.waitActive(bench):
        bench.show()
    return bench


def test_key_of_the_canvas_acts_only_while_it_has_the_focus(bench: Bench) -> None:
    bench.actions_table.add("a.b", "Do", lambda: bench.done.append("m"), "M", scope="canvas")
    bench.actions_table.fill(bench.menuBar().addMenu("Menu"), "a.b")
    bench.canvas.setFocus()
    QTest.keyClick(bench.canvas, Qt.Key.Key_M)
    assert bench.done == ["m"]
    bench.field.setFocus()
    QTest.keyClick(bench.field, Qt.Key.Key_M)
    assert bench.done == ["m"]
    assert bench.field.text() == "m"


def test_key_of_the_window_acts_wherever_the_focus_is(bench: Bench) -> None:
    bench.actions_table.add("a.b", "Do", lambda: bench.done.append("m"), "Ctrl+M")
    for place in (bench.canvas, bench.field):
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert bench.done == ["m", "m"]


def test_rebound_key_acts_shows_and_is_said(bench: Bench) -> None:
    table = bench.actions_table
    action = table.add("a.b", "&Do it…", lambda: bench.done.append("b"), "Ctrl+M")
    assert action.toolTip() == "Do it  (Ctrl+M)"
    table.keymap.bind("a.b", ["Ctrl+K"])
    QTest.keyClick(bench, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert not bench.done
    QTest.keyClick(bench, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert bench.done == ["b"]
    assert action.toolTip() == "Do it  (Ctrl+K)"


def test_reason_of_a_disabled_action_outlives_new_keys(bench: Bench) -> None:
    table = bench.actions_table
    action = table.add("a.b", "Do", lambda: None, "Ctrl+M", tip="Do it now")
    table.enable("a.b", False, "Nothing is selected.")
    table.keymap.bind("a.b", ["Ctrl+K"])
    assert action.toolTip() == action.statusTip() == "Nothing is selected."
    table.enable("a.b", True)
    assert action.toolTip() == "Do it now  (Ctrl+K)"


def test_widget_that_does_the_same_says_the_same_keys(bench: Bench) -> None:
    table = bench.actions_table
    table.add("a.b", "Do", lambda: None, "Ctrl+M")
    table.describe(bench.field, "a.b", "Does it, too")
    assert bench.field.toolTip() == "Does it, too  (Ctrl+M)"
    table.keymap.bind("a.b", [])
    assert bench.field.toolTip() == "Does it, too"
