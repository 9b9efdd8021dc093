"""What happens to frames, notes and arrows when the nodes among them are arranged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import hypot

from studio.app.layout.sketch import DEFAULT_SIZE, Places, Size
from studio.app.theme.measures import GRID
from studio.app.theme.measures import NOTE_NEAR as NEAR
from studio.app.theme.tokens import MARK_TITLE
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import Node

INSET = 3.0 * GRID
"""Room between a frame's edge and what is in it; above there is more, for its title."""


def with_marks_along(graph: Graph, places: Places, sizes: Mapping[str, Size]) -> Graph:
    """Return the network as it was, but with its marks where they belong once nodes are at new places.

    A frame is drawn around the nodes and marks that it held; what it holds
    no arranged node of stays. Notes and arrows go along with the node they are nearest to.
    """
    moved: dict[str, Mark] = {}
    for mark in graph.marks.values():
        if mark.kind != "frame" and (node := _nearest(graph, mark, sizes)) is not None and node.id in places:
            x, y = places[node.id]
            moved[mark.id] = mark.at(mark.x + x - node.x, mark.y + y - node.y)
    for frame in sorted(graph.marks.values(), key=lambda mark: (_area(mark), mark.id)):  # inner ones first
        inside = [node for node in graph.nodes.values() if frame.encloses(*_middle(node, sizes))]
        if frame.kind == "frame" and any(node.id in places for node in inside):
            held = [moved.get(mark.id, mark) for mark in graph.marks.values() if _holds(frame, mark)]
            moved[frame.id] = _around(frame, inside, held, places, sizes)
    return replace(graph, marks=graph.marks.update(moved))


def _middle(node: Node, sizes: Mapping[str, Size]) -> tuple[float, float]:
    wide, high = sizes.get(node.id, DEFAULT_SIZE)
    return node.x + wide / 2, node.y + high / 2


def _area(mark: Mark) -> float:
    return abs(mark.width * mark.height)


def _holds(frame: Mark, other: Mark) -> bool:
    """Say whether a mark lies in a frame: by its middle, and only what is smaller."""
    middle = other.x + other.width / 2, other.y + other.height / 2
    return frame.encloses(*middle) and _area(other) < _area(frame)


def _around(
    frame: Mark, inside: list[Node], held: list[Mark], places: Places, sizes: Mapping[str, Size]
) -> Mark:
    """Return a frame around some nodes at their new places, and around other frames."""
    boxes = [_corners(mark) for mark in held]
    for node in inside:
        x, y = places.get(node.id, (node.x, node.y))
        wide, high = sizes.get(node.id, DEFAULT_SIZE)
        boxes.append((x, y, x + wide, y + high))
    left, top = min(box[0] for box in boxes) - INSET, min(box[1] for box in boxes) - INSET - MARK_TITLE
    right, bottom = max(box[2] for box in boxes) + INSET, max(box[3] for box in boxes) + INSET
    return replace(frame, x=left, y=top, width=right - left, height=bottom - top)


def _corners(mark: Mark) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom; an arrow may point any way."""
    (left, right), (top, bottom) = (
        sorted((mark.x, mark.x + mark.width)),
        sorted((mark.y, mark.y + mark.height)),
    )
    return left, top, right, bottom


def _nearest(graph: Graph, mark: Mark, sizes: Mapping[str, Size]) -> Node | None:
    """Return the node whose middle is nearest to a mark's, if that is near enough."""
    x, y = mark.x + mark.width / 2, mark.y + mark.height / 2

    def distance(node: Node) -> float:
        middle = _middle(node, sizes)
        return hypot(middle[0] - x, middle[1] - y)

    node = min(graph.nodes.values(), key=lambda node: (distance(node), node.id), default=None)
    return node if node is not None and distance(node) <= NEAR else None
