from __future__ import annotations

import pytest

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import block_arguments, definitions, edits
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.graph.grouping import group
from tests.helpers.drawing import stage
from tests.helpers.meaning import meaning

LIKE = BlockArgument("", 3, "Edge of the window.", minimum=1)


def same(one: Graph, other: Graph) -> bool:
    return meaning(one, registry.signatures(one)) == meaning(other, registry.signatures(other))


def test_an_exposed_argument_begins_with_the_value_there_is() -> None:
    graph = edits.set_argument(stage(), "n2", "repeat", 2)
    after = block_arguments.expose(graph, ["n2"], "n2", "kernel_size", "size", LIKE)
    argument = after.block("Stage").argument("size")
    assert argument == BlockArgument("size", 3, "Edge of the window.", minimum=1)
    assert after.block("Stage").graph.node("n2").arguments["kernel_size"] == "=size"
    wide = edits.set_argument(after, "n2", "size", 5)
    assert not same(wide, after)


def test_two_arguments_can_follow_one() -> None:
    graph = block_arguments.expose(stage(), ["n2"], "n2", "kernel_size", "size", LIKE)
    after = block_arguments.expose(graph, ["n2"], "n2", "padding", "size", LIKE)
    assert after.block("Stage").graph.node("n2").arguments["padding"] == "=size"
    with pytest.raises(GraphError, match='has an argument "size" already, which is 3 and not 1'):
        block_arguments.expose(graph, ["n2"], "n2", "groups", "size", BlockArgument("", 1))


@pytest.mark.parametrize(
    ("path", "argument", "name", "message"),
    [
        ([], "kernel_size", "size", "Only what is inside a block"),
        (["n2"], "stride", "step", "is worked out by '=2 if"),
        (["n2"], "kernel_size", "index", "has a meaning of its own"),
        (["n2"], "kernel_size", "k size", "must be a letter"),
        (["n2"], "kernel_size", "lambda", "word of Python"),
        (["n1"], "kernel_size", "size", "there is nothing inside"),
    ],
)
def test_what_cannot_be_exposed_is_refused(path: list[str], argument: str, name: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        block_arguments.expose(stage(), path, "n2", argument, name, LIKE)


def test_concealing_takes_exposing_back() -> None:
    graph = block_arguments.expose(stage(), ["n2"], "n2", "kernel_size", "size", LIKE)
    after = block_arguments.conceal(graph, ["n2"], "n2", "kernel_size")
    assert after.block("Stage").argument("size") is None
    assert after.block("Stage").graph.node("n2").arguments["kernel_size"] == 3
    assert same(after, graph)


def test_concealing_keeps_an_argument_that_something_else_follows() -> None:
    graph = block_arguments.expose(stage(), ["n2"], "n2", "kernel_size", "size", LIKE)
    graph = block_arguments.expose(graph, ["n2"], "n2", "padding", "size", LIKE)
    after = block_arguments.conceal(graph, ["n2"], "n2", "padding")
    assert after.block("Stage").argument("size") is not None
    with pytest.raises(GraphError, match="does not follow"):
        block_arguments.conceal(after, ["n2"], "n2", "padding")


def test_a_renamed_argument_is_renamed_in_expressions_and_on_instances() -> None:
    before = stage()
    after = block_arguments.rename_argument(before, "Stage", "width", "planes")
    assert after.block("Stage").graph.node("n2").arguments["out_channels"] == "=planes * 2"
    assert dict(after.node("n2").arguments) == {"repeat": 3, "planes": 5}
    assert same(after, before)
    assert block_arguments.rename_argument(after, "Stage", "planes", "width") == before


def test_a_removed_argument_leaves_the_value_that_all_instances_have() -> None:
    before = stage()
    after = block_arguments.remove_argument(before, "Stage", "width")
    assert after.block("Stage").graph.node("n2").arguments["out_channels"] == 10
    assert dict(after.node("n2").arguments) == {"repeat": 3}
    assert same(after, before)


def test_an_argument_that_instances_set_differently_cannot_be_removed() -> None:
    graph = edits.set_argument(edits.duplicate(stage(), ["n2"])[0], "n3", "width", 9)
    with pytest.raises(GraphError, match='"stage1" sets it to 9, and not all instances have the same'):
        block_arguments.remove_argument(graph, "Stage", "width")


def test_a_default_reaches_the_instances_that_do_not_say() -> None:
    graph = edits.reset_argument(stage(), "n2", "width")
    after = block_arguments.set_default(graph, "Stage", "width", 3)
    assert same(after, edits.set_argument(stage(), "n2", "width", 3))
    with pytest.raises(GraphError, match="is an expression"):
        block_arguments.set_default(graph, "Stage", "width", "=3")
    with pytest.raises(GraphError, match='no argument "widht"; did you mean "width"'):
        block_arguments.set_default(graph, "Stage", "widht", 3)


def test_an_argument_of_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(GraphError, match='has an argument "width" already'):
        block_arguments.add_argument(stage(), "Stage", BlockArgument("width", 1))
    graph = block_arguments.add_argument(stage(), "Stage", BlockArgument("depth", 1))
    assert [each.name for each in graph.block("Stage").arguments] == ["width", "unused", "depth"]


def test_instances_in_other_blocks_follow_too() -> None:
    graph = stage()
    graph = group(graph, ["n2"], "Outer", registry.signatures(graph))
    after = block_arguments.rename_argument(graph, "Stage", "width", "planes")
    assert definitions.instances(after, "Stage")[0].arguments["planes"] == 5
    assert same(after, graph)
