from __future__ import annotations

from studio.catalog.registry import layers
from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.zoo.habits import count, of_the_zoo
from tests.helpers.canvas_table import node


def pair(first: str, second: str) -> Graph:
    return Graph.of(
        [node("n1", first, "a", 0, 0), node("n2", second, "b", 0, 0)], [Edge("n1", "output", "n2", "input")]
    )


def test_a_pair_counts_once_for_each_network() -> None:
    found = count([pair("Conv2d", "ReLU"), pair("Conv2d", "ReLU"), pair("Conv2d", "Tanh")])
    assert found.following("Conv2d", "ReLU") == 2 / 3
    assert found.following("Conv2d", "Tanh") == 1 / 3
    assert found.following("ReLU", "Conv2d") == 0
    assert found.leading("ReLU", "Conv2d") == 1
    assert found.popularity("Conv2d") == 1
    assert found.starting("Conv2d") == 1
    assert found.starting("ReLU") == 0


def test_other_dimensions_are_the_same_layer() -> None:
    found = count([pair("Conv2d", "BatchNorm2d")])
    assert found.following("Conv1d", "BatchNorm1d") == 1
    assert found.following("Conv1d", "BatchNorm2d") == 0


def test_blocks_are_looked_into() -> None:
    inner = pair("Conv2d", "BatchNorm2d")
    assert count([Graph.of([], blocks=[Block("Unit", inner)])]).following("Conv2d", "BatchNorm2d") == 1


def test_the_zoo_knows_what_follows_a_convolution() -> None:
    following = {kind: of_the_zoo().following("Conv2d", kind) for kind in layers()}
    assert max(following, key=following.__getitem__) == "BatchNorm2d"


def test_no_network_has_no_habits() -> None:
    assert count([]).following("Conv2d", "ReLU") == 0
