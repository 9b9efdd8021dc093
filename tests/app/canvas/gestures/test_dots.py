"""Dots on wires, by the mouse and by keys, also where the canvas is scrolled and zoomed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.app.canvas.dots import Dot
from studio.app.canvas.words import tip_at
from studio.graph import edits
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table

WIRE = Edge("n2", "output", "n3", "input")
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
ON_WIRE = QPointF(444, 108)


def bend(table: Table, *points: tuple[float, float], edge: Edge = WIRE) -> None:
    table.document.edit("Bend", lambda graph: edits.bend(graph, edge, points))


def passes(table: Table, point: tuple[float, float], edge: Edge = WIRE) -> bool:
    row = table.view.scene.geometry.edge_slot(edge)
    return bool(np.hypot(*(table.view.scene.geometry.samples[row] - point).T).min() < 1e-6)


@pytest.mark.parametrize("camera", [Camera(), Camera(150, 80, 0.8)], ids=["plain", "scrolled and zoomed"])
def test_double_click_on_a_wire_adds_a_dot_there_and_on_the_dot_removes_it(
    table: Table, camera: Camera
) -> None:
    table.view.set_camera(camera)
    table.double_click(ON_WIRE)
    ((x, y),) = table.graph.bends[WIRE]
    assert abs(x - 444) + abs(y - 108) <= 2
    assert table.view.dots.current == Dot(WIRE, 0)
    table.picture()  # paints the dot
    table.double_click(QPointF(x, y))
    assert not table.graph.bends
    assert table.graph.has_edge(WIRE)
    assert table.steps == 2


def test_the_wire_is_led_through_its_dots(table: Table) -> None:
    bend(table, (440, 200))
    assert passes(table, (440, 200))
    table.document.undo()
    assert not passes(table, (440, 200))


def test_a_dot_is_dragged_on_the_grid_in_one_step(table: Table) -> None:
    bend(table, (440, 200))
    table.drag(QPointF(440, 200), QPointF(459, 262))
    assert table.graph.bends[WIRE] == ((456, 264),)
    assert passes(table, (456, 264))
    assert table.steps == 2
    table.drag(QPointF(456, 264), QPointF(467, 251), CTRL)
    assert table.graph.bends[WIRE] == ((467, 251),)


def test_a_dot_snaps_to_where_the_wire_is_straight(table: Table) -> None:
    bend(table, (440, 200))
    table.drag(QPointF(440, 200), QPointF(445, 105))
    assert table.graph.bends[WIRE] == ((448, 108),)  # level with the ports, which are off the grid


def test_escape_while_a_dot_is_dragged_leaves_no_trace(table: Table) -> None:
    bend(table, (440, 200))
    table.press(QPointF(440, 200))
    for point in (QPointF(450, 240), QPointF(470, 262)):
        table.move(point)
    assert passes(table, (472, 264))
    table.view.grab()
    table.key(Qt.Key.Key_Escape)
    table.release(QPointF(470, 262))
    assert passes(table, (440, 200))
    assert table.steps == 1


def test_dots_go_along_with_both_ends_and_are_seen_to(table: Table) -> None:
    bend(table, (440, 200))
    table.selection.set(["n2", "n3"])
    table.press(table.middle("n2"))
    start = table.middle("n2")
    for part in (QPointF(0, 20), QPointF(0, 80)):
        table.move(start + part)
    assert passes(table, (440, 280))
    table.release(start + QPointF(0, 80))
    assert table.graph.bends[WIRE] == ((440, 280),)
    table.document.undo()
    assert passes(table, (440, 200))


def test_new_dots_go_between_the_others(table: Table) -> None:
    bend(table, (420, 200), (460, 200))
    table.view.dots.add(WIRE, QPointF(440, 200))
    assert table.graph.bends[WIRE] == ((420, 200), (440, 200), (460, 200))


def test_shift_and_right_drag_across_wires_adds_a_dot_to_each(table: Table) -> None:
    table.press(QPointF(440, 40), SHIFT, Qt.MouseButton.RightButton)
    for point in (QPointF(440, 150), QPointF(240, 150), QPointF(240, 60)):
        table.move(point, SHIFT, Qt.MouseButton.RightButton)
    table.view.grab()
    table.release(QPointF(240, 60), SHIFT, Qt.MouseButton.RightButton)
    assert table.graph.bends[WIRE] == ((440, 108),)
    assert table.graph.bends[Edge("n1", "output", "n2", "input")] == ((240, 108),)
    assert table.steps == 1


def test_shift_and_drag_out_of_a_dot_draws_another_wire_by_the_same_way(table: Table) -> None:
    bend(table, (440, 200))
    table.drag(QPointF(440, 200), table.port("n8", "input", "inputs"), SHIFT)
    branch = Edge("n2", "output", "n8", "inputs")
    assert table.graph.has_edge(branch)
    assert table.graph.bends[branch] == table.graph.bends[WIRE] == ((440, 200),)
    assert table.steps == 2


def test_a_wire_whose_end_is_put_elsewhere_keeps_its_dots(table: Table) -> None:
    bend(table, (440, 200))
    table.drag(table.port("n3", "input", "input"), table.port("n5", "input", "input"))
    assert dict(table.graph.bends) == {Edge("n2", "output", "n5", "input"): ((440, 200),)}


def test_dots_by_keys_alone(table: Table, qtbot: QtBot) -> None:
    table.selection.set(edges=[WIRE])
    table.view.dots.add_in_the_middle()
    assert table.graph.bends[WIRE] == ((444, 108),)
    table.view.dots.add_in_the_middle()
    table.selection.clear()
    table.key(Qt.Key.Key_Period)
    assert table.view.dots.current == Dot(WIRE, 0)
    with qtbot.waitSignal(table.view.message) as said:
        table.key(Qt.Key.Key_Period)
    assert said.args[0] == "Dot 2 of 2 from conv to relu."
    assert table.view.dots.current == Dot(WIRE, 1)
    table.key(Qt.Key.Key_Down)
    first, second = table.graph.bends[WIRE]
    assert (first[1], second[1]) == (108, 116)
    table.key(Qt.Key.Key_Delete)
    assert table.graph.bends[WIRE] == (first,)
    assert table.graph.has_edge(WIRE)
    assert table.steps == 4


def test_straightening_takes_all_dots_off(table: Table) -> None:
    bend(table, (440, 200), (450, 220))
    table.selection.set(edges=[WIRE])
    table.view.dots.straighten()
    assert not table.graph.bends
    assert not passes(table, (440, 200))


@pytest.mark.parametrize("name", ["next", "straighten", "add_in_the_middle"])
def test_without_a_dot_or_a_wire_it_is_said(table: Table, qtbot: QtBot, name: str) -> None:
    with qtbot.waitSignal(table.view.message):
        getattr(table.view.dots, name)()
    assert table.steps == 0


def test_a_dot_says_what_can_be_done_with_it(table: Table) -> None:
    bend(table, (440, 200))
    assert "Double-click" in tip_at(table.view.scene, table.facts, QPointF(441, 201), 1.0)


def test_dots_of_a_wire_that_is_gone_are_gone(table: Table) -> None:
    bend(table, (440, 200))
    table.selection.set(edges=[WIRE])
    table.key(Qt.Key.Key_Delete)
    assert table.view.scene.dots.at(QPointF(440, 200), 1.0) is None
    table.document.undo()
    assert passes(table, (440, 200))


def test_from_afar_dots_are_neither_seen_nor_taken(table: Table) -> None:
    bend(table, (440, 500))
    table.view.set_camera(Camera(0, 0, 0.2))
    table.drag(QPointF(440, 500), QPointF(600, 600))
    assert table.graph.bends[WIRE] == ((440, 500),)
    assert table.steps == 1
