"""Edits of frames, notes and arrows: pure functions from a level to a level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.errors import GraphError
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import id_key

_NUMBERED = re.compile(r"m([0-9]{1,15})")


def next_mark_id(graph: Graph) -> str:
    """Return an id that no mark has: ``m`` and the next number."""
    numbers = (int(found[1]) for mark_id in graph.marks if (found := _NUMBERED.fullmatch(mark_id)))
    return f"m{max(numbers, default=0) + 1}"


def ordered_marks(graph: Graph) -> list[Mark]:
    """Return all marks in the order of their ids: later ones lie on top."""
    return sorted(graph.marks.values(), key=lambda mark: id_key(mark.id))


def add_mark(graph: Graph, mark: Mark) -> Graph:
    """Return the graph with one more mark, which gets a free id."""
    mark_id = next_mark_id(graph)
    return replace(graph, marks=graph.marks.set(mark_id, replace(mark, id=mark_id)))


def replace_mark(graph: Graph, mark: Mark) -> Graph:
    """Return the graph with the mark of the same id exchanged.

    Raises:
        GraphError: There is none.
    """
    find_mark(graph, mark.id)
    return replace(graph, marks=graph.marks.set(mark.id, mark))


def find_mark(graph: Graph, mark_id: str) -> Mark:
    """Return a mark by id.

    Raises:
        GraphError: There is none.
    """
    found = graph.marks.get(mark_id)
    if found is None:
        raise GraphError(f'There is no frame, note or arrow "{mark_id}".')
    return found


def remove_marks(graph: Graph, mark_ids: Iterable[str]) -> Graph:
    """Return the graph without some marks; what lies in a frame stays."""
    marks = graph.marks.mutate()
    for mark_id in set(mark_ids):
        del marks[find_mark(graph, mark_id).id]
    return replace(graph, marks=marks.finish())


def move_marks(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Graph:
    """Return the graph with some marks at other places, given as corners by id."""
    marks = {mark_id: find_mark(graph, mark_id).at(x, y) for mark_id, (x, y) in places.items()}
    return replace(graph, marks=graph.marks.update(marks))
