from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from studio.app.canvas.camera import Camera
from studio.catalog.registry import signatures
from studio.graph import edits
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def by(x: float, y: float) -> QPointF:
    return QPointF(x, y)


def ends(edge: Edge) -> tuple[str, str, str, str]:
    return edge.source, edge.source_port, edge.target, edge.target_port


def test_dragging_a_node_moves_it_as_one_step_of_undo(table: Table) -> None:
    start = table.middle("n5")
    table.drag(start, start + by(83, 61))
    moved = table.graph.node("n5")
    assert (moved.x, moved.y) == (360, 384)  # 363, 381 on the grid of 8
    assert table.steps == 1
    table.document.undo()
    assert (table.graph.node("n5").x, table.graph.node("n5").y) == (280, 320)
    assert table.view.scene.geometry.rect("n5").topLeft() == by(280, 320)


def test_ctrl_leaves_the_grid(table: Table) -> None:
    start = table.middle("n5")
    table.drag(start, start + by(83, 61), CTRL)
    assert (table.graph.node("n5").x, table.graph.node("n5").y) == (363, 381)


def test_card_nearly_level_with_another_snaps_level(table: Table) -> None:
    start = table.middle("n5")
    table.drag(start, start + by(83, 123))  # top at 443; the target's is 440
    assert table.graph.node("n5").y == 440


def test_selected_nodes_move_together(table: Table) -> None:
    table.selection.set(["n5", "n8"])
    start = table.middle("n5")
    table.drag(start, start + by(0, 80))
    assert table.graph.node("n5").y == 400
    assert table.graph.node("n8").y == 400
    assert table.steps == 1


def test_dragging_a_node_outside_the_selection_moves_it_alone(table: Table) -> None:
    table.selection.set(["n2"])
    start = table.middle("n5")
    table.drag(start, start + by(0, 80))
    assert table.selection.nodes == {"n5"}
    assert table.graph.node("n2").y == 80


def test_drag_follows_the_mouse_at_any_zoom(table: Table) -> None:
    table.view.set_camera(Camera(100, 100, 0.5))
    start = table.middle("n5")
    table.drag(start, start + by(80, 160))
    assert (table.graph.node("n5").x, table.graph.node("n5").y) == (360, 480)


def test_escape_puts_dragged_nodes_back(table: Table) -> None:
    start = table.middle("n5")
    table.press(start)
    table.move(start + by(50, 50))
    table.move(start + by(100, 100))
    assert table.view.scene.geometry.rect("n5").x() > 300
    table.key(Qt.Key.Key_Escape)
    assert table.view.scene.geometry.rect("n5").topLeft() == by(280, 320)
    table.release(start + by(100, 100))
    assert table.steps == 0


def test_undo_elsewhere_ends_a_drag(table: Table) -> None:
    start = table.middle("n5")
    table.drag(start, start + by(80, 0))
    table.press(table.middle("n5"))
    table.move(table.middle("n5") + by(50, 50))
    table.document.undo()
    assert table.view.gesture is None
    assert table.view.scene.geometry.rect("n5").topLeft() == by(280, 320)


def test_a_wobble_of_a_pixel_is_a_click(table: Table) -> None:
    start = table.middle("n5")
    table.drag(start, start + by(2, 1))
    assert table.steps == 0
    assert table.selection.nodes == {"n5"}


def test_lone_node_dragged_onto_a_wire_goes_on_it(table: Table) -> None:
    wire = QPointF(440, table.port("n2", "output", "output").y())
    table.drag(table.middle("n5"), wire)
    assert table.graph.has_edge(Edge("n2", "output", "n5", "input"))
    assert table.graph.has_edge(Edge("n5", "output", "n3", "input"))
    assert not table.graph.has_edge(Edge("n2", "output", "n3", "input"))
    assert table.steps == 1


