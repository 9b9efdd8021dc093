"""The course of wires: forward ones as one S, over the cards in their way, backward ones through a lane.

Every wire has the same eight points, so that all of them are computed at once: a cubic (0 to 3), a line
(3 to 4) and a cubic (4 to 7). A forward wire is one cubic cut in two, with a line of length zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

Array = NDArray[np.float64]

BEND = 40.0
"""Control length of short wires, and how far a backward wire swings out."""

LANE_GAP = 28.0
"""Distance of a lane below two cards that have no room between them."""

LEVEL = 48.0
"""A wire whose ends differ by less in height may pass straight through the cards between them."""

ARCH_FROM = 200.0
"""A shorter wire has no room for a card in its way."""

ARCH_GAP = 20.0
"""Distance of a lane from the cards that it passes."""

CLEAR = 6.0

SAMPLES = 12
"""Points per cubic for hit tests and bounds."""

_T = np.linspace(0.0, 1.0, SAMPLES)[:, None]
_BERNSTEIN = np.hstack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3])


def routes(ends: Array, source_boxes: Array, target_boxes: Array, over: Array | None = None) -> Array:
    """Return the eight points of wires.

    Args:
        ends: x, y of the output port and x, y of the input port; one row a wire, (E, 4).
        source_boxes: Left, top, right, bottom of the card each wire leaves, (E, 4).
        target_boxes: The same of the card it enters.
        over: Height at which a forward wire passes the cards in its way; NaN where none is, (E,).

    Returns:
        Points, (E, 8, 2).
    """
    points = _forward(ends)
    if over is not None and not np.isnan(over).all():
        arched = ~np.isnan(over)
        points[arched] = _arched(ends[arched], over[arched])
    backward = ends[:, 2] - ends[:, 0] < -BEND / 2
    if backward.any():
        points[backward] = _backward(ends[backward], source_boxes[backward], target_boxes[backward])
    return points


def _forward(ends: Array) -> Array:
    """Return S-shaped cubics, cut in two at the middle by de Casteljau's construction."""
    start, stop = ends[:, :2], ends[:, 2:]
    dx, dy = stop[:, 0] - start[:, 0], np.abs(stop[:, 1] - start[:, 1])
    bend = np.maximum(dx / 2, np.minimum(BEND, 8 + dy / 2))
    reach = np.stack([bend, np.zeros_like(bend)], axis=1)
    one, two = start + reach, stop - reach
    a, b, c = (start + one) / 2, (one + two) / 2, (two + stop) / 2
    d, e = (a + b) / 2, (b + c) / 2
    middle = (d + e) / 2
    return np.stack([start, a, d, middle, middle, e, c, stop], axis=1)


def _arched(ends: Array, lane: Array) -> Array:
    """Return forward wires that rise to a lane at once, and come down just before their end."""
    x1, y1, x2, y2 = ends.T
    bend = np.minimum(BEND, (x2 - x1) / 4)
    columns = [
        (x1, y1),
        (x1 + bend, y1),
        (x1 + bend, lane),
        (x1 + 2 * bend, lane),
        (x2 - 2 * bend, lane),
        (x2 - bend, lane),
        (x2 - bend, y2),
        (x2, y2),
    ]
    return np.stack([np.stack(column, axis=1) for column in columns], axis=1)


def lane_over(ends: tuple[float, float, float, float], boxes: Array) -> float:
    """Return the height at which a nearly level forward wire passes the cards in its way, or NaN.

    Args:
        ends: x, y of the output port and x, y of the input port.
        boxes: Left, top, right, bottom of all cards but those at its ends, (N, 4).
    """
    x1, y1, x2, y2 = ends
    low, high = min(y1, y2) - CLEAR, max(y1, y2) + CLEAR
    inside = (boxes[:, 0] < x2) & (boxes[:, 2] > x1) & (boxes[:, 1] < high) & (boxes[:, 3] > low)
    if not inside.any():
        return float("nan")
    above, below = boxes[inside, 1].min() - ARCH_GAP, boxes[inside, 3].max() + ARCH_GAP
    return float(above if (y1 + y2) / 2 - above <= below - (y1 + y2) / 2 else below)


def _backward(ends: Array, source_boxes: Array, target_boxes: Array) -> Array:
    """Return wires that swing round, run back along a lane, and swing round again."""
    x1, y1, x2, y2 = ends.T
    lane = _lanes(source_boxes, target_boxes)
    turn = np.minimum(BEND, (x1 - x2) / 2)
    out = np.clip(np.abs(lane - y1) * 0.6, BEND / 2, BEND * 1.5)
    back = np.clip(np.abs(lane - y2) * 0.6, BEND / 2, BEND * 1.5)
    columns = [
        (x1, y1),
        (x1 + out, y1),
        (x1 + out, lane),
        (x1 - turn, lane),
        (x2 + turn, lane),
        (x2 - back, lane),
        (x2 - back, y2),
        (x2, y2),
    ]
    return np.stack([np.stack(column, axis=1) for column in columns], axis=1)


def _lanes(source_boxes: Array, target_boxes: Array) -> Array:
    """Return the height at which each wire runs back: between the cards if there is room, else below."""
    below = target_boxes[:, 1] - source_boxes[:, 3]
    above = source_boxes[:, 1] - target_boxes[:, 3]
    under = np.maximum(source_boxes[:, 3], target_boxes[:, 3]) + LANE_GAP
    lane = np.where(above >= 16, target_boxes[:, 3] + above / 2, under)
    return np.where(below >= 16, source_boxes[:, 3] + below / 2, lane)


def sample(points: Array) -> Array:
    """Return points along wires, (E, 2 · SAMPLES, 2); the lane is the step between the halves."""
    first = np.einsum("sk,ekc->esc", _BERNSTEIN, points[:, :4])
    second = np.einsum("sk,ekc->esc", _BERNSTEIN, points[:, 4:])
    return np.concatenate([first, second], axis=1)


def bounds(samples: Array) -> Array:
    """Return left, top, right, bottom of each wire, (E, 4)."""
    return np.concatenate([samples.min(axis=1), samples.max(axis=1)], axis=1)


def distances(samples: Array, x: float, y: float) -> Array:
    """Return how far a point is from each wire, (E,)."""
    start, step = samples[:, :-1], np.diff(samples, axis=1)
    to_point = np.array([x, y]) - start
    length2 = np.maximum((step**2).sum(axis=2), 1e-12)
    along = np.clip((to_point * step).sum(axis=2) / length2, 0.0, 1.0)
    gap = to_point - along[..., None] * step
    return np.sqrt((gap**2).sum(axis=2).min(axis=1))


def path(points: Array) -> QPainterPath:
    """Return one wire as a painter path."""
    p = points.ravel().tolist()
    wire = QPainterPath()
    wire.moveTo(p[0], p[1])
    wire.cubicTo(p[2], p[3], p[4], p[5], p[6], p[7])
    if p[6] != p[8]:
        wire.lineTo(p[8], p[9])
    wire.cubicTo(p[10], p[11], p[12], p[13], p[14], p[15])
    return wire


def loose_path(x1: float, y1: float, x2: float, y2: float) -> QPainterPath:
    """Return the wire between an output at (x1, y1) and an input at (x2, y2) with no cards to mind."""
    ends = np.array([[x1, y1, x2, y2]])
    boxes = [np.array([[x, y - 28.0, x, y + 28.0]]) for x, y in ((x1, y1), (x2, y2))]
    return path(routes(ends, boxes[0], boxes[1])[0])
