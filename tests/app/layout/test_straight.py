from __future__ import annotations

from studio.app.layout.sketch import Layers, Sketch
from studio.app.layout.straight import straightened
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node


def fork() -> Sketch:
    nodes = [Node(name, "Add", name) for name in "abc"]
    return Sketch(Graph.of(nodes, [Edge("a", "output", "b", "inputs"), Edge("a", "output", "c", "inputs")]))


def test_a_nearly_level_wire_becomes_level() -> None:
    found = straightened(Layers([["a"], ["b"]], {"a": 0.0, "b": 8.0}), fork())
    assert found.top == {"a": 0.0, "b": 0.0}


def test_a_node_far_off_stays() -> None:
    found = straightened(Layers([["a"], ["b"]], {"a": 0.0, "b": 90.0}), fork())
    assert found.top["b"] == 90.0


def test_a_node_without_room_stays() -> None:
    found = straightened(Layers([["a"], ["b", "c"]], {"a": 60.0, "b": 50.0, "c": 134.0}), fork())
    assert found.top["b"] == 50.0
