from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import edits, fixes
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.problems import Fix, NewLayer
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


def test_fix_insert_puts_a_chain_about_the_middle_of_the_wire() -> None:
    graph = edits.move(chain("Input", "Layer"), {"n1": (0.0, 0.0), "n2": (400.0, 0.0)})
    fix = Fix("", "insert", "n2", "input", kind="Layer", then=(NewLayer("Layer", (("dim", 2),)),))
    graph = fixes.apply_fix(graph, fix, signature)
    assert [edge.source for node in ("n2", "n4", "n3") for edge in graph.inputs_of(node)] == [
        "n4",
        "n3",
        "n1",
    ]
    assert graph.node("n4").arguments["dim"] == 2
    assert graph.node("n3").x + graph.node("n4").x == 400.0


def test_fix_insert_takes_the_wire_that_is_meant_and_keeps_its_place() -> None:
    graph = nodes("Input", "Input", "Sum")
    for source in ("n1", "n2"):
        graph = edits.connect(graph, source, "output", "n3", "inputs", signature)
    graph = fixes.apply_fix(graph, Fix("", "insert", "n3", "inputs", kind="Layer", index=1), signature)
    assert feeds(graph, "n3") == ["n1", "n4"]


def test_fix_insert_sets_the_argument_that_it_names() -> None:
    fix = Fix("", "insert", "n2", "input", kind="Layer", argument="dim", value=8)
    graph = fixes.apply_fix(chain("Input", "Layer"), fix, signature)
    assert graph.node("n2").arguments["dim"] == 8
    assert "dim" not in graph.node("n3").arguments


def test_fix_set_takes_several_arguments() -> None:
    fix = Fix("", "set", "n1", arguments=(("dim", 1), ("size", 2)))
    assert dict(fixes.apply_fix(nodes("Layer"), fix, signature).node("n1").arguments) == {"dim": 1, "size": 2}


def test_fix_replace_keeps_name_place_and_wires_that_fit() -> None:
    graph = edits.set_argument(chain("Input", "Layer", "Layer"), "n2", "dim", 5)
    graph = fixes.apply_fix(
        graph, Fix("", "replace", "n2", kind="Split", arguments=(("size", 2),)), signature
    )
    assert (graph.node("n2").kind, graph.node("n2").name) == ("Split", "layer")
    assert dict(graph.node("n2").arguments) == {"size": 2}
    assert feeds(graph, "n2") == ["n1"]
    assert feeds(graph, "n3") == []


def test_fix_remove_closes_the_gap() -> None:
    graph = fixes.apply_fix(chain("Input", "Layer", "Layer"), Fix("", "remove", "n2"), signature)
    assert feeds(graph, "n3") == ["n1"]


def test_fix_feed_wires_the_node_that_is_there() -> None:
    graph = nodes("Input", "Target", "Loss")
    graph = fixes.apply_fix(graph, Fix("", "feed", "n3", "target", kind="Target"), signature)
    assert feeds(graph, "n3", "target") == ["n2"]
    assert len(graph) == 3


def test_fix_feed_makes_a_node_where_there_is_none() -> None:
    fix = Fix("", "feed", "n2", "target", kind="Target", arguments=(("encoding", "float"),))
    graph = fixes.apply_fix(nodes("Target", "Loss"), fix, signature)
    assert feeds(graph, "n2", "target") == ["n3"]
    assert graph.node("n3").arguments["encoding"] == "float"


def test_fix_feed_by_id_takes_that_output() -> None:
    fix = Fix("", "feed", "n2", "input", argument="high", value="n1")
    graph = fixes.apply_fix(nodes("Split", "Layer"), fix, signature)
    assert [edge.source_port for edge in graph.inputs_of("n2")] == ["high"]


@pytest.mark.parametrize("direction", ["right", "down"])
def test_fix_append_adds_a_loss_and_its_target_along_the_flow(direction: str) -> None:
    graph = edits.set_direction(chain("Input", "Layer"), direction)  # type: ignore[arg-type]
    graph = fixes.apply_fix(graph, Fix("", "append", "n2", "output", kind="Loss"), signature)
    assert (feeds(graph, "n3", "input"), feeds(graph, "n3", "target")) == (["n2"], ["n4"])
    ahead = graph.node("n3").x if direction == "right" else graph.node("n3").y
    assert ahead > 0


def test_fix_of_an_unknown_layer_raises() -> None:
    with pytest.raises(GraphError, match='no layer "Nothing"'):
        fixes.apply_fix(nodes("Layer"), Fix("", "append", "n1", "output", kind="Nothing"), signature)
