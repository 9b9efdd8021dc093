from __future__ import annotations

from dataclasses import replace

import pytest

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.block import Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.ungrouping import ungroup
from tests.helpers.drawing import made, stage
from tests.helpers.meaning import meaning


def opened(graph: Graph, node_id: str = "n2") -> Graph:
    return ungroup(graph, node_id, registry.signatures(graph))[0]


def test_a_row_becomes_numbered_copies_that_feed_each_other() -> None:
    graph = stage()
    after = opened(graph)
    names = [node.name for node in after.ordered()]
    assert names == ["x", *(f"stage_{place}_{name}" for place in range(3) for name in ("conv", "drop"))]
    convs = [after.named(f"stage_{place}_conv") for place in range(3)]
    assert [conv.arguments["stride"] for conv in convs] == [2, 1, 1]
    assert [conv.arguments["out_channels"] for conv in convs] == [10, 10, 10]
    assert [after.named(f"stage_{place}_drop").arguments["p"] for place in range(3)] == [0, 1 / 3, 2 / 3]
    assert meaning(after, registry.signature) == meaning(graph, registry.signatures(graph))


def test_copies_of_a_row_do_not_lie_on_each_other() -> None:
    after = opened(stage())
    assert len({node.x for node in after.nodes.values()}) == len(after)


def test_an_argument_that_is_an_expression_is_worked_in() -> None:
    graph = stage()
    outer = made(
        ("BlockInput", "input"),
        ("block:Stage", "stage", {"width": "=planes + 1"}),
        ("BlockOutput", "output"),
        wires="1>2 2>3",
    )
    level = replace(outer, blocks=graph.blocks)
    after = opened(level)
    assert after.named("conv").arguments["out_channels"] == "=(planes + 1) * 2"
    assert after.named("conv").arguments["stride"] == 2
    assert [edge.source for edge in after.inputs_of("n3")] == [after.named("drop").id]


def test_the_definition_stays_for_other_instances() -> None:
    assert opened(stage()).blocks == stage().blocks


def test_names_that_are_taken_get_a_number() -> None:
    graph = edits.rename(edits.reset_argument(stage(), "n2", "repeat"), "n1", "conv")
    assert [node.name for node in opened(graph).ordered()] == ["conv", "conv1", "drop"]


def test_ties_follow_into_every_copy() -> None:
    inside = made(
        ("BlockInput", "input"),
        ("Linear", "one"),
        ("Linear", "two", {"tied_to": "n2"}),
        ("BlockOutput", "output"),
        wires="1>2 2>3 3>4",
    )
    outside = made(("VectorInput", "x"), ("block:Pair", "pair", {"repeat": 2}), wires="1>2")
    graph = Graph.of(outside.nodes.values(), outside.edges(), [Block("Pair", inside)])
    after = opened(graph)
    for place in range(2):
        one, two = (after.named(f"pair_{place}_{name}") for name in ("one", "two"))
        assert two.arguments["tied_to"] == one.id
    assert meaning(after, registry.signature) == meaning(graph, registry.signatures(graph))


def test_a_frozen_block_leaves_frozen_layers() -> None:
    graph = edits.set_argument(stage(), "n2", "frozen", True)
    after = opened(graph)
    assert after.named("stage_1_conv").arguments["frozen"] is True
    assert "frozen" not in after.named("stage_1_drop").arguments
    assert meaning(after, registry.signature) == meaning(graph, registry.signatures(graph))


def test_a_port_that_nothing_feeds_stays_open() -> None:
    graph = edits.disconnect(stage(), stage().inputs_of("n2"))
    after = opened(graph)
    assert after.inputs_of(after.named("stage_0_conv").id) == ()
    assert after.num_edges() == 5


def test_a_block_that_only_passes_on_leaves_a_wire() -> None:
    inside = made(("BlockInput", "input"), ("BlockOutput", "output"), wires="1>2")
    outside = made(("ImageInput", "x"), ("block:Wire", "wire"), ("ReLU", "end"), wires="1>2 2>3")
    graph = Graph.of(outside.nodes.values(), outside.edges(), [Block("Wire", inside)])
    assert [edge.source for edge in opened(graph).inputs_of("n3")] == ["n1"]


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("enabled", False, '"stage" is switched off'),
        ("enabled", "=deep", "whether it is switched on or off depends on an expression"),
        ("repeat", "=depth", "Set repeat to a plain value first"),
        ("repeat", 9_999, "at most 1,000 can be taken apart"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(argument: str, value: object, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        opened(edits.set_argument(stage(), "n2", argument, value))  # type: ignore[arg-type]


def test_a_layer_is_no_block() -> None:
    with pytest.raises(GraphError, match='"x" is a layer, not a block'):
        opened(stage(), "n1")


def test_a_missing_definition_is_refused() -> None:
    with pytest.raises(GraphError, match='There is no block "Gone"'):
        opened(made(("block:Gone", "gone")), "n1")


def test_an_inner_block_stays_one_with_its_arguments_worked_out() -> None:
    graph = stage()
    inside = made(("BlockInput", "input"), ("block:Stage", "inner", {"width": "=w", "repeat": "=depth"}),
                  ("BlockOutput", "output"), wires="1>2 2>3")  # fmt: skip
    outer = Block("Outer", inside, (BlockArgument("w", 4), BlockArgument("depth", 2)))
    outside = made(("ImageInput", "x"), ("block:Outer", "outer", {"depth": 3}), wires="1>2")
    whole = Graph.of(outside.nodes.values(), outside.edges(), [outer, *graph.blocks.values()])
    after = opened(whole)
    assert dict(after.named("inner").arguments) == {"width": 4, "repeat": 3}
    assert meaning(after, registry.signatures(after)) == meaning(whole, registry.signatures(whole))
