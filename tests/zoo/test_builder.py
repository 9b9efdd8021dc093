from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from studio import zoo
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.builder import CARD_HEIGHT, CARD_WIDTH, GAP, LINE, MAX_IN_LINE, ROW, WIDEST, Inside, Network

NAMES = [template.name for template in zoo.templates()]


def levels(graph: Graph) -> Iterator[Graph]:
    yield graph
    for block in graph.blocks.values():
        yield block.graph


def gate() -> Inside:
    inside = Inside()
    entry = inside.port()
    kept = inside.chain("Sigmoid", "sigmoid")
    inside.chain("Multiply", "gate", (entry, kept))
    inside.give()
    return inside


@pytest.mark.parametrize("name", NAMES)
def test_no_card_touches_another_at_any_level(name: str) -> None:
    for level in levels(zoo.build(name)):
        for one, other in combinations(level.nodes.values(), 2):
            beside = abs(one.x - other.x) >= CARD_WIDTH + GAP
            assert beside or abs(one.y - other.y) >= ROW, (one.name, other.name)


@pytest.mark.parametrize("name", NAMES)
def test_wires_run_from_left_to_right_or_into_the_next_line(name: str) -> None:
    for level in levels(zoo.build(name)):
        for edge in level.edges():
            source, target = level.node(edge.source), level.node(edge.target)
            # Only truth goes up: from the last target to an auxiliary loss halfway.
            assert target.x > source.x or target.y > source.y or source.kind == "Target"


@pytest.mark.parametrize("name", NAMES)
def test_target_lies_under_the_layer_it_is_compared_with(name: str) -> None:
    graph = zoo.build(name)
    for target in (node for node in graph.nodes.values() if node.kind == "Target"):
        loss = graph.named("loss")
        last = graph.node(graph.inputs_of(loss.id, "input")[0].source)
        assert target.x == last.x
        assert target.y >= last.y + CARD_HEIGHT + GAP


@pytest.mark.parametrize("length", [2, 5, 6, 7, 13, 31])
def test_long_chain_is_broken_into_lines_of_about_equal_length(length: int) -> None:
    net = Network()
    net.input((4,))
    for number in range(length):
        net.chain("ReLU", f"relu{number}")
    nodes = net.graph().ordered()
    lines: dict[float, int] = {}
    for node in nodes:
        lines[node.y] = lines.get(node.y, 0) + 1
    assert list(lines) == [LINE * place for place in range(len(lines))]
    assert len(lines) == -(-len(nodes) // MAX_IN_LINE)
    assert max(lines.values()) - min(list(lines.values())[:-1], default=0) in (0, max(lines.values()))


def test_block_comes_with_the_blocks_inside_it_and_room_for_its_card() -> None:
    inner = gate().design("Gate", "x · σ(x).")
    outer = Inside()
    outer.port()
    outer.chain(inner, "gates", repeat="=count_of")
    outer.give()
    net = Network()
    net.input((4,))
    net.chain(outer.design("Gates", "Several.", (BlockArgument("count_of", 2),)), "first")
    net.chain("ReLU", "relu")
    graph = net.graph()
    assert set(graph.blocks) == {"Gate", "Gates"}
    assert graph.named("relu").x - graph.named("first").x == WIDEST + GAP


def test_defaults_are_not_written_and_expressions_are() -> None:
    inside = Inside()
    inside.port()
    inside.chain("Conv2d", "conv", kernel_size=3, stride=1, out_channels="=width", bias=True, enabled=True)
    inside.give()
    block = inside.design("Conv", "One.", (BlockArgument("width", 8),)).block
    assert dict(block.graph.named("conv").arguments) == {"out_channels": "=width"}


def test_wires_of_a_merge_are_in_the_order_they_were_given() -> None:
    block = gate().design("Gate", "x · σ(x).").block
    wires = block.graph.inputs_of(block.graph.named("gate").id)
    assert [block.graph.node(wire.source).name for wire in wires] == ["input", "sigmoid"]


def test_feed_may_name_an_output_port() -> None:
    net = Network()
    net.chain("SequenceInput", "steps")
    net.chain("LSTM", "lstm")
    net.chain("Select", "state", f"{net.last}.h_n")
    (wire,) = net.graph().inputs_of(net.last)
    assert wire.source_port == "h_n"


def test_two_blocks_of_one_name_are_refused() -> None:
    net = Network()
    net.input((4,))
    net.chain(gate().design("Gate", "One."), "first")
    with pytest.raises(AssertionError, match="two blocks are called Gate"):
        net.chain(gate().design("Gate", "Another."), "second")
