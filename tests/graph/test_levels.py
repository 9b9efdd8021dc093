from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import edits
from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.levels import edit_level, is_open, level, name_at
from studio.graph.node import Node


def test_name_at_a_path_keeps_the_numbers_of_copies() -> None:
    inner = Graph.of([Node("n3", "Conv2d", "conv1")])
    graph = Graph.of([Node("n5", "block:Piece", "layer1")], blocks=[Block("Piece", inner)])
    assert name_at(graph, "n5[2]/n3") == "layer1.2.conv1"
    assert name_at(graph, "n5/n3") == "layer1.conv1"
    assert name_at(graph, "n5") == "layer1"
    assert name_at(graph, "n5/n9") == name_at(graph, "") == ""


def nested() -> Graph:
    """An outer block that holds an inner one."""
    inner = Graph.of([Node("n3", "Conv2d", "conv1")])
    outer = Graph.of([Node("n2", "block:Inner", "piece")])
    return Graph.of([Node("n1", "block:Outer", "row")], blocks=[Block("Inner", inner), Block("Outer", outer)])


def test_level_is_the_inside_with_all_definitions() -> None:
    found = level(nested(), ("n1", "n2"))
    assert found.named("conv1").id == "n3"
    assert set(found.blocks) == {"Inner", "Outer"}
    assert level(nested(), ()) == nested()


def test_edit_of_a_level_changes_the_definition_and_nothing_else() -> None:
    before = nested()
    after = edit_level(before, ("n1", "n2"), lambda graph: edits.rename(graph, "n3", "stem"))
    assert after.blocks["Inner"].graph.named("stem").id == "n3"
    assert not after.blocks["Inner"].graph.blocks
    assert after.blocks["Outer"] == before.blocks["Outer"]
    assert after.nodes == before.nodes


@pytest.mark.parametrize(
    ("path", "message"), [(("n7",), 'no node "n7"'), (("n1", "n2", "n3"), "nothing inside")]
)
def test_a_path_that_leads_nowhere_says_where(path: tuple[str, ...], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        level(nested(), path)
    assert not is_open(nested(), path)
