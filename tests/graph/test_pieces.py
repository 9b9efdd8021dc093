from __future__ import annotations

import pytest

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import edits, fixes, levels
from studio.graph.graph import Graph
from studio.graph.problems import Fix
from tests.helpers.drawing import made, stage
from tests.helpers.meaning import meaning


def tied() -> Graph:
    return made(
        ("VectorInput", "x"), ("Linear", "one"), ("Linear", "two", {"tied_to": "n2"}), wires="1>2 2>3"
    )


def test_a_piece_carries_the_blocks_it_needs() -> None:
    piece = edits.subgraph(stage(), ["n2"])
    graph, (copy,) = edits.paste(made(("ImageInput", "x")), piece, 0, 0)
    graph = edits.connect(graph, "n1", "output", copy, "input", registry.signatures(graph))
    assert meaning(graph, registry.signatures(graph)) == meaning(stage(), registry.signatures(stage()))
    assert edits.subgraph(stage(), ["n1"]).blocks == Graph().blocks


def test_a_pasted_block_that_differs_gets_another_name() -> None:
    other = levels.edit_level(stage(), ["n2"], lambda level: edits.set_argument(level, "n3", "p", 0.5))
    graph, (copy,) = edits.paste(stage(), edits.subgraph(other, ["n2"]), 0, 0)
    assert graph.node(copy).kind == "block:Stage2"
    again, (second,) = edits.paste(graph, edits.subgraph(other, ["n2"]), 0, 0)
    assert again.node(second).kind == "block:Stage2"
    assert again.blocks == graph.blocks


def test_a_copied_pair_is_tied_to_itself() -> None:
    graph, (one, two) = edits.duplicate(tied(), ["n2", "n3"])
    assert graph.node(two).arguments["tied_to"] == one


def test_a_duplicate_uses_the_same_weights_and_a_pasted_layer_its_own() -> None:
    graph, (copy,) = edits.duplicate(tied(), ["n3"])
    assert graph.node(copy).arguments["tied_to"] == "n2"
    graph, (copy,) = edits.paste(tied(), edits.subgraph(tied(), ["n3"]), 0, 0)
    assert "tied_to" not in graph.node(copy).arguments


@pytest.mark.parametrize("close", [True, False])
def test_a_layer_whose_weights_are_removed_gets_its_own(close: bool) -> None:
    if close:
        graph = edits.remove_and_reconnect(tied(), ["n2"], registry.signature)
    else:
        graph = edits.remove_nodes(tied(), ["n2"])
    assert "tied_to" not in graph.node("n3").arguments


@pytest.mark.parametrize("path", ["n2[1]/n2", "n2/n2"])
def test_a_fix_inside_a_block_changes_the_definition(path: str) -> None:
    fix = Fix("Set", "set", path, argument="kernel_size", value=5)
    graph = fixes.apply_fix(stage(), fix, registry.signatures(stage()))
    assert graph.block("Stage").graph.node("n2").arguments["kernel_size"] == 5
    assert graph.node("n2") == stage().node("n2")


def test_a_fix_can_put_a_layer_on_a_wire_inside_a_block() -> None:
    fix = Fix("Insert", "insert", "n2[0]/n3", "input", kind="ReLU")
    graph = fixes.apply_fix(stage(), fix, registry.signatures(stage()))
    inside = graph.block("Stage").graph
    assert inside.node(inside.inputs_of("n3")[0].source).kind == "ReLU"


@pytest.mark.parametrize("path", ["n7/n2", "n1/n2", "n2/n9"])
def test_a_fix_for_what_is_gone_is_refused(path: str) -> None:
    fix = Fix("Set", "set", path, argument="kernel_size", value=5)
    with pytest.raises(GraphError):
        fixes.apply_fix(stage(), fix, registry.signatures(stage()))


def test_an_instance_is_named_after_its_block() -> None:
    assert edits.new_node(Graph(), "block:Bottleneck").name == "bottleneck"
