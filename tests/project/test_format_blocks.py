"""Definitions of blocks in a document: written canonically, read strictly, harmless whatever they hold."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from immutables import Map

from studio.catalog import registry
from studio.errors import ProjectError
from studio.graph import expansion
from studio.graph.block import Block, BlockArgument
from studio.graph.expansion import expand
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.project import format as document
from studio.project import schema
from studio.project.project import Project
from tests.helpers.designs import chain


def unit(**changed: Any) -> Block:
    """A block of one convolution, as wide as its argument says."""
    inside = Graph.of(
        [
            Node("n1", "BlockInput", "input"),
            Node("n2", "Conv2d", "conv", Map({"out_channels": "=width"})),
            Node("n3", "BlockOutput", "output"),
        ],
        [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")],
    )
    width = BlockArgument("width", 64, "Filters.", minimum=1.0)
    return Block(**{"name": "Unit", "graph": inside, "arguments": (width,), **changed})


def using(block: Block) -> Graph:
    return Graph.of([Node("n1", f"block:{block.name}", "unit")], blocks=[block])


def document_with(blocks: object) -> dict[str, Any]:
    head = {"format": "flowgraph-studio", "version": 1}
    return {**head, "graph": {"nodes": {}, "edges": [], "blocks": blocks}}


def test_a_block_is_written_without_what_is_empty() -> None:
    found = document.graph_to_data(using(unit()))["blocks"]
    assert found == {
        "Unit": {
            "nodes": {
                "n1": {"kind": "BlockInput", "name": "input", "x": 0, "y": 0},
                "n2": {
                    "kind": "Conv2d", "name": "conv", "x": 0, "y": 0, "arguments": {"out_channels": "=width"}
                },
                "n3": {"kind": "BlockOutput", "name": "output", "x": 0, "y": 0},
            },
            "edges": ["n1.output -> n2.input", "n2.output -> n3.input"],
            "arguments": [{"name": "width", "default": 64, "help": "Filters.", "minimum": 1}],
        }
    }  # fmt: skip


def test_a_graph_without_blocks_is_written_as_before() -> None:
    assert "blocks" not in document.dumps(Project(graph=chain("Input", "Layer")))


@pytest.mark.parametrize(
    "block",
    [
        unit(summary="One.", reference="He 2015"),
        unit(arguments=(BlockArgument("kind", "a", choices=("a", "b")), BlockArgument("act", True))),
        unit(arguments=tuple(BlockArgument(name, (1, 2.5)) for name in ("zeta", "alpha", "mid"))),
        unit(graph=Graph()),
    ],
    ids=["texts", "choices", "order", "empty"],
)
def test_a_block_comes_back_exactly(block: Block) -> None:
    project = Project(graph=using(block))
    text = document.dumps(project)
    assert document.loads(text) == project
    assert document.dumps(document.loads(text)) == text


@pytest.mark.parametrize("default", [1, 1.0, True])
def test_a_default_keeps_its_type(default: float) -> None:
    graph = using(unit(arguments=(BlockArgument("x", default),)))
    again = document.graph_from_data(json.loads(json.dumps(document.graph_to_data(graph))))
    assert again == graph
    assert again != using(unit(arguments=(BlockArgument("x", 2 if default is True else True),)))
    assert type(again.block("Unit").arguments[0].default) is type(default)


NODES: dict[str, Any] = {"nodes": {}}


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([], "graph.blocks must be an object, not a list"),
        ({"Unit": 7}, "graph.blocks.Unit must be an object, not 7"),
        ({"Unit": {}}, "graph.blocks.Unit.nodes is missing"),
        ({"1x1": NODES}, "graph.blocks.1x1 must be a letter, then"),
        ({"": NODES}, "must be a letter, then"),
        ({"Unit": {**NODES, "blocks": {}}}, "graph.blocks.Unit.blocks is not known here"),
        ({"Unit": {**NODES, "summary": 1}}, "graph.blocks.Unit.summary must be a text, not 1"),
        ({"Unit": {"nodes": {"n1": 5}}}, "graph.blocks.Unit.nodes.n1 must be an object, not 5"),
        ({"Unit": {**NODES, "edges": ["x"]}}, r"graph.blocks.Unit.edges\[0\] must be a wire"),
        ({"Unit": {**NODES, "edges": ["a.x -> b.y"]}}, r'graph.blocks.Unit.edges\[0\].*no node "a"'),
        ({"Unit": {**NODES, "arguments": {}}}, "graph.blocks.Unit.arguments must be a list"),
        ({"Unit": {**NODES, "arguments": [{"name": "a"}]}}, r"arguments\[0\].default is missing"),
        ({"Unit": {**NODES, "arguments": [{"default": 1}]}}, r"arguments\[0\].name is missing"),
        ({"Unit": {**NODES, "arguments": [{"name": "a b", "default": 1}]}}, "name must be a letter or under"),
        ({"Unit": {**NODES, "arguments": [{"name": "if", "default": 1}]}}, "a word of Python's own"),
        ({"Unit": {**NODES, "arguments": [{"name": "index", "default": 1}]}}, "has a meaning of its own"),
        ({"Unit": {**NODES, "arguments": [{"name": "a", "default": {}}]}}, "default must be a number"),
        (
            {"Unit": {**NODES, "arguments": [{"name": "a", "default": 1}] * 2}},
            r'graph.blocks.Unit.arguments\[1\]: the block has an argument "a" already',
        ),
        (
            {"Unit": {**NODES, "arguments": [{"name": "a", "default": 1, "minimum": "x"}]}},
            r"arguments\[0\].minimum must be a number",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(blocks: object, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        document.from_data(document_with(blocks))


def test_too_many_blocks_are_refused_before_they_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MAX_BLOCKS", 2)
    with pytest.raises(ProjectError, match=r"graph\.blocks holds 3 blocks, and 2 are allowed"):
        document.from_data(document_with({"A": 1, "B": 1, "C": 1}))


def test_nodes_inside_blocks_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MAX_NODES", 2)
    crowd = {"nodes": {"n1": 1, "n2": 1}}
    with pytest.raises(ProjectError, match=r"graph\.blocks holds 4 nodes, and 2 are allowed"):
        document.from_data(document_with({"A": crowd, "B": crowd}))


# Hostile -------------------------------------------------------------------------------------------------


def instance(node_id: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {node_id: {"kind": f"block:{name}", "name": node_id, "arguments": arguments}}


@pytest.fixture(autouse=True)
def small_limit(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A lower limit on the size of an opened network, so that the tests are quick."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(expansion, "MAX_LAYERS", 10_000)
        monkeypatch.setattr(expansion, "MAX_STEPS", 20_000)


def opened(blocks: dict[str, Any], top: dict[str, Any]) -> list[str]:
    """Codes of the problems of a document, which is read and opened in little time."""
    start = time.process_time()
    data = document_with(blocks)
    data["graph"]["nodes"] = top
    graph = document.from_data(data).graph
    problems = expand(graph, registry.signatures(graph)).problems
    assert time.process_time() - start < 10.0
    assert len(problems) < 1_000
    return [problem.code for problem in problems]


def test_a_block_that_contains_itself_is_a_problem() -> None:
    blocks = {"A": {"nodes": instance("n1", "B")}, "B": {"nodes": instance("n1", "A")}}
    assert opened(blocks, instance("n1", "A")) == ["recursion"]


@pytest.mark.parametrize(
    "layers", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["with a layer", "only blocks"]
)
def test_blocks_that_double_thirty_times_are_a_problem(layers: bool) -> None:
    leaf = {"n1": {"kind": "ReLU", "name": "a"}} if layers else {}
    blocks: dict[str, Any] = {"B0": {"nodes": leaf}}
    for level in range(1, 31):
        below = f"B{level - 1}"
        blocks[f"B{level}"] = {"nodes": {**instance("n1", below), **instance("n2", below)}}
    assert opened(blocks, instance("n1", "B30")) == ["size"]


def test_blocks_that_all_contain_each_other_are_a_problem() -> None:
    names = [f"B{number}" for number in range(12)]
    nodes = {key: value for name in names for key, value in instance(name, name).items()}
    assert set(opened({name: {"nodes": nodes} for name in names}, nodes)) <= {"recursion", "size"}


def test_a_row_of_rows_of_rows_is_a_problem() -> None:
    blocks: dict[str, Any] = {"B0": {"nodes": {"n1": {"kind": "ReLU", "name": "a"}}}}
    for level in range(1, 4):
        blocks[f"B{level}"] = {"nodes": instance("n1", f"B{level - 1}", repeat=10_000)}
    assert opened(blocks, instance("n1", "B3")) == ["size"]


def test_a_tuple_that_doubles_from_block_to_block_has_no_value() -> None:
    argument = [{"name": "a", "default": 1}]
    blocks: dict[str, Any] = {"B0": {"nodes": {"n1": {"kind": "ReLU", "name": "a"}}, "arguments": argument}}
    for level in range(1, 41):
        nodes = instance("n1", f"B{level - 1}", a=f"=({', '.join('a' * 60)})")
        blocks[f"B{level}"] = {"nodes": nodes, "arguments": argument}
    assert "expression" in opened(blocks, instance("n1", "B40"))


@pytest.mark.parametrize(
    "text",
    [
        "=__import__('os').system('true')", "=().__class__", "=[1 for _ in (1,)]", "=lambda: 1", "=a[0]",
        "=9 ** 9 ** 9", "='a' * 10 ** 9", "=(" * 400, "=" + "-" * 450 + "1", "=1if 1 else 2", "=\x00",
        "='=1'", "=f'{1}'", "=1 .real", "=*a", "=a := 1", "=await 1", "=1j", "=b'x'", "=...", "=",
    ],
)  # fmt: skip
def test_an_expression_that_does_more_than_calculate_has_no_value(text: str) -> None:
    inside = {"n1": {"kind": "Conv2d", "name": "a", "arguments": {"out_channels": text}}}
    assert opened({"A": {"nodes": inside}}, instance("n1", "A")) == ["expression"]


def test_an_unknown_block_keeps_all_it_holds() -> None:
    graph = Graph.of([Node("n1", "block:Gone", "gone", Map({"width": 3, "repeat": 2}))])
    assert document.loads(document.dumps(Project(graph=graph))) == Project(graph=graph)
    assert [problem.code for problem in registry.check_arguments(graph.node("n1"), graph.blocks)] == [
        "unknown-block"
    ]
