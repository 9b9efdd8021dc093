"""Frames, notes and arrows as values, and how copying takes them along."""

from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import marks
from studio.graph.edits import paste, subgraph
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import Node

FRAME = Mark("", "frame", "encoder", 10.0, 20.0, 300.0, 200.0, "orange")
NOTE = Mark("", "note", "why so deep?", 0.0, 0.0, 160.0, 80.0)


@pytest.fixture
def graph() -> Graph:
    level = Graph.of([Node("n1", "ReLU", "relu", x=40.0, y=40.0)])
    return marks.add_mark(marks.add_mark(level, FRAME), NOTE)


def test_added_marks_get_ids_of_their_own(graph: Graph) -> None:
    assert [mark.id for mark in marks.ordered_marks(graph)] == ["m1", "m2"]
    assert marks.next_mark_id(marks.remove_marks(graph, ["m1"])) == "m3"


def test_move_and_replace(graph: Graph) -> None:
    moved = marks.move_marks(graph, {"m2": (5.0, 6.0)})
    assert (moved.marks["m2"].x, moved.marks["m2"].y) == (5.0, 6.0)
    assert moved.marks["m1"] == graph.marks["m1"]


def test_a_mark_that_is_gone_is_named(graph: Graph) -> None:
    with pytest.raises(GraphError, match='no frame, note or arrow "m9"'):
        marks.remove_marks(graph, ["m9"])


def test_copies_take_chosen_marks_along(graph: Graph) -> None:
    piece = subgraph(graph, ["n1"], ["m1"])
    pasted, _ = paste(graph, piece, 100.0, 50.0)
    copy = pasted.marks["m3"]
    assert (copy.text, copy.x, copy.y, copy.color) == ("encoder", 110.0, 70.0, "orange")
    assert len(pasted.marks) == 3


def test_a_point_is_in_a_frame() -> None:
    assert FRAME.encloses(10.0, 20.0)
    assert not FRAME.encloses(9.0, 30.0)
