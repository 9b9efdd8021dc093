"""Aligning and spacing cards by their visible bounds: functions from boxes to places.

A box is left, top, width, height; a place is the top left corner that a card goes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
Boxes: TypeAlias = Mapping[str, Box]
Places: TypeAlias = dict[str, tuple[float, float]]
Axis: TypeAlias = Literal["across", "down"]
"""``across``: from left to right; ``down``: from top to bottom."""

Line: TypeAlias = Literal["left", "center", "right", "top", "middle", "bottom"]

LEAST_GAP = 8.0
"""Cards that have no room to be apart are put this far apart all the same."""


def aligned(boxes: Boxes, line: Line) -> Places:
    """Return places with one edge, or the middles, of all cards in line: that of the outermost card."""
    side = 0 if line in ("left", "center", "right") else 1
    low = min(box[side] for box in boxes.values())
    high = max(box[side] + box[side + 2] for box in boxes.values())
    share = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}[line]
    at = low + share * (high - low)
    return {i: _with(box, side, round(at - share * box[side + 2])) for i, box in boxes.items()}


def distributed(boxes: Boxes, axis: Axis) -> Places:
    """Return places with equal gaps between cards, the first and the last staying where there is room."""
    side = _side(axis)
    order = _ordered(boxes, side)
    low, high = boxes[order[0]][side], max(box[side] + box[side + 2] for box in boxes.values())
    filled = sum(box[side + 2] for box in boxes.values())
    gap = max((high - low - filled) / max(len(order) - 1, 1), LEAST_GAP)
    return _laid(boxes, order, side, low, gap)


def in_line(boxes: Boxes, axis: Axis, gap: float) -> Places:
    """Return places in one row or one column, in the order that they have, a gap apart."""
    side = _side(axis)
    other = 1 - side
    order = _ordered(boxes, side)
    edge = min(box[other] for box in boxes.values())
    places = _laid(boxes, order, side, boxes[order[0]][side], gap)
    return {i: (x, edge) if side == 0 else (edge, y) for i, (x, y) in places.items()}


def on_grid(boxes: Boxes, grid: float) -> Places:
    """Return the places on a grid that are nearest."""
    return {i: (round(box[0] / grid) * grid, round(box[1] / grid) * grid) for i, box in boxes.items()}


def _side(axis: Axis) -> int:
    return 0 if axis == "across" else 1


def _ordered(boxes: Boxes, side: int) -> list[str]:
    """Return ids by where the cards' middles are along an axis."""
    return sorted(boxes, key=lambda i: (boxes[i][side] + boxes[i][side + 2] / 2, boxes[i][1 - side], i))


def _laid(boxes: Boxes, order: list[str], side: int, start: float, gap: float) -> Places:
    """Return places one after another along an axis."""
    places: Places = {}
    for node_id in order:
        places[node_id] = _with(boxes[node_id], side, round(start))
        start += boxes[node_id][side + 2] + gap
    return places


def _with(box: Box, side: int, value: float) -> tuple[float, float]:
    """Return a box's corner with one coordinate changed."""
    return (float(value), box[1]) if side == 0 else (box[0], float(value))
