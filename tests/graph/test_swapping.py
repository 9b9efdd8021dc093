from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import GraphError
from studio.graph import edits, swapping
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.designs import chain, check_invariants, feeds, nodes, signature, wire


def joined(*sources: str) -> Graph:
    """n1, n2 and n3, some of which feed the sum n4 in this order."""
    graph = nodes("Input", "Input", "Input", "Sum")
    for source in sources:
        graph = edits.connect(graph, source, "output", "n4", "inputs", signature)
    return graph


def test_two_inputs_change_places_and_three_go_round() -> None:
    assert feeds(swapping.rotate_inputs(joined("n1", "n2"), "n4", signature), "n4") == ["n2", "n1"]
    assert feeds(swapping.rotate_inputs(joined("n1", "n2", "n3"), "n4", signature), "n4") == [
        "n3",
        "n1",
        "n2",
    ]


@given(st.permutations(["n1", "n2", "n3"]).map(lambda order: order[:3]))
def test_rotating_as_often_as_there_are_inputs_is_where_it_began(order: list[str]) -> None:
    graph = now = joined(*order)
    for _ in order:
        now = swapping.rotate_inputs(now, "n4", signature)
    assert now == graph


def test_a_lone_wire_has_nowhere_to_go_at_a_node_with_one_input() -> None:
    with pytest.raises(GraphError, match="no other input"):
        swapping.rotate_inputs(joined("n1"), "n4", signature)
    with pytest.raises(GraphError, match="Nothing is wired"):
        swapping.rotate_inputs(joined(), "n4", signature)


def test_inputs_that_do_not_take_each_others_wires_stay() -> None:
    graph = edits.connect(nodes("Input", "Target", "Loss"), "n1", "output", "n3", "input", signature)
    graph = edits.connect(graph, "n2", "target", "n3", "target", signature)
    with pytest.raises(GraphError, match=r"Cannot swap: .*takes activations"):
        swapping.rotate_inputs(graph, "n3", signature)


def test_neighbours_in_a_chain_change_places() -> None:
    graph = edits.move(chain("Input", "Layer", "Layer", "Layer"), {"n2": (10.0, 5.0), "n3": (20.0, 6.0)})
    after = swapping.exchange_nodes(graph, "n2", "n3", signature)
    assert [feeds(after, i) for i in ("n3", "n2", "n4")] == [["n1"], ["n3"], ["n2"]]
    assert (after.node("n2").x, after.node("n2").y) == (20.0, 6.0)
    check_invariants(after)
    assert swapping.exchange_nodes(after, "n2", "n3", signature) == graph


def test_nodes_without_the_ports_for_each_others_wires_stay() -> None:
    graph = edits.connect(nodes("Input", "Split", "Layer", "Layer"), "n2", "high", "n3", "input", signature)
    with pytest.raises(GraphError, match='has no output for the wire at "high"'):
        swapping.exchange_nodes(graph, "n2", "n4", signature)
    with pytest.raises(GraphError, match="takes one wire"):
        swapping.exchange_nodes(edits.add_node(joined("n1", "n2"), edits.new_node(joined(), "Layer")), "n4",
                                "n5", signature)  # fmt: skip


def test_two_wires_exchange_their_targets() -> None:
    graph = nodes("Input", "Input", "Layer", "Layer")
    graph = edits.connect(graph, "n1", "output", "n3", "input", signature)
    graph = edits.connect(graph, "n2", "output", "n4", "input", signature)
    after = swapping.exchange_targets(graph, wire("n1", "n3"), wire("n2", "n4"), signature)
    assert (feeds(after, "n3"), feeds(after, "n4")) == (["n2"], ["n1"])
    check_invariants(after)


def test_two_wires_of_one_port_exchange_their_places() -> None:
    first, second = Edge("n1", "output", "n4", "inputs", 0), Edge("n2", "output", "n4", "inputs", 1)
    assert feeds(swapping.exchange_targets(joined("n1", "n2"), first, second, signature), "n4") == [
        "n2",
        "n1",
    ]


def test_wires_that_would_close_a_cycle_stay() -> None:
    graph = chain("Input", "Layer", "Layer", "Layer")
    with pytest.raises(GraphError, match=r"cycle|feed itself"):
        swapping.exchange_targets(graph, wire("n1", "n2"), wire("n3", "n4"), signature)
