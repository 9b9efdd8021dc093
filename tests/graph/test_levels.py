from __future__ import annotations

from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.levels import name_at
from studio.graph.node import Node


def test_name_at_a_path_keeps_the_numbers_of_copies() -> None:
    inner = Graph.of([Node("n3", "Conv2d", "conv1")])
    graph = Graph.of([Node("n5", "block:Piece", "layer1")], blocks=[Block("Piece", inner)])
    assert name_at(graph, "n5[2]/n3") == "layer1.2.conv1"
    assert name_at(graph, "n5/n3") == "layer1.conv1"
    assert name_at(graph, "n5") == "layer1"
    assert name_at(graph, "n5/n9") == name_at(graph, "") == ""
