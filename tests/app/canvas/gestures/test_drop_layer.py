from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.engine.records import Checked, Trial, Tried
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import Table


@pytest.mark.parametrize(
    "camera", [Camera(), Camera(-350, 210, 0.4), Camera(300, 100, 2.0)], ids=["plain", "far", "near"]
)
def test_layer_lands_with_its_middle_under_the_cursor(table: Table, camera: Camera) -> None:
    table.view.set_camera(camera)
    place = camera.to_canvas(QPointF(700, 520))
    assert table.drop("Conv2d", place)
    (node_id,) = table.selection.nodes
    gap = table.middle(node_id) - place
    assert abs(gap.x()) <= 4 + 1 / camera.zoom
    assert abs(gap.y()) <= 4 + 1 / camera.zoom
    assert table.graph.node(node_id).kind == "Conv2d"
    assert table.steps == 1


def test_layer_dropped_on_a_wire_is_put_on_it(table: Table) -> None:
    wire = (table.port("n2", "output", "output") + table.port("n3", "input", "input")) / 2
    assert table.drop("BatchNorm2d", wire)
    (node_id,) = table.selection.nodes
    assert table.graph.has_edge(Edge("n2", "output", node_id, "input"))
    assert table.graph.has_edge(Edge(node_id, "output", "n3", "input"))
    assert table.steps == 1
    table.document.undo()
    assert table.graph.has_edge(Edge("n2", "output", "n3", "input"))


def test_layer_that_does_not_fit_a_wire_is_put_beside_it(table: Table) -> None:
    wire = (table.port("n2", "output", "output") + table.port("n3", "input", "input")) / 2
    assert table.drop("Target", wire)
    assert table.graph.has_edge(Edge("n2", "output", "n3", "input"))
    assert len(table.graph) == 9


def test_unknown_layer_is_not_taken(table: Table) -> None:
    assert not table.drop("Wavelet", QPointF(900, 300))
    assert table.steps == 0


def test_layer_dragged_out_again_is_forgotten(table: Table) -> None:
    assert not table.drop("Conv2d", QPointF(900, 300), leave=True)
    assert table.view.gesture is None
    assert table.steps == 0


def test_neighbours_make_room_while_a_layer_is_held_over_a_wire_and_when_it_is_dropped(table: Table) -> None:
    wire = (table.port("n2", "output", "output") + table.port("n3", "input", "input")) / 2
    gesture = table.hold("BatchNorm2d", wire)
    shown = {i: table.view.scene.geometry.rect(i).topLeft() for i in table.graph.nodes}
    assert shown["n3"].x() > 480
    assert gesture.hidden_edges == {Edge("n2", "output", "n3", "input")}
    table.view.grab()  # paints the ghost between its wires
    table.drop("BatchNorm2d", wire)
    (node_id,) = table.selection.nodes
    assert shown == {i: table.view.scene.geometry.rect(i).topLeft() for i in shown}
    assert not table.overlaps()
    assert table.graph.node(node_id).y == table.graph.node("n2").y
    table.document.undo()
    assert table.graph.node("n3").x == 480
    assert table.steps == 0


def test_neighbours_go_back_when_the_layer_is_dragged_on(table: Table) -> None:
    wire = (table.port("n2", "output", "output") + table.port("n3", "input", "input")) / 2
    table.hold("BatchNorm2d", wire)
    table.hold("BatchNorm2d", QPointF(900, 600))
    assert table.view.scene.geometry.rect("n3").x() == 480
    table.hold("BatchNorm2d", wire)
    assert table.drop("BatchNorm2d", wire, leave=True) is False
    assert table.view.scene.geometry.rect("n3").x() == 480
    assert not table.view.scene.is_previewing


def test_over_a_wire_it_says_what_the_layer_would_make_of_it(table: Table, qtbot: QtBot) -> None:
    table.facts.update(Checked(1, (), (NodeReport("n1", (3, 8, 8)),), Totals()))
    asked = []
    table.view.trials.ask = lambda **fields: asked.append(fields) or len(asked)
    on_wire = (table.port("n1", "output", "output") + table.port("n2", "input", "input")) / 2
    gesture = table.hold("Conv2d", on_wire)
    qtbot.waitUntil(lambda: len(asked) == 1)
    (node_id,) = asked[0]["nodes"]
    table.view.trials.take(Tried(1, (Trial(node_id, (32, 6, 6)),)))
    assert gesture.outcome.lines == ("3×8×8 → conv1 gives 32×6×6",)
    table.hold("Conv2d", on_wire + QPointF(0, 200))
    assert gesture.outcome.lines == ()


def test_a_node_held_over_a_wire_says_what_it_would_make_of_it(table: Table, qtbot: QtBot) -> None:
    table.facts.update(Checked(1, (), (NodeReport("n1", (3, 8, 8)),), Totals()))
    asked = []
    table.view.trials.ask = lambda **fields: asked.append(fields) or len(asked)
    table.press(table.middle("n5"))
    table.move((table.port("n1", "output", "output") + table.port("n2", "input", "input")) / 2)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert asked[0]["nodes"] == ("n5",)
    wrong = Trial("n5", None, "error", "Dropout cannot.", "Use another.")
    table.view.trials.take(Tried(1, (wrong,)))
    assert table.view.gesture.outcome.lines == ("Dropout cannot.", "Use another.")
    assert table.view.gesture.outcome.role == "warning"
    table.key(Qt.Key.Key_Escape)
    assert table.steps == 0
