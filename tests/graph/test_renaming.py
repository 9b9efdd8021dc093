from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.renaming import names_by, rename_all

NODES = [Node("n1", "Conv2d", "a"), Node("n2", "ReLU", "b"), Node("n3", "Conv2d", "c")]


@pytest.fixture
def graph() -> Graph:
    return Graph.of(NODES, [])


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("conv{n}", ["conv1", "conv2", "conv3"]),
        ("{name}_old", ["a_old", "b_old", "c_old"]),
        ("{kind}{n}", ["conv2d1", "relu2", "conv2d3"]),
    ],
)
def test_pattern_gives_names(pattern, names):
    assert list(names_by(pattern, NODES).values()) == names


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("conv", r"Several layers need \{n\} in their name: conv\{n\}\."),
        ("conv{i}", r"may hold \{n\}, \{name\} and \{kind\}"),
        ("conv{n", r"may hold \{n\}, \{name\} and \{kind\}"),
    ],
)
def test_pattern_that_gives_none_says_why(pattern, reason):
    with pytest.raises(GraphError, match=reason):
        names_by(pattern, NODES)


def test_two_change_places(graph):
    renamed = rename_all(graph, {"n1": "b", "n2": "a"})
    assert (renamed.node("n1").name, renamed.node("n2").name) == ("b", "a")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ({"n1": "c"}, 'Another layer is called "c" already'),
        ({"n1": "x", "n2": "x"}, 'Another layer is called "x" already'),
        ({"n1": "no good"}, "cannot be a layer's name"),
    ],
)
def test_names_that_cannot_be_change_nothing(graph, names, reason):
    with pytest.raises(GraphError, match=reason):
        rename_all(graph, names)
