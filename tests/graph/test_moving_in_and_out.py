"""Nodes go into a block and out of it, and the network computes what it computed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.catalog.registry import signatures
from studio.errors import GraphError
from studio.graph import edits, grouping, levels
from studio.graph.block import ENABLED, REPEAT, BlockArgument
from studio.graph.block_arguments import add_argument
from studio.graph.graph import Graph
from studio.graph.moving_in import move_in
from studio.graph.moving_out import move_out
from studio.graph.node import Node
from tests.helpers.drawing import draw
from tests.helpers.meaning import meaning


def network() -> Graph:
    """image → stem → conv → norm → relu → sum ← conv, then fc and a loss."""
    graph = draw(
        ("image", "ImageInput"),
        ("stem", "Conv2d", "image"),
        ("conv", "Conv2d", "stem"),
        ("norm", "BatchNorm2d", "conv"),
        ("relu", "ReLU", "norm"),
        ("sum", "Add", "relu conv stem"),
        ("fc", "Linear", "sum"),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    )
    return edits.move(graph, {i: (place * 200.0, 0.0) for place, i in enumerate(graph.nodes)})


def grouped(*names: str) -> Graph:
    return grouping.group(network(), names, "Part", signatures(network()))


def part(graph: Graph) -> Node:
    return next(node for node in graph.nodes.values() if node.kind == "block:Part")


def into(graph: Graph, *names: str) -> Graph:
    moved = move_in(graph, (), [graph.named(n).id for n in names], part(graph).id, signatures(graph))
    assert meaning(moved, signatures(moved)) == meaning(graph, signatures(graph))
    return moved


def out(graph: Graph, *names: str) -> Graph:
    inside = graph.blocks["Part"].graph
    moved, made = move_out(graph, (part(graph).id,), [inside.named(name).id for name in names])
    assert {moved.node(node_id).name for node_id in made} == set(names)
    assert meaning(moved, signatures(moved)) == meaning(graph, signatures(graph))
    return moved


def ports(graph: Graph) -> tuple[list[str], list[str]]:
    block = graph.blocks["Part"]
    return [port.name for port in block.inputs()], [port.name for port in block.outputs()]


@pytest.mark.parametrize(
    ("inside", "moving"),
    [
        (["norm", "relu"], ["conv"]),
        (["norm", "relu"], ["stem", "conv"]),
        (["conv", "norm"], ["relu", "sum"]),
        (["conv"], ["norm", "relu", "sum", "fc"]),
        (["norm"], ["conv", "relu"]),
    ],
    ids=["before", "two before", "behind", "all behind", "both sides"],
)
def test_what_moves_in_is_gone_outside_and_there_inside(inside: list[str], moving: list[str]) -> None:
    graph = into(grouped(*inside), *moving)
    names = {node.name for node in graph.blocks["Part"].graph.nodes.values()}
    assert set(moving) <= names
    assert not set(moving) & {node.name for node in graph.nodes.values()}


def test_a_wire_that_moves_in_takes_its_port_with_it() -> None:
    graph = grouped("norm", "relu")
    assert ports(graph) == (["input"], ["output"])
    assert ports(into(graph, "conv")) == (["stem"], ["output", "to_conv"])


def test_what_moves_in_lies_beside_what_is_inside() -> None:
    inside = into(grouped("norm"), "conv", "relu").blocks["Part"].graph
    conv, norm, relu = (inside.named(name).x for name in ("conv", "norm", "relu"))
    assert conv + 136 < norm < relu - 136
    assert inside.named("conv").y == inside.named("norm").y
    assert all(port.x + 136 < conv for port in inside.nodes.values() if port.kind == "BlockInput")


@pytest.mark.parametrize(
    ("inside", "moving"),
    [
        (["conv", "norm", "relu"], ["relu"]),
        (["conv", "norm", "relu"], ["conv"]),
        (["conv", "norm", "relu"], ["conv", "norm"]),
        (["stem", "conv", "norm", "relu", "sum"], ["relu", "sum"]),
    ],
    ids=["last", "first", "all before", "with a shortcut"],
)
def test_what_moves_out_is_there_outside_and_gone_inside(inside: list[str], moving: list[str]) -> None:
    graph = out(grouped(*inside), *moving)
    assert set(moving) <= {node.name for node in graph.nodes.values()}
    assert not set(moving) & {node.name for node in graph.blocks["Part"].graph.nodes.values()}


def test_out_and_in_again_computes_the_same_with_as_many_ports() -> None:
    graph = grouped("conv", "norm", "relu")
    again = into(out(graph, "relu"), "relu")
    assert list(map(len, ports(again))) == list(map(len, ports(graph)))


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.sampled_from(["stem", "conv", "norm", "relu", "sum", "fc"]), min_size=2, max_size=5),
    st.sets(st.sampled_from(["stem", "conv", "norm", "relu", "sum", "fc"]), min_size=1, max_size=3),
)
def test_any_nodes_move_without_changing_what_is_computed(inside: set[str], moving: set[str]) -> None:
    try:
        graph = grouped(*sorted(inside))
    except GraphError:
        return
    within, outside = sorted(inside & moving), sorted(moving - inside)
    for move, names in ((out, within), (into, outside)):
        with suppress(GraphError):
            graph = move(graph, *names)


def test_arguments_of_the_block_are_worked_out_on_the_way_out() -> None:
    graph = grouped("conv", "norm", "relu")
    inside = graph.blocks["Part"].graph
    graph = add_argument(graph, "Part", BlockArgument("width", 16))
    level = levels.level(graph, (part(graph).id,))
    changed = edits.set_argument(level, inside.named("conv").id, "out_channels", "=width * 2")
    graph = levels.put_level(graph, (part(graph).id,), changed)
    assert out(graph, "conv").named("conv").arguments["out_channels"] == 32


def linked(graph: Graph) -> Graph:
    return edits.duplicate(graph, [part(graph).id])[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (linked, "Other blocks are linked"),
        (lambda graph: edits.set_argument(graph, part(graph).id, REPEAT, 2), "repeated"),
        (lambda graph: edits.set_argument(graph, part(graph).id, ENABLED, False), "switched off"),
    ],
    ids=["linked", "repeated", "off"],
)
def test_blocks_that_stand_for_more_are_left_alone(change: object, reason: str) -> None:
    graph = change(grouped("norm", "relu"))  # type: ignore[operator]
    with pytest.raises(GraphError, match=reason):
        move_in(graph, (), ["conv"], part(graph).id, signatures(graph))
    with pytest.raises(GraphError, match=reason):
        move_out(graph, (part(graph).id,), [graph.blocks["Part"].graph.named("relu").id])


@pytest.mark.parametrize(
    ("names", "reason"),
    [(["image"], "cannot be inside a block"), (["fc"], "leaves the selection"), ([], "Nothing is selected")],
)
def test_what_cannot_move_in_is_said(names: list[str], reason: str) -> None:
    graph = grouped("norm", "relu")
    with pytest.raises(GraphError, match=reason):
        move_in(graph, (), names, part(graph).id, signatures(graph))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["norm"], "would have to feed itself"),
        (["conv", "norm", "relu"], "Nothing would be left"),
        (["input"], "ports of a block stay"),
        ([], "Nothing is selected"),
    ],
)
def test_what_cannot_move_out_is_said(names: list[str], reason: str) -> None:
    graph = grouped("conv", "norm", "relu")
    inside = graph.blocks["Part"].graph
    with pytest.raises(GraphError, match=reason):
        move_out(graph, (part(graph).id,), [inside.named(name).id for name in names])
