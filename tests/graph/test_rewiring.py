from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import GraphError
from studio.graph import edits, rewiring
from studio.graph.graph import Graph
from tests.helpers.designs import chain, check_invariants, feeds, nodes, signature, wire


def with_piece() -> Graph:
    """n1 → n2 → n3, and a loose piece n4 → n5."""
    graph = chain("Input", "Layer", "Layer")
    for _ in range(2):
        graph = edits.add_node(graph, edits.new_node(graph, "Layer"))
    return edits.connect(graph, "n4", "output", "n5", "input", signature)


def insert(graph: Graph, *node_ids: str) -> Graph:
    return rewiring.insert_piece(
        graph, wire("n1", "n2"), [graph.node(node_id) for node_id in node_ids], signature
    )


def test_a_chain_goes_onto_a_wire() -> None:
    graph = insert(with_piece(), "n5", "n4")
    assert [feeds(graph, node_id) for node_id in ("n2", "n4", "n5")] == [["n5"], ["n1"], ["n4"]]


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        (["n4"], "has wires already: hold Alt"),
        (["n3", "n4", "n5"], "has wires already"),
        (["n2"], "wire of its own"),
    ],
    ids=["part of a piece", "wired", "own wire"],
)
def test_what_cannot_go_onto_a_wire_is_refused(chosen: list[str], reason: str) -> None:
    with pytest.raises(GraphError, match=reason):
        insert(with_piece(), *chosen)


def test_two_loose_nodes_are_no_chain() -> None:
    graph = edits.disconnect(with_piece(), [wire("n4", "n5")])
    with pytest.raises(GraphError, match="no single chain: it begins at"):
        insert(graph, "n4", "n5")


def test_extracting_a_node_closes_the_gap_and_keeps_it() -> None:
    graph = rewiring.extract(chain("Input", "Layer", "Layer"), ["n2"], signature)
    assert feeds(graph, "n3") == ["n1"]
    assert not graph.inputs_of("n2")
    assert not graph.outputs_of("n2")


def test_nodes_wired_to_each_other_come_out_as_one_piece() -> None:
    graph = rewiring.extract(chain("Input", "Layer", "Layer", "Layer"), ["n2", "n3"], signature)
    assert feeds(graph, "n4") == ["n1"]
    assert feeds(graph, "n3") == ["n2"]


def test_several_feeds_leave_the_gap_open() -> None:
    graph = edits.connect(nodes("Input", "Input", "Sum", "Layer"), "n3", "output", "n4", "input", signature)
    for source in ("n1", "n2"):
        graph = edits.connect(graph, source, "output", "n3", "inputs", signature)
    graph = rewiring.extract(graph, ["n3"], signature)
    assert graph.num_edges() == 0


@given(st.sets(st.sampled_from(["n2", "n3", "n4", "n5"]), min_size=1))
def test_what_is_left_is_as_after_deleting(chosen: set[str]) -> None:
    graph = chain("Input", "Layer", "Layer", "Layer", "Layer")
    loose = rewiring.extract(graph, chosen, signature)
    check_invariants(loose)
    left = edits.remove_and_reconnect(graph, chosen, signature)
    assert edits.remove_nodes(loose, chosen) == left


def test_extracting_and_putting_back_is_where_it_began() -> None:
    graph = chain("Input", "Layer", "Layer")
    loose = rewiring.extract(graph, ["n2"], signature)
    assert rewiring.insert_piece(loose, wire("n1", "n3"), [loose.node("n2")], signature) == graph


def test_dots_are_shared_out_when_a_node_comes_between_and_joined_when_it_goes() -> None:
    graph = edits.move(chain("Input", "Layer"), {"n2": (600.0, 0.0)})
    dots = ((150.0, 50.0), (450.0, 60.0))
    graph = edits.bend(graph, wire("n1", "n2"), dots)
    node = edits.new_node(graph, "Layer", x=300.0, y=50.0)
    inside = rewiring.insert_piece(graph, wire("n1", "n2"), [node], signature)
    assert dict(inside.bends) == {wire("n1", "n3"): dots[:1], wire("n3", "n2"): dots[1:]}
    out = rewiring.extract(inside, ["n3"], signature)
    assert dict(out.bends) == {wire("n1", "n2"): dots}


def test_no_wire_goes_past_a_piece_where_none_went_through_it() -> None:
    graph = nodes("Input", "Layer", "Sum", "Layer", "Layer")
    for source, target, port in (
        ("n1", "n2", "input"),
        ("n2", "n3", "inputs"),
        ("n4", "n3", "inputs"),
        ("n4", "n5", "input"),
    ):
        graph = edits.connect(graph, source, "output", target, port, signature)
    loose = rewiring.extract(graph, ["n2", "n3", "n4"], signature)
    assert not loose.outputs_of("n1")  # it fed n3, and n5 has nothing to do with it
    assert not loose.inputs_of("n5")
