from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from tests.helpers.designs import chain, wire


def test_graphs_built_in_another_order_are_equal() -> None:
    first, second = Node("n1", "Layer", "a"), Node("n2", "Layer", "b")
    edges = [wire("n1", "n2", "inputs", 0), wire("n1", "n2", "inputs", 1)]
    assert Graph.of([first, second], edges) == Graph.of([second, first], edges[::-1])


def test_a_graph_without_one_wire_is_another() -> None:
    graph = chain("Input", "Layer")
    assert graph != Graph.of(graph.nodes.values())


def test_of_two_nodes_with_one_id_raises() -> None:
    with pytest.raises(GraphError, match='Two nodes have the id "n1"'):
        Graph.of([Node("n1", "Layer", "a"), Node("n1", "Layer", "b")])


@pytest.mark.parametrize("edge", [wire("n1", "n9"), wire("n9", "n1")], ids=["target", "source"])
def test_of_a_wire_to_a_missing_node_raises(edge: Edge) -> None:
    with pytest.raises(GraphError, match='ends at the node "n9", which does not exist') as caught:
        Graph.of([Node("n1", "Layer", "a")], [edge])
    assert caught.value.node_id == "n9"


def test_ordered_counts_rather_than_spells() -> None:
    graph = Graph.of(Node(node_id, "Layer", node_id) for node_id in ("n10", "n2", "a", "n1"))
    assert [node.id for node in graph.ordered()] == ["a", "n1", "n2", "n10"]


def test_edges_come_by_target_port_and_index() -> None:
    made = [Node(f"n{number}", "Sum", f"s{number}") for number in range(1, 4)]
    edges = [wire("n2", "n3", "inputs", 1), wire("n1", "n3", "inputs", 0), wire("n1", "n2", "inputs")]
    graph = Graph.of(made, edges)
    assert list(graph.edges()) == [edges[2], edges[1], edges[0]]
    assert graph.num_edges() == 3


def test_wires_can_be_asked_by_port() -> None:
    graph = Graph.of(
        [Node("n1", "Split", "a"), Node("n2", "Loss", "b")],
        [Edge("n1", "low", "n2", "input"), Edge("n1", "high", "n2", "target")],
    )
    assert graph.inputs_of("n2", "target") == (Edge("n1", "high", "n2", "target"),)
    assert graph.outputs_of("n1", "low") == (Edge("n1", "low", "n2", "input"),)
    assert graph.inputs_of("n1") == ()


def test_node_that_is_not_there_raises_with_the_nearest() -> None:
    with pytest.raises(GraphError, match=r'There is no node "n11"; did you mean "n1"\?'):
        chain("Input").node("n11")


def test_named_finds_by_name_and_suggests() -> None:
    graph = chain("Input", "Layer")
    assert graph.named("layer").id == "n2"
    with pytest.raises(GraphError, match=r'no node named "layr"; did you mean "layer"\?'):
        graph.named("layr")


def test_length_and_membership() -> None:
    graph = chain("Input", "Layer")
    assert len(graph) == 2
    assert "n2" in graph
    assert "n3" not in graph
