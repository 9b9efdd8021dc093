from __future__ import annotations

from dataclasses import replace

import pytest

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import definitions, edits, levels
from studio.graph.block import Block
from studio.graph.graph import Graph
from tests.helpers.drawing import made, stage
from tests.helpers.meaning import meaning


def nested() -> Graph:
    """An instance of Outer, which holds two of Inner; Spare is used by nothing."""
    inner = made(("BlockInput", "input"), ("ReLU", "relu"), ("BlockOutput", "output"), wires="1>2 2>3")
    outer = made(("BlockInput", "input"), ("block:Inner", "a"), ("block:Inner", "b"),
                 ("BlockOutput", "output"), wires="1>2 2>3 3>4")  # fmt: skip
    top = made(("ImageInput", "x"), ("block:Outer", "outer"), wires="1>2")
    blocks = [Block("Inner", inner), Block("Outer", outer), Block("Spare", inner)]
    return Graph.of(top.nodes.values(), top.edges(), blocks)


def test_instances_of_all_levels_are_found() -> None:
    assert [node.name for node in definitions.instances(nested(), "Inner")] == ["a", "b"]
    assert [node.name for node in definitions.instances(nested(), "Outer")] == ["outer"]


def test_a_renamed_block_is_followed_by_all_instances() -> None:
    before = nested()
    graph = definitions.rename_block(before, "Inner", "Core")
    assert set(graph.blocks) == {"Core", "Outer", "Spare"}
    assert graph.block("Core").name == "Core"
    assert [node.name for node in definitions.instances(graph, "Core")] == ["a", "b"]
    assert meaning(graph, registry.signatures(graph)) == meaning(before, registry.signatures(before))
    assert definitions.rename_block(graph, "Core", "Inner") == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("Gone", "New", "There is no block"), ("Inner", "Outer", "already"), ("Inner", "a b", "Use a letter")],
)
def test_a_name_that_cannot_be_had_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        definitions.rename_block(nested(), old, new)


def test_what_the_network_does_not_use_can_be_removed() -> None:
    graph = definitions.remove_unused(nested())
    assert set(graph.blocks) == {"Inner", "Outer"}
    assert definitions.remove_unused(edits.remove_nodes(graph, ["n2"])).blocks == Graph().blocks


def test_a_unique_copy_is_no_longer_followed() -> None:
    graph = levels.edit_level(nested(), ["n2"], lambda level: definitions.make_unique(level, "n2"))
    assert [node.kind for node in graph.block("Outer").graph.ordered()][1:3] == [
        "block:Inner2",
        "block:Inner",
    ]
    changed = levels.edit_level(graph, ["n2", "n2"], lambda level: edits.rename(level, "n2", "act"))
    assert changed.block("Inner2").graph.named("act")
    assert changed.block("Inner") == nested().block("Inner")


@pytest.mark.parametrize(
    ("repeat", "message"),
    [(0, "whole number from 1"), (10_001, "to 10,000"), (True, "whole number"), ("3", "whole number")],
)
def test_a_count_that_cannot_be_is_refused(repeat: int | str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        definitions.set_repeat(stage(), "n2", repeat)


def test_a_count_is_set_and_taken_back() -> None:
    graph = definitions.set_repeat(stage(), "n2", 5)
    assert graph.node("n2").arguments["repeat"] == 5
    assert "repeat" not in definitions.set_repeat(graph, "n2", None).node("n2").arguments


def test_a_block_without_an_output_cannot_be_repeated() -> None:
    inside = made(("BlockInput", "input"), ("ReLU", "relu"), wires="1>2")
    graph = Graph.of([made(("block:End", "end")).node("n1")], blocks=[Block("End", inside)])
    with pytest.raises(GraphError, match="needs an input and an output"):
        definitions.set_repeat(graph, "n1", 2)


# Importing -----------------------------------------------------------------------------------------------


def test_a_block_comes_with_all_that_it_contains() -> None:
    graph, names = definitions.import_blocks(Graph(), nested(), ["Outer"])
    assert names == {"Inner": "Inner", "Outer": "Outer"}
    assert set(graph.blocks) == {"Inner", "Outer"}


def test_an_equal_block_is_shared() -> None:
    graph, names = definitions.import_blocks(nested(), nested(), ["Outer", "Spare"])
    assert graph == nested()
    assert names == {"Inner": "Inner", "Outer": "Outer", "Spare": "Spare"}


def test_a_different_block_of_the_same_name_gets_another_name_and_what_holds_it_too() -> None:
    other = levels.edit_level(nested(), ["n2", "n2"], lambda level: edits.rename(level, "n2", "act"))
    graph, names = definitions.import_blocks(nested(), other, ["Outer"])
    assert names == {"Inner": "Inner2", "Outer": "Outer2"}
    assert definitions.used(graph.block("Outer2").graph) == {"Inner2"}
    again, names = definitions.import_blocks(graph, other, ["Outer"])
    assert again == graph
    assert names == {"Inner": "Inner2", "Outer": "Outer2"}


def test_a_block_that_contains_itself_is_not_taken_over() -> None:
    loop = Graph.of([], blocks=[Block("A", made(("block:B", "b"))), Block("B", made(("block:A", "a")))])
    with pytest.raises(GraphError, match='The block "A" contains itself'):
        definitions.import_blocks(Graph(), loop, ["B"])
    with pytest.raises(GraphError, match='There is no block "C"'):
        definitions.import_blocks(Graph(), loop, ["C"])


def test_a_block_whose_inner_block_is_missing_is_taken_over_as_it_is() -> None:
    graph, _ = definitions.import_blocks(
        Graph(), replace(Graph(), blocks=nested().blocks.delete("Inner")), ["Outer"]
    )
    assert set(graph.blocks) == {"Outer"}


# Never in itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Inner", "Outer"])
def test_a_block_cannot_be_put_into_itself(name: str) -> None:
    graph = nested()
    with pytest.raises(GraphError, match='The block "Inner" cannot contain itself'):
        levels.edit_level(
            graph, ["n2", "n2"],
            lambda level: edits.add_node(level, edits.new_node(level, f"block:{name}")),
        )  # fmt: skip


def test_a_block_cannot_be_pasted_into_itself() -> None:
    graph = nested()
    piece = edits.subgraph(graph, ["n2"])
    with pytest.raises(GraphError, match="cannot contain itself"):
        levels.edit_level(graph, ["n2"], lambda level: edits.paste(level, piece, 0, 0)[0])


def test_a_block_can_be_put_into_another() -> None:
    graph = nested()
    after = levels.edit_level(
        graph, ["n2"], lambda level: edits.add_node(level, edits.new_node(level, "block:Spare"))
    )
    assert definitions.used(after.block("Outer").graph) == {"Inner", "Spare"}


def test_a_block_that_contains_itself_already_can_be_mended() -> None:
    loop = made(("block:Loop", "again"), ("ReLU", "relu"))
    graph = Graph.of(made(("block:Loop", "loop")).nodes.values(), blocks=[Block("Loop", loop)])
    after = levels.edit_level(graph, ["n1"], lambda level: edits.rename(level, "n2", "act"))
    after = levels.edit_level(after, ["n1"], lambda level: edits.remove_nodes(level, ["n1"]))
    assert not definitions.is_recursive(after.blocks, "Loop")
