"""Wires and ways by the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.app.canvas.gestures.held_wire import HeldWire
from studio.app.canvas.steps import neighbour
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table, node
from tests.helpers.search_popup import headings, press, titles, type_in

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def reasons(table: Table) -> dict[str, str]:
    rows = table.view.connecting.popup.list.rows.rows
    return {row.title: row.reason for row in rows if row.reason}


# Connecting -----------------------------------------------------------------------------------------


def test_c_offers_legal_ports_nearest_first_and_enter_wires(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_C)
    popup = table.view.connecting.popup
    assert popup.field.placeholderText() == "Connect fc to…"
    assert titles(popup)[:4] == ["sum", "loss  ·  input", "loss  ·  target", "drop"]
    type_in(popup, "loss")
    press(popup, Key.Key_Return)
    assert table.graph.has_edge(Edge("n4", "output", "n7", "input"))
    assert table.steps == 1
    assert table.view.hasFocus()
    assert table.selection.single == "n4"


def test_what_is_not_legal_is_there_with_the_reason(table: Table) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_C)
    popup = table.view.connecting.popup
    assert headings(popup) == ["Cannot be connected"]
    assert reasons(table) == {
        "conv": '"conv" already leads to "relu": the wire would close a cycle',
        "fc": "is connected already",
    }
    type_in(popup, "conv")
    press(popup, Key.Key_Return)
    assert table.steps == 0
    assert popup.isVisible()


def test_reason_of_another_flow(table: Table) -> None:
    table.selection.set(["n6"])
    table.key(Key.Key_C)
    assert titles(table.view.connecting.popup)[0] == "loss  ·  target"
    assert reasons(table)["drop"] == '"drop" takes activations at "input", and "target" gives targets'


def test_full_port_says_what_it_replaces(table: Table) -> None:
    table.selection.set(["n1"])
    table.key(Key.Key_C)
    popup = table.view.connecting.popup
    row = next(row for row in popup.list.rows.rows if row.title == "relu")
    assert row.text.endswith("replaces the wire from conv")
    type_in(popup, "relu")
    press(popup, Key.Key_Return)
    assert table.graph.inputs_of("n3") == (Edge("n1", "output", "n3", "input"),)
    assert table.steps == 1


def test_several_outputs_are_chosen_from_first(table: Table) -> None:
    graph = Graph.of([node("n1", "LSTM", "lstm", 80, 80), node("n2", "Linear", "fc", 380, 80)])
    table.document.edit("New", lambda _graph: graph)
    table.selection.set(["n1"])
    table.key(Key.Key_C)
    popup = table.view.connecting.popup
    assert popup.field.placeholderText() == "Which output of lstm?"
    ports = titles(popup)
    assert len(ports) == 3
    press(popup, Key.Key_Down)
    press(popup, Key.Key_Return)
    assert titles(popup) == ["fc"]
    press(popup, Key.Key_Return)
    assert table.graph.has_edge(Edge("n1", ports[1], "n2", "input"))


def test_shift_c_feeds_an_input(table: Table) -> None:
    table.selection.set(["n7"])
    table.key(Key.Key_C, SHIFT)
    popup = table.view.connecting.popup
    assert titles(popup) == ["input", "target"]
    type_in(popup, "target")
    press(popup, Key.Key_Return)
    assert popup.field.placeholderText() == "Feed loss from…"
    type_in(popup, "target")
    press(popup, Key.Key_Return)
    assert table.graph.has_edge(Edge("n6", "target", "n7", "target"))


def test_shift_enter_stays_for_another_wire(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_C)
    popup = table.view.connecting.popup
    press(popup, Key.Key_Return, SHIFT)
    press(popup, Key.Key_Return, SHIFT)
    assert {edge.target for edge in table.graph.outputs_of("n4")} == {"n8", "n7"}
    assert table.steps == 2
    assert popup.isVisible()


def test_wire_is_shown_before_it_is_drawn(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_C)
    popup = table.view.connecting.popup
    assert isinstance(table.view.gesture, HeldWire)
    assert table.view.gesture.origin.canvas == table.port("n8", "input", "inputs")
    press(popup, Key.Key_Down)
    assert table.view.gesture.origin.canvas == table.port("n7", "input", "input")
    press(popup, Key.Key_Escape)
    assert table.view.gesture is None
    assert table.steps == 0


@pytest.mark.parametrize(
    ("nodes", "keys", "words"),
    [
        ([], Qt.KeyboardModifier.NoModifier, "Select a single layer"),
        (["n1", "n2"], Qt.KeyboardModifier.NoModifier, "Select a single layer"),
        (["n1"], SHIFT, '"image" has no input.'),
    ],
)
def test_why_not(table: Table, qtbot: QtBot, nodes: list[str], keys: Qt.KeyboardModifier, words: str) -> None:
    table.selection.set(nodes)
    with qtbot.waitSignal(table.view.message) as said:
        table.key(Key.Key_C, keys)
    assert words in said.args[0]
    assert not table.view.connecting.is_open


# Wires ----------------------------------------------------------------------------------------------

IN, OUT = Edge("n2", "output", "n3", "input"), Edge("n3", "output", "n4", "input")


def test_w_goes_round_the_wires_of_a_node(table: Table) -> None:
    table.selection.set(["n3"])
    seen = []
    for _ in range(3):
        table.key(Key.Key_W)
        seen.append(next(iter(table.selection.edges)))
    assert seen == [IN, OUT, IN]
    table.key(Key.Key_W, SHIFT)
    assert table.selection.edges == {OUT}
    assert "relu → fc" in table.view.accessibleDescription()


def test_the_selected_wire_is_seen(table: Table) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_W)
    one = table.picture()
    table.key(Key.Key_W)
    assert table.picture() != one


def test_delete_takes_the_wire_and_w_goes_on(table: Table) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_W)
    table.key(Key.Key_Delete)
    assert not table.graph.has_edge(IN)
    assert "n3" in table.graph
    assert table.steps == 1
    table.key(Key.Key_W)
    assert table.selection.edges == {OUT}
    table.key(Key.Key_Delete)
    table.key(Key.Key_W)
    assert table.selection.single == "n3"


def test_w_needs_a_node(table: Table, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.view.message):
        table.key(Key.Key_W)
    table.selection.set(["n3"])
    table.key(Key.Key_W)
    table.selection.clear()
    with qtbot.waitSignal(table.view.message):
        table.key(Key.Key_W)
    assert not table.selection.edges


# From node to node ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "direction", "end"),
    [
        ("n2", Key.Key_Right, "n3"),
        ("n3", Key.Key_Left, "n2"),
        ("n3", Key.Key_Down, "n8"),
        ("n8", Key.Key_Up, "n3"),
        ("n5", Key.Key_Right, "n8"),
        ("n7", Key.Key_Left, "n8"),
        ("n4", Key.Key_Right, "n4"),
    ],
)
def test_arrows_go_to_the_nearest_that_way(table: Table, start: str, direction: Key, end: str) -> None:
    table.selection.set([start])
    table.key(direction, CTRL | SHIFT)
    assert table.selection.single == end
    assert table.steps == 0
    if start != end:
        assert table.view.keyboard_node == end


def test_from_nothing_it_begins_in_the_middle_of_the_view(table: Table) -> None:
    table.view.set_camera(Camera().centred(table.middle("n8"), table.view.size().toSizeF()))
    table.key(Key.Key_Up, CTRL | SHIFT)
    assert table.selection.single == "n8"


def test_what_is_out_of_view_is_brought_there(table: Table, qtbot: QtBot) -> None:
    table.document.edit("Move", lambda graph: edits.move(graph, {"n4": (9000.0, 80.0)}))
    table.selection.set(["n3"])
    table.key(Key.Key_Right, CTRL | SHIFT)
    assert table.selection.single == "n4"
    qtbot.waitUntil(lambda: table.view.visible_area().contains(table.middle("n4")))


def test_every_node_is_reached(table: Table) -> None:
    geometry = table.view.scene.geometry
    reached, waiting = {"n1"}, ["n1"]
    while waiting:
        here = waiting.pop()
        for direction in ("left", "right", "up", "down"):
            there = neighbour(geometry, here, direction)  # type: ignore[arg-type]
            if there is not None and there not in reached:
                reached.add(there)
                waiting.append(there)
    assert reached == set(table.graph.nodes)


def test_an_empty_canvas_says_so(table: Table, qtbot: QtBot) -> None:
    table.document.edit("Clear", lambda _graph: Graph())
    with qtbot.waitSignal(table.view.message) as said:
        table.key(Key.Key_Up, CTRL | SHIFT)
    assert said.args[0] == "The canvas is empty."


def test_a_network_is_built_without_the_mouse(table: Table) -> None:
    table.document.edit("Clear", lambda _graph: Graph())
    table.key(Key.Key_Space)
    popup = table.view.search.popup
    for words in ("image", "flatten", "linear", "crossentropy"):
        type_in(popup, words)
        press(popup, Key.Key_Return, SHIFT)
    press(popup, Key.Key_Escape)
    table.selection.clear()
    table.key(Key.Key_Space)
    type_in(popup, "target")
    press(popup, Key.Key_Return)
    table.key(Key.Key_C)
    press(table.view.connecting.popup, Key.Key_Return)
    edges = {(table.graph.node(e.source).kind, table.graph.node(e.target).kind) for e in table.graph.edges()}
    assert edges == {
        ("ImageInput", "Flatten"),
        ("Flatten", "Linear"),
        ("Linear", "CrossEntropyLoss"),
        ("Target", "CrossEntropyLoss"),
    }
    middles = {table.middle(i).toTuple() for i in table.graph.nodes}
    assert len(middles) == len(table.graph)
