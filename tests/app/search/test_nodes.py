from __future__ import annotations

import pytest

from studio.app.search.nodes import NodeFinder, best
from studio.graph.block import Block
from studio.graph.graph import Graph
from tests.helpers.canvas_table import node, small_network


def network() -> Graph:
    """Two convolutions, one frozen; a dropout that is off; a linear layer; a block in a block, twice."""
    inner = Graph.of([node("n1", "Conv2d", "deep", 0, 0, kernel_size=7)])
    middle = Graph.of([node("n1", "block:Inner", "inside", 0, 0), node("n2", "ReLU", "act", 0, 0)])
    return Graph.of(
        [
            node("n1", "Conv2d", "stem", 0, 0, out_channels=64, frozen=True),
            node("n2", "Conv2d", "wide", 0, 0, kernel_size=(3, 5), padding="same"),
            node("n3", "Dropout", "drop", 0, 0, p=0.25, enabled=False),
            node("n4", "Linear", "head", 0, 0, bias=False),
            node("n5", "block:Middle", "first", 0, 0),
            node("n6", "block:Middle", "second", 0, 0),
            node("n7", "Vanished", "odd", 0, 0, size=3),
        ],
        blocks=[Block("Middle", middle), Block("Inner", inner)],
    )


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("stem", ["n1"]),
        ("STE", ["n1"]),
        ("conv2d", ["n1", "n2", "n5/n1/n1"]),
        ("conv wide", ["n2"]),
        ("middle", ["n5", "n6"]),
        ("vanish", ["n7"]),
        ("kernel_size=3", ["n1", "n2"]),
        ("kernel_size=5", ["n2"]),
        ("kernel_size=3x5", ["n2"]),
        ("kernel_size=3,5", ["n2"]),
        ("kernel_size>5", ["n5/n1/n1"]),
        ("kernel_size!=7", ["n1", "n2"]),
        ("padding=same", ["n2"]),
        ("out_channels>=64", ["n1"]),
        ("p<0.5", ["n3"]),
        ("p=.25", ["n3"]),
        ("frozen", ["n1"]),
        ("frozen=on", ["n1"]),
        ("conv2d frozen=off", ["n2", "n5/n1/n1"]),
        ("off", ["n3"]),
        ("bias=off", ["n4"]),
        ("bias conv2d", ["n1", "n2", "n5/n1/n1"]),
        ("size=3", ["n7"]),
        ("nothing_like_it", []),
        ("", []),
        ("=3", []),
        ("kernel_size>many", []),
    ],
)
def test_what_is_found(query: str, paths: list[str]) -> None:
    assert [hit.path for hit in NodeFinder(network()).find(query)] == paths


def test_what_is_in_a_block_is_found_once_with_the_way_there() -> None:
    (hit,) = NodeFinder(network()).find("deep")
    assert hit.level == ("n5", "n1")
    assert hit.where == ("first", "inside")


def test_begins_with_what_is_called_so_then_with_this_level() -> None:
    hits = NodeFinder(small_network()).find("u")
    assert hits[best(hits, "sum", ())].node.name == "sum"
    hits = NodeFinder(network()).find("conv2d")
    assert hits[best(hits, "conv2d", ("n5", "n1"))].node.name == "deep"
    assert best(hits, "conv2d", ()) == 0
