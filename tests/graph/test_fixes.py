from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import edits, fixes
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.problems import Fix
from tests.helpers.designs import chain, feeds, nodes, signature, wire


def test_fix_insert_places_the_node_halfway() -> None:
    graph = edits.move(chain("Input", "Layer"), {"n1": (0.0, 0.0), "n2": (100.0, 40.0)})
    fix = Fix("Insert Layer", "insert", "n2", "input", kind="Layer", arguments=(("dim", 1),))
    graph = fixes.apply_fix(graph, fix, signature)
    node = graph.node("n3")
    assert (node.x, node.y, node.arguments["dim"]) == (50.0, 20.0, 1)
    assert feeds(graph, "n2") == ["n3"]


def test_fix_set_and_rename() -> None:
    graph = nodes("Layer")
    assert (
        fixes.apply_fix(graph, Fix("", "set", "n1", argument="dim", value=3), signature)
        .node("n1")
        .arguments["dim"]
        == 3
    )
    assert fixes.apply_fix(graph, Fix("", "rename", "n1", value="stem"), signature).node("n1").name == "stem"


def test_fix_disconnect_leaves_the_first_wire_that_fits() -> None:
    made = nodes("Target", "Input", "Input", "Layer")
    edges = [Edge("n1", "target", "n4", "input"), wire("n2", "n4"), wire("n3", "n4")]
    graph = fixes.apply_fix(
        Graph.of(made.nodes.values(), edges), Fix("", "disconnect", "n4", "input"), signature
    )
    assert feeds(graph, "n4") == ["n2"]


@pytest.mark.parametrize("action", ["insert", "disconnect"])
def test_fix_of_a_wire_that_is_gone_raises(action: str) -> None:
    fix = Fix("", action, "n2", "input", kind="Layer")  # type: ignore[arg-type]
    with pytest.raises(GraphError, match="wire that the suggestion was about is gone"):
        fixes.apply_fix(nodes("Input", "Layer"), fix, signature)


def test_fix_of_a_node_that_is_gone_raises() -> None:
    with pytest.raises(GraphError, match='no node "n7"'):
        fixes.apply_fix(nodes("Input"), Fix("", "set", "n7", argument="dim", value=1), signature)
