"""One edit of an argument of several layers."""

from __future__ import annotations

import pytest

from studio.app.panels.together.edits import reset_for_all, set_for_all
from studio.app.panels.together.relative import Relative
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node


@pytest.fixture
def graph() -> Graph:
    """n1 Conv2d, n2 MaxPool2d, n3 Conv1d, n4 Linear."""
    found = Graph()
    for kind in ("Conv2d", "MaxPool2d", "Conv1d", "Linear"):
        found = edits.add_node(found, edits.new_node(found, kind, name=kind.lower()))
    return found


def values(graph: Graph, name: str, *ids: str) -> list:
    return [graph.node(node_id).arguments.get(name) for node_id in ids]


def test_all_that_can_take_it_do(graph):
    found = set_for_all(graph, ["n1", "n2", "n3"], "kernel_size", 5)
    assert values(found.graph, "kernel_size", "n1", "n2", "n3") == [5, 5, 5]
    assert found.words == ""


def test_each_is_held_to_its_own_spec(graph):
    found = set_for_all(graph, ["n1", "n2", "n3"], "kernel_size", (3, 5))
    assert values(found.graph, "kernel_size", "n1", "n2") == [(3, 5), (3, 5)]
    assert found.graph.node("n3") == graph.node("n3")
    assert found.words == "stays as it is in conv1d: it must be one number, not 2 of them"


def test_word_that_only_some_know(graph):
    found = set_for_all(graph, ["n1", "n2"], "padding", "same")
    assert values(found.graph, "padding", "n1", "n2") == ["same", None]
    assert found.words.startswith("stays as it is in maxpool2d: it must be")


def test_default_is_not_written_down(graph):
    graph = set_for_all(graph, ["n1", "n4"], "bias", False).graph
    assert values(graph, "bias", "n1", "n4") == [False, False]
    graph = set_for_all(graph, ["n1", "n4"], "bias", True).graph
    assert values(graph, "bias", "n1", "n4") == [None, None]


def test_relative_change_is_each_layers_own(graph):
    graph = edits.set_argument(graph, "n1", "out_channels", 32)
    graph = edits.set_argument(graph, "n3", "out_channels", 7)
    found = set_for_all(graph, ["n1", "n3"], "out_channels", Relative.read("/2"))
    assert values(found.graph, "out_channels", "n1", "n3") == [16, 7]
    assert found.words == "stays as it is in conv1d: it would be 3.5, which is no whole number"


def test_reset_gives_each_its_default_back(graph):
    changed = set_for_all(graph, ["n1", "n2"], "stride", 7).graph
    assert reset_for_all(changed, ["n1", "n2"], "stride").graph == graph


def test_argument_that_a_layer_does_not_have_is_refused(graph):
    found = set_for_all(graph, ["n1"], "repeat", 2)
    assert found.graph is graph
    assert found.words == "stays as it is in conv2d: it is no argument of that layer"


def test_many_refusals_are_told_in_few_words():
    graph = Graph.of([Node(f"n{n}", "MaxPool2d", f"pool{n}") for n in range(1, 7)], [])
    found = set_for_all(graph, [f"n{n}" for n in range(1, 7)], "kernel_size", 0)
    assert found.words == "stays as it is in pool1, pool2, pool3 and 3 more: it must be at least 1, not 0"


def test_refusals_for_several_reasons_name_each(graph):
    found = set_for_all(graph, ["n2", "n4"], "padding", "same")
    assert found.words.startswith("stays as it is in some layers (maxpool2d: it must be")
    assert "; linear: it is no argument of that layer)" in found.words
