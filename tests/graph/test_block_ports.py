from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import block_ports, edits, levels
from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.drawing import made


def twice() -> Graph:
    """Two instances of a block with two inputs and an output, one of them in another block."""
    inside = made(("BlockInput", "left"), ("BlockInput", "right"), ("Add", "add"), ("BlockOutput", "sum"),
                  wires="1>3.inputs 2>3.inputs 3>4")  # fmt: skip
    outer = made(("BlockInput", "input"), ("block:Both", "both"), ("BlockOutput", "output"))
    outer = edits.connect(outer, "n1", "output", "n2", "right", lambda node: None)
    outer = edits.connect(outer, "n2", "sum", "n3", "input", lambda node: None)
    top = made(("ImageInput", "x"), ("block:Both", "both"), ("Concat", "end"))
    for source, port, target, into in [
        ("n1", "output", "n2", "left"), ("n1", "output", "n2", "right"),
    ]:  # fmt: skip
        top = edits.connect(top, source, port, target, into, lambda node: None)
    edges = [*top.edges(), Edge("n2", "sum", "n3", "inputs"), Edge("n1", "output", "n3", "inputs", 1)]
    return Graph.of(top.nodes.values(), edges, [Block("Both", inside), Block("Outer", outer)])


def ends(graph: Graph, node_id: str) -> set[tuple[str, str]]:
    return {(edge.source_port, edge.target_port) for edge in graph.inputs_of(node_id)}


def test_wires_stay_with_a_renamed_port_at_all_levels() -> None:
    graph = block_ports.rename_port(twice(), "Both", "input", "right", "shortcut")
    assert ends(graph, "n2") == {("output", "left"), ("output", "shortcut")}
    assert ends(graph.block("Outer").graph, "n2") == {("output", "shortcut")}
    graph = block_ports.rename_port(graph, "Both", "output", "sum", "output")
    assert graph.inputs_of("n3")[0].source_port == "output"
    assert ends(graph.block("Outer").graph, "n3") == {("output", "input")}


def test_wires_go_with_a_removed_port_and_the_others_close_ranks() -> None:
    graph = block_ports.remove_port(twice(), "Both", "output", "sum")
    assert [(edge.source, edge.index) for edge in graph.inputs_of("n3")] == [("n1", 0)]
    assert graph.block("Outer").graph.inputs_of("n3") == ()


def test_a_port_renamed_on_the_canvas_is_followed_too() -> None:
    graph = levels.edit_level(twice(), ["n2"], lambda level: edits.rename(level, "n1", "first"))
    assert ends(graph, "n2") == {("output", "first"), ("output", "right")}


def test_ports_that_trade_names_keep_their_wires() -> None:
    def trade(level: Graph) -> Graph:
        level = edits.rename(level, "n1", "third")
        return edits.rename(edits.rename(level, "n2", "left"), "n1", "right")

    graph = levels.edit_level(twice(), ["n2"], trade)
    assert ends(graph.block("Outer").graph, "n2") == {("output", "left")}


def test_a_new_port_comes_last() -> None:
    graph = block_ports.add_port(twice(), "Both", "input")
    assert [port.name for port in graph.block("Both").inputs()] == ["left", "right", "input"]
    graph = block_ports.add_port(graph, "Both", "output", "extra")
    assert [port.name for port in graph.block("Both").outputs()] == ["sum", "extra"]
    places = [(port.x, port.y) for port in graph.block("Both").inputs()]
    assert len(set(places)) == 3


def test_a_port_that_is_not_there_or_cannot_be_is_refused() -> None:
    with pytest.raises(GraphError, match='has no input "lfet"; did you mean "left"'):
        block_ports.remove_port(twice(), "Both", "input", "lfet")
    with pytest.raises(GraphError, match='cannot be called "add"'):
        block_ports.add_port(twice(), "Both", "output", "add")
    with pytest.raises(GraphError, match="already"):
        block_ports.rename_port(twice(), "Both", "input", "left", "right")
