"""The points that wires are led through follow the wires, whatever happens to them."""

from __future__ import annotations

import pytest

from studio.catalog.registry import signature, signatures
from studio.errors import GraphError
from studio.graph import edits, grouping
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node

FIRST = Edge("n1", "output", "n3", "inputs", 0)
SECOND = Edge("n2", "output", "n3", "inputs", 1)


@pytest.fixture
def graph() -> Graph:
    nodes = [
        Node("n1", "ReLU", "a"),
        Node("n2", "ReLU", "b", y=100.0),
        Node("n3", "Concat", "c", x=300.0),
    ]
    return edits.bend(Graph.of(nodes, [FIRST, SECOND]), SECOND, [(150.0, 120.0)])


def test_a_wire_that_moves_up_in_its_port_keeps_its_bends(graph: Graph) -> None:
    left = edits.disconnect(graph, [FIRST])
    assert dict(left.bends) == {Edge("n2", "output", "n3", "inputs", 0): ((150.0, 120.0),)}


def test_a_wire_that_goes_takes_its_bends_along(graph: Graph) -> None:
    assert not edits.disconnect(graph, [SECOND]).bends
    assert not edits.remove_nodes(graph, ["n3"]).bends


def test_bends_go_where_both_ends_go(graph: Graph) -> None:
    both = edits.move(graph, {"n2": (10.0, 105.0), "n3": (310.0, 5.0)})
    assert both.bends[SECOND] == ((160.0, 125.0),)
    one = edits.move(graph, {"n3": (310.0, 5.0)})
    assert one.bends[SECOND] == ((150.0, 120.0),)


def test_no_points_let_the_wire_find_its_way(graph: Graph) -> None:
    assert not edits.bend(graph, SECOND, ()).bends
    with pytest.raises(GraphError, match="is gone"):
        edits.bend(graph, Edge("n1", "output", "n2", "input"), [(1.0, 1.0)])


def test_copies_are_bent_alike(graph: Graph) -> None:
    doubled, (_, second, third) = edits.duplicate(graph, ["n1", "n2", "n3"], 24.0, 24.0)
    assert doubled.bends[Edge(second, "output", third, "inputs", 1)] == ((174.0, 144.0),)


def test_a_bend_goes_into_a_block_and_out_of_it(graph: Graph) -> None:
    grouped = grouping.group(graph, ["n1", "n2", "n3"], "Fork", signature)
    inner = grouped.blocks["Fork"].graph
    (edge, points), *rest = inner.bends.items()
    assert not rest
    assert edge.index == 1
    b = inner.named("b")
    assert (points[0][0] - b.x, points[0][1] - b.y) == (150.0, 20.0)
    from studio.graph.ungrouping import ungroup

    (node_id,) = grouped.nodes
    opened, _ = ungroup(grouped, node_id, signatures(grouped))
    ((_, (point,)),) = opened.bends.items()
    assert (point[0] - opened.named("b").x, point[1] - opened.named("b").y) == (150.0, 20.0)


def test_the_wire_that_closes_a_gap_goes_by_the_dots_of_both() -> None:
    nodes = [Node(f"n{place}", "ReLU", f"r{place}", x=place * 200.0) for place in (1, 2, 3)]
    first, second = Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")
    graph = edits.bend(Graph.of(nodes, [first, second]), first, [(150.0, 50.0)])
    graph = edits.bend(graph, second, [(350.0, 50.0)])
    closed = edits.remove_and_reconnect(graph, ["n2"], signature)
    assert dict(closed.bends) == {Edge("n1", "output", "n3", "input"): ((150.0, 50.0), (350.0, 50.0))}
