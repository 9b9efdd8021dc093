from __future__ import annotations

from typing import Any

import pytest
from immutables import Map

from studio.catalog.registry import signatures
from studio.graph.block import Block, BlockArgument
from studio.graph.expansion import Expansion, ancestors, expand, ids_on
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node

IN, OUT = Node("n1", "BlockInput", "input"), Node("n9", "BlockOutput", "output")


def wire(source: str, target: str, port: str = "input", index: int = 0) -> Edge:
    return Edge(source, "output", target, port, index)


def node(node_id: str, kind: str, name: str, **arguments: Any) -> Node:
    return Node(node_id, kind, name, Map(arguments))


def opened(nodes: list[Node], edges: list[Edge], *blocks: Block) -> Expansion:
    graph = Graph.of(nodes, edges, blocks)
    return expand(graph, signatures(graph))


def piece(*nodes: Node, edges: list[Edge], arguments: tuple[BlockArgument, ...] = ()) -> Block:
    return Block("Piece", Graph.of([IN, OUT, *nodes], edges), arguments)


def stack(**settings: Any) -> tuple[list[Node], list[Edge]]:
    """Vector → one instance of Piece → ReLU."""
    nodes = [
        node("n1", "VectorInput", "vector"),
        node("n2", "block:Piece", "row", **settings),
        node("n3", "ReLU", "relu"),
    ]
    return nodes, [wire("n1", "n2"), wire("n2", "n3")]


FC = piece(
    node("n2", "Linear", "fc", out_features="=width"),
    edges=[wire("n1", "n2"), wire("n2", "n9")],
    arguments=(BlockArgument("width", 4),),
)


def feeds(found: Expansion) -> dict[str, list[str]]:
    """Names of what feeds each layer, by its dotted name."""
    nodes = found.graph.nodes
    return {
        nodes[node_id].name: [nodes[edge.source].name for edge in found.graph.inputs_of(node_id)]
        for node_id in found.order
    }


def test_a_graph_without_blocks_is_itself() -> None:
    nodes = [node("n1", "VectorInput", "vector"), node("n2", "ReLU", "relu")]
    graph = Graph.of(nodes, [wire("n1", "n2")])
    found = expand(graph, signatures(graph))
    assert found.graph is graph
    assert found.order == ("n1", "n2")


def test_one_block_has_no_number_and_takes_its_arguments() -> None:
    found = opened(*stack(width=7), FC)
    assert feeds(found) == {"vector": [], "row.fc": ["vector"], "relu": ["row.fc"]}
    assert found.graph.nodes["n2/n2"].arguments["out_features"] == 7


def test_a_row_feeds_on_in_a_row() -> None:
    found = opened(*stack(repeat=3), FC)
    assert feeds(found) == {
        "vector": [],
        "row.0.fc": ["vector"],
        "row.1.fc": ["row.0.fc"],
        "row.2.fc": ["row.1.fc"],
        "relu": ["row.2.fc"],
    }
    assert found.instances["n2"].copies == ("n2[0]", "n2[1]", "n2[2]")
    assert found.source("n2", "output") == ("n2[2]/n2", "output")
    assert found.source("n2[0]/n1", "output") == ("n1", "output")


def test_copies_know_their_number() -> None:
    block = piece(
        node("n2", "Linear", "fc", out_features="=10 + index", bias="=index == count - 1"),
        edges=[wire("n1", "n2"), wire("n2", "n9")],
    )
    found = opened(*stack(repeat=2), block)
    inner = [found.graph.nodes[f"n2[{place}]/n2"].arguments for place in (0, 1)]
    assert [(one["out_features"], one["bias"]) for one in inner] == [(10, False), (11, True)]


def test_what_is_switched_off_passes_its_first_input_on() -> None:
    block = piece(
        node("n2", "Linear", "fc", enabled="=index > 0"),
        edges=[wire("n1", "n2"), wire("n2", "n9")],
    )
    found = opened(*stack(repeat=2), block)
    assert feeds(found) == {"vector": [], "row.1.fc": ["vector"], "relu": ["row.1.fc"]}
    assert found.disabled == {"n2[0]/n2"}