def test_click_selects_one_and_empty_canvas_clears(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.click(table.middle("n2"))
    assert table.selection.nodes == {"n2"}
    table.click(QPointF(900, 650))
    assert not table.selection.nodes


@pytest.mark.parametrize("keys", [CTRL, SHIFT], ids=["ctrl", "shift"])
def test_click_with_a_key_adds_and_takes_out(table: Table, keys: Qt.KeyboardModifier) -> None:
    table.click(table.middle("n2"))
    table.click(table.middle("n3"), keys)
    assert table.selection.nodes == {"n2", "n3"}
    table.click(table.middle("n2"), keys)
    assert table.selection.nodes == {"n3"}


@pytest.mark.parametrize(
    ("keys", "selected"),
    [
        (Qt.KeyboardModifier.NoModifier, {"n2", "n3"}),
        (SHIFT, {"n2", "n3", "n4"}),
        (CTRL, {"n2", "n4"}),
    ],
    ids=["replace", "add", "toggle"],
)
def test_marquee(table: Table, keys: Qt.KeyboardModifier, selected: set[str]) -> None:
    table.selection.set(["n3", "n4"])
    if keys == Qt.KeyboardModifier.NoModifier:
        table.selection.set(["n4"])
    table.drag(QPointF(250, 40), QPointF(500, 120), keys)
    assert table.selection.nodes == selected
    assert table.steps == 0


def test_marquee_takes_the_wires_that_lie_in_it_and_deleting_still_closes_the_gap(table: Table) -> None:
    table.drag(QPointF(250, 40), QPointF(640, 160))
    assert table.selection.nodes == {"n2", "n3"}
    assert table.selection.edges == {Edge("n2", "output", "n3", "input")}
    table.key(Qt.Key.Key_Delete)
    assert table.graph.has_edge(Edge("n1", "output", "n4", "input"))
    assert table.steps == 1


def test_escape_in_a_marquee_selects_what_was_selected(table: Table) -> None:
    table.selection.set(["n4"])
    table.press(QPointF(250, 40))
    table.move(QPointF(400, 100))
    table.move(QPointF(500, 120))
    assert table.selection.nodes == {"n2", "n3"}
    table.key(Qt.Key.Key_Escape)
    assert table.selection.nodes == {"n4"}


def test_escape_clears_the_selection(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Qt.Key.Key_Escape)
    assert not table.selection.nodes


def middle_of_wire(table: Table, source: str, target: str) -> QPointF:
    return (table.port(source, "output", "output") + table.port(target, "input", "input")) / 2


def test_neighbours_make_room_while_a_node_is_held_over_a_wire(table: Table) -> None:
    table.press(table.middle("n5"))
    for part in (by(-20, 20), by(0, 0)):
        table.move(middle_of_wire(table, "n2", "n3") + part)
    shown = table.view.scene.geometry.rect("n3")
    assert shown.x() > 480
    table.view.grab()
    table.move(by(200, 600))
    assert table.view.scene.geometry.rect("n3").x() == 480
    table.move(by(436, 108))
    assert table.view.scene.geometry.rect("n3") == shown
    table.release(by(436, 108))
    assert table.view.scene.geometry.rect("n3") == shown
    assert not table.overlaps()
    assert table.steps == 1


def test_a_chain_goes_onto_a_wire_as_one(table: Table) -> None:
    chain = Edge("n5", "output", "n8", "inputs")
    table.document.edit("Wire", lambda graph: edits.connect(graph, *ends(chain), signatures(graph)))
    table.selection.set(["n5", "n8"])
    table.drag(table.middle("n5"), middle_of_wire(table, "n1", "n2"))
    for wire in (Edge("n1", "output", "n5", "input"), chain, Edge("n8", "output", "n2", "input")):
        assert table.graph.has_edge(wire)
    assert not table.overlaps()
    assert table.steps == 2


def test_a_wired_node_does_not_go_onto_a_wire_unless_alt_is_held(table: Table) -> None:
    table.drag(table.middle("n3"), middle_of_wire(table, "n1", "n2"))
    assert table.graph.has_edge(Edge("n1", "output", "n2", "input"))
    table.document.undo()
    table.drag(table.middle("n3"), middle_of_wire(table, "n1", "n2"), ALT)
    wires = [("n1", "n3"), ("n3", "n2"), ("n2", "n4")]
    assert {(e.source, e.target) for e in table.graph.edges()} == set(wires)
    assert not table.overlaps()
    assert table.steps == 1


def test_alt_takes_a_node_out_of_its_wires_and_moves_it(table: Table) -> None:
    table.press(table.middle("n3"), ALT)
    for part in (by(0, 60), by(0, 200)):
        table.move(table.middle("n3") + part, ALT)
    gesture = table.view.gesture
    assert gesture is not None
    assert {(e.source, e.target) for e in gesture.hidden_edges} == {("n2", "n3"), ("n3", "n4")}
    table.view.grab()  # paints the wire that closes the gap
    table.release(table.middle("n3"), ALT)
    assert table.graph.has_edge(Edge("n2", "output", "n4", "input"))
    assert table.graph.node("n3").y > 200
    table.document.undo()
    assert table.graph.has_edge(Edge("n2", "output", "n3", "input"))
    assert table.steps == 0


def test_escape_while_extracting_leaves_no_trace(table: Table) -> None:
    before = table.graph
    table.press(table.middle("n3"), ALT)
    table.move(by(540, 300), ALT)
    table.move(by(540, 310), ALT)
    table.key(Qt.Key.Key_Escape)
    table.release(by(540, 310), ALT)
    assert table.graph is before
    assert table.view.scene.geometry.rect("n3").topLeft() == by(480, 80)
