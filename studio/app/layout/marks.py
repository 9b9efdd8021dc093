"""What happens to frames, notes and arrows when the nodes among them are arranged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import hypot

from studio.app.layout.sketch import DEFAULT_SIZE, Places, Size
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import Node

INSET, HEAD = 24.0, 48.0
"""Room between a frame's edge and what is in it, and above that for its title."""

NEAR = 400.0
"""A note or arrow goes along with the nearest node, if there is one so near."""


def with_marks_along(graph: Graph, places: Places, sizes: Mapping[str, Size]) -> Graph:
    """Return the network as it was, but with its marks where they belong once nodes are at new places.

    A frame is drawn around the nodes that it held, and around the frames that it held; what it holds
    no arranged node of stays. Notes and arrows go along with the node they are nearest to.
    """
    frames = sorted(
        (mark for mark in graph.marks.values() if mark.kind == "frame"),
        key=lambda mark: (mark.width * mark.height, mark.id),
    )
    moved: dict[str, Mark] = {}
    for frame in frames:  # the inner ones first
        inside = [node for node in graph.nodes.values() if frame.encloses(*_middle(node, sizes))]
        if any(node.id in places for node in inside):
            held = [
                moved.get(other.id, other) for other in frames if other is not frame and _holds(frame, other)
            ]
            moved[frame.id] = _around(frame, inside, held, places, sizes)
    for mark in graph.marks.values():
        if mark.kind != "frame" and (node := _nearest(graph, mark, sizes)) is not None and node.id in places:
            x, y = places[node.id]
            moved[mark.id] = mark.at(mark.x + x - node.x, mark.y + y - node.y)
    return replace(graph, marks=graph.marks.update(moved))


def _middle(node: Node, sizes: Mapping[str, Size]) -> tuple[float, float]:
    wide, high = sizes.get(node.id, DEFAULT_SIZE)
    return node.x + wide / 2, node.y + high / 2


def _holds(frame: Mark, other: Mark) -> bool:
    return frame.encloses(other.x, other.y) and frame.encloses(other.x + other.width, other.y + other.height)


def _around(
    frame: Mark, inside: list[Node], held: list[Mark], places: Places, sizes: Mapping[str, Size]
) -> Mark:
    """Return a frame around some nodes at their new places, and around other frames."""
    boxes = [(other.x, other.y, other.x + other.width, other.y + other.height) for other in held]
    for node in inside:
        x, y = places.get(node.id, (node.x, node.y))
        wide, high = sizes.get(node.id, DEFAULT_SIZE)
        boxes.append((x, y, x + wide, y + high))
    left, top = min(box[0] for box in boxes) - INSET, min(box[1] for box in boxes) - HEAD
    right, bottom = max(box[2] for box in boxes) + INSET, max(box[3] for box in boxes) + INSET
    return replace(frame, x=left, y=top, width=right - left, height=bottom - top)


def _nearest(graph: Graph, mark: Mark, sizes: Mapping[str, Size]) -> Node | None:
    """Return the node whose middle is nearest to a mark's, if that is near enough."""
    x, y = mark.x + mark.width / 2, mark.y + mark.height / 2

    def distance(node: Node) -> float:
        middle = _middle(node, sizes)
        return hypot(middle[0] - x, middle[1] - y)

    node = min(graph.nodes.values(), key=lambda node: (distance(node), node.id), default=None)
    return node if node is not None and distance(node) <= NEAR else None