def test_a_switched_off_block_is_a_wire() -> None:
    found = opened(*stack(enabled=False), FC)
    assert feeds(found) == {"vector": [], "relu": ["vector"]}


def test_further_inputs_go_to_every_copy() -> None:
    inner = Graph.of(
        [IN, node("n2", "BlockInput", "memory"), node("n3", "Add", "add"), OUT],
        [wire("n1", "n3", "inputs"), wire("n2", "n3", "inputs", 1), wire("n3", "n9")],
    )
    nodes = [
        node("n1", "VectorInput", "vector"),
        node("n2", "VectorInput", "memory"),
        node("n3", "block:Piece", "row", repeat=2),
    ]
    edges = [wire("n1", "n3"), wire("n2", "n3", "memory")]
    found = opened(nodes, edges, Block("Piece", inner))
    assert feeds(found)["row.0.add"] == ["vector", "memory"]
    assert feeds(found)["row.1.add"] == ["row.0.add", "memory"]


def test_frozen_blocks_freeze_what_can_learn_in_them() -> None:
    block = piece(
        node("n2", "Linear", "fc"),
        node("n3", "ReLU", "act"),
        edges=[wire("n1", "n2"), wire("n2", "n3"), wire("n3", "n9")],
    )
    found = opened(*stack(frozen=True), block)
    assert found.graph.nodes["n2/n2"].arguments["frozen"] is True
    assert "frozen" not in found.graph.nodes["n2/n3"].arguments


def test_ties_stay_inside_their_copy() -> None:
    block = piece(
        node("n2", "Linear", "up"),
        node("n3", "Linear", "down", tied_to="n2"),
        edges=[wire("n1", "n2"), wire("n2", "n3"), wire("n3", "n9")],
    )
    found = opened(*stack(repeat=2), block)
    assert found.graph.nodes["n2[1]/n3"].arguments["tied_to"] == "n2[1]/n2"


def test_an_expression_without_a_value_is_told_once() -> None:
    block = piece(
        node("n2", "Linear", "fc", out_features="=what"), edges=[wire("n1", "n2"), wire("n2", "n9")]
    )
    (problem,) = opened(*stack(repeat=5), block).problems
    assert (problem.code, problem.node, problem.argument) == ("expression", "n2[0]/n2", "out_features")
    assert '"what"' in problem.message


def test_a_block_inside_itself_is_a_problem_and_no_loop() -> None:
    block = piece(node("n2", "block:Piece", "again"), edges=[wire("n1", "n2"), wire("n2", "n9")])
    (problem,) = opened(*stack(), block).problems
    assert problem.code == "recursion"
    assert "contains itself" in problem.message


def test_too_many_layers_are_a_problem() -> None:
    row = Block(
        "Row",
        Graph.of(
            [IN, OUT, node("n2", "block:Piece", "row", repeat=10_000)], [wire("n1", "n2"), wire("n2", "n9")]
        ),
    )
    nodes = [node("n1", "VectorInput", "vector"), node("n2", "block:Row", "rows", repeat=10_000)]
    found = opened(nodes, [wire("n1", "n2")], FC, row)
    assert [problem.code for problem in found.problems] == ["size"]
    assert not len(found.graph)


@pytest.mark.parametrize("repeat", [0, -1, True, 1.5, "two", 10**9])
def test_no_sensible_number_of_copies_is_one(repeat: Any) -> None:
    assert "row.fc" in feeds(opened(*stack(repeat=repeat), FC))


def test_paths_name_what_they_lie_in() -> None:
    assert ancestors("n5[2]/n3/n1") == ["n5[2]", "n5", "n5[2]/n3"]
    assert ancestors("n5") == []
    assert ids_on("n5[2]/n3") == ("n5", "n3")
