"""How wires run: in which style, and which way. Everything else computes with wires that run to the right.

A network that runs down is computed turned: x and y are exchanged before, and back after.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

from studio.app.canvas import bent, wires
from studio.app.canvas.wires import Array
from studio.app.theme.measures import LANE_GAP, WIRE_BEND, WIRE_CLEAR
from studio.app.theme.tokens import WIRE_CORNER
from studio.graph.graph import Bend

WireStyle: TypeAlias = Literal["curved", "straight", "orthogonal"]

_TURNED_BOX = [1, 0, 3, 2]


@dataclass(frozen=True, slots=True)
class Course:
    """The rules by which all wires of a canvas run.

    Attributes:
        style: Curved; straight from port to port; or along the axes with rounded corners.
        down: Outputs are at the lower edges of cards and inputs at the upper ones.

    The eight points of a wire are control points of curves, or the corners of the other styles. Places
    are turned by `turned`: what is asked with turned places is answered with turned points.
    """

    style: WireStyle = "curved"
    down: bool = False

    def boxes(self, boxes: Array) -> Array:
        """Return boxes turned, (N, 4)."""
        return boxes[:, _TURNED_BOX] if self.down else boxes

    def points(self, points: Array) -> Array:
        """Return points turned, (..., 2)."""
        return points[..., ::-1] if self.down else points

    def routes(self, ends: Array, source_boxes: Array, target_boxes: Array, over: Array) -> Array:
        """Return the eight points of wires; see `wires.routes`. All of it is turned."""
        points = wires.routes(ends, source_boxes, target_boxes, over)
        if self.style == "curved":
            return points
        plain = np.isnan(over) & ~wires.is_backward(ends)
        if self.style == "orthogonal":
            points[plain] = _steps(ends[plain])
        else:
            points[~plain] = _slanted(points[~plain])
            points[plain] = np.linspace(ends[plain, :2], ends[plain, 2:], points.shape[1], axis=1)
        return points

    @property
    def rules(self) -> wires.Rules | None:
        """How wires run, for those who look for their way; None for curved ones."""
        return None if self.style == "curved" else (self.routes, _hits)

    def sample(self, points: Array) -> Array:
        """Return points along wires, for hit tests and bounds, (E, S, 2)."""
        if self.style == "curved":
            return wires.sample(points)
        course = _along(points, steps=2 * wires.SAMPLES // (points.shape[1] - 1))
        rest = np.repeat(course[:, -1:], 2 * wires.SAMPLES - course.shape[1], axis=1)
        return np.concatenate([course, rest], axis=1)

    def path(self, points: Array) -> QPainterPath:
        """Return one wire as a painter path, (8, 2)."""
        return wires.path(points) if self.style == "curved" else rounded(points)

    def bent_spans(self, ends: Array, dots: tuple[Bend, ...]) -> Array:
        """Return the pieces of a wire that is led through dots, four points each; `ends` are turned."""
        places = self.points(np.array(dots, dtype=float))
        if self.style == "curved":
            return self.points(bent.spans(ends, [(x, y) for x, y in places.tolist()]))
        points = np.array([ends[:2], *places, ends[2:]])
        start, stop = points[:-1], points[1:]
        if self.style == "straight":
            return self.points(np.stack([start, start, stop, stop], axis=1))
        middle = (start[:, 0] + stop[:, 0]) / 2
        corners = [np.stack([middle, end[:, 1]], axis=1) for end in (start, stop)]
        return self.points(np.stack([start, *corners, stop], axis=1))

    def bent_sample(self, spans: Array, count: int) -> Array:
        """Return points spread along such a wire, (count, 2)."""
        if self.style == "curved":
            return bent.sample(spans, count)
        corners = spans.reshape(-1, 2)
        way = np.concatenate([[0.0], np.hypot(*np.diff(corners, axis=0).T).cumsum()])
        steps = np.linspace(0.0, way[-1], max(count - len(way), 0))
        steps = np.sort(np.concatenate([way, steps])) if len(steps) else np.linspace(0.0, way[-1], count)
        return np.stack([np.interp(steps, way, corners[:, axis]) for axis in (0, 1)], axis=1)

    def bent_path(self, spans: Array) -> QPainterPath:
        """Return such a wire as a painter path."""
        return bent.path(spans) if self.style == "curved" else rounded(spans.reshape(-1, 2))

    def loose_path(self, x1: float, y1: float, x2: float, y2: float) -> QPainterPath:
        """Return the wire between an output at (x1, y1) and an input at (x2, y2) with no cards to mind."""
        ends = self.points(np.array([[x1, y1], [x2, y2]])).reshape(1, 4)
        boxes = [_around(ends[:, place : place + 2]) for place in (0, 2)]
        points = self.routes(ends, boxes[0], boxes[1], np.full(1, np.nan))
        return self.path(self.points(points[0]))


def _along(points: Array, steps: int) -> Array:
    """Return points along lines with corners, the corners among them, (E, S, 2)."""
    last = points.shape[1] - 1
    place = np.linspace(0.0, last, steps * last + 1)
    first = np.minimum(place.astype(int), last - 1)
    part = (place - first)[:, None]
    course: Array = points[:, first] * (1 - part) + points[:, first + 1] * part
    return course


def _hits(points: Array, boxes: Array) -> NDArray[np.intp]:
    """Return how many of some boxes each line with corners passes through or near, (E,)."""
    start, way = points[:, :-1, None], np.diff(points, axis=1)[:, :, None]  # (E, 7, 1, 2)
    step = np.where(way == 0, 1e-9, way)
    low, high = (boxes[:, :2] - WIRE_CLEAR - start) / step, (boxes[:, 2:] + WIRE_CLEAR - start) / step
    enter = np.maximum(np.minimum(low, high).max(axis=3), 0.0)
    leave = np.minimum(np.maximum(low, high).min(axis=3), 1.0)
    hits: NDArray[np.intp] = (enter < leave).any(axis=1).sum(axis=1)
    return hits


def _around(place: Array) -> Array:
    """Return the box of a card that is nothing but an edge, (1, 4)."""
    gap = np.array([0.0, LANE_GAP])
    return np.concatenate([place - gap, place + gap], axis=1)


def _slanted(points: Array) -> Array:
    """Return the corners of wires that leave and reach their ports slantwise, not level, (E, 8, 2)."""
    found = points.copy()
    for port, corner, lane in ((0, 1, 2), (7, 6, 5)):
        out, way = points[:, corner, 0] - points[:, port, 0], points[:, lane, 1] - points[:, corner, 1]
        found[:, corner, 1] += np.sign(way) * np.minimum(np.abs(out), np.abs(way))
    return found


def _steps(ends: Array) -> Array:
    """Return the corners of wires that turn off half way, or just before their end, (E, 8, 2)."""
    start, stop = ends[:, :2], ends[:, 2:]
    middle = np.maximum((start[:, 0] + stop[:, 0]) / 2, stop[:, 0] - WIRE_BEND)
    leave, arrive = np.stack([middle, start[:, 1]], axis=1), np.stack([middle, stop[:, 1]], axis=1)
    centre = (leave + arrive) / 2
    return np.stack([start, leave, leave, centre, centre, arrive, arrive, stop], axis=1)


def rounded(corners: Array) -> QPainterPath:
    """Return the line through some corners, those where it turns rounded off."""
    kept = [corners[0], *(b for a, b in pairwise(corners) if (a != b).any())]
    ways = [b - a for a, b in pairwise(kept)]
    lengths = [float(np.hypot(*way)) for way in ways]
    wire = QPainterPath()
    wire.moveTo(*kept[0].tolist())
    for place in range(1, len(kept) - 1):
        corner, before, after = kept[place], ways[place - 1], ways[place]
        radius = min(WIRE_CORNER, lengths[place - 1] / 2, lengths[place] / 2)
        enter = corner - before * (radius / lengths[place - 1])
        leave = corner + after * (radius / lengths[place])
        wire.lineTo(*enter.tolist())
        wire.quadTo(*corner.tolist(), *leave.tolist())
    wire.lineTo(*kept[-1].tolist())
    return wire
