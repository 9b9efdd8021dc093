from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from studio.app.canvas.camera import Camera
from studio.app.canvas.gestures.cross_wires import SliceWires
from studio.graph.node import Edge
from tests.helpers.canvas_table import LEFT, Table

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton
WIRES = [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")]


@pytest.mark.parametrize(("keys", "button"), [(ALT, LEFT), (CTRL, RIGHT)], ids=["alt", "ctrl and right"])
@pytest.mark.parametrize("camera", [Camera(), Camera(120, 90, 0.6)], ids=["plain", "scrolled and zoomed"])
def test_a_line_cuts_the_wires_it_crosses_in_one_step(
    table: Table, keys: Qt.KeyboardModifier, button: Qt.MouseButton, camera: Camera
) -> None:
    table.view.set_camera(camera)
    table.drag(QPointF(440, 40), QPointF(440, 200), keys, button)
    assert list(table.graph.edges()) == [WIRES[0], Edge("n3", "output", "n4", "input")]
    assert table.steps == 1
    table.document.undo()
    assert table.graph.has_edge(WIRES[1])


def test_wires_are_marked_while_the_line_goes_on(table: Table) -> None:
    table.press(QPointF(440, 150), ALT)
    for point in (QPointF(440, 40), QPointF(240, 20), QPointF(240, 160)):
        table.move(point, ALT)
    gesture = table.view.gesture
    assert isinstance(gesture, SliceWires)
    assert set(gesture.found) == set(WIRES)
    table.view.grab()  # paints the line, the marks and the note
    table.key(Qt.Key.Key_Escape)
    table.release(QPointF(240, 160), ALT)
    assert table.graph.num_edges() == 3
    assert table.steps == 0


def test_a_line_across_nothing_and_a_click_are_no_step(table: Table) -> None:
    table.drag(QPointF(440, 200), QPointF(440, 300), ALT)
    table.click(QPointF(440, 108), ALT)
    assert table.steps == 0
    assert not table.selection.edges


def test_the_right_button_with_a_key_asks_for_no_menu(table: Table) -> None:
    table.press(QPointF(440, 40), CTRL, RIGHT)
    place = QPoint(440, 40)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.view.mapToGlobal(place), CTRL)
    QApplication.sendEvent(table.view, event)
    assert isinstance(table.view.gesture, SliceWires)
    assert not table.view.findChildren(QMenu)
