"""The course of wires: forward ones as one S, backward ones through a lane, both round cards in their way.

Every wire has the same eight points, so that all of them are computed at once: a cubic (0 to 3), a line
(3 to 4) and a cubic (4 to 7). A forward wire is one cubic cut in two, with a line of length zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

from studio.app.theme.measures import ARCH_GAP, LANE_GAP
from studio.app.theme.measures import FARTHEST_LANE as FAR_OFF
from studio.app.theme.measures import WIRE_BEND as BEND
from studio.app.theme.measures import WIRE_CLEAR as CLEAR

Array = NDArray[np.float64]
Rules: TypeAlias = (
    "tuple[Callable[[Array, Array, Array, Array], Array], Callable[[Array, Array], NDArray[np.intp]]]"
)
"""What makes eight points of ends, both cards' boxes and lanes; and what counts the boxes that they hit."""


NEST, MOST_NESTED = 5.0, 6
"""A wire over several cards passes so much further off for each, and the next wire fits under it."""

MOST_LANES, AT_ONCE = 32, 4
"""So many lanes are tried; the nearest of them first, for they often are free."""


ASIDE = 2 * BEND
"""A card so far left or right of both ends is in no wire's way."""

SAMPLES = 12
"""Points per cubic for hit tests and bounds."""

NO_COURSE: Array = np.empty((0, 2 * SAMPLES, 2))
"""Samples of no wire."""


def _bernstein(count: int) -> Array:
    """Return the weights of a cubic's four points at some places along it, (count, 4)."""
    t = np.linspace(0.0, 1.0, count)[:, None]
    return np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])


_BERNSTEIN = _bernstein(SAMPLES)
_FINE = _bernstein(2 * SAMPLES)


def routes(ends: Array, source_boxes: Array, target_boxes: Array, over: Array | None = None) -> Array:
    """Return the eight points of wires.

    Args:
        ends: x, y of the output port and x, y of the input port; one row a wire, (E, 4).
        source_boxes: Left, top, right, bottom of the card each wire leaves, (E, 4).
        target_boxes: The same of the card it enters.
        over: Height of the lane by which a wire goes round the cards in its way; NaN where none is, (E,).

    Returns:
        Points, (E, 8, 2).
    """
    points = _forward(ends)
    if over is not None and not np.isnan(over).all():
        arched = ~np.isnan(over)
        points[arched] = _arched(ends[arched], over[arched])
    backward = is_backward(ends)
    if backward.any():
        lanes = _lanes(source_boxes[backward], target_boxes[backward])
        if over is not None:
            lanes = np.where(np.isnan(over[backward]), lanes, over[backward])
        points[backward] = _backward(ends[backward], lanes)
    return points


def is_backward(ends: Array) -> NDArray[np.bool_]:
    """Say which wires run back, (E,)."""
    back: NDArray[np.bool_] = ends[:, 2] - ends[:, 0] < -BEND / 2
    return back


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


def lane_round(
    ends: Array, source_box: Array, target_box: Array, boxes: Array, rules: Rules | None = None
) -> float:
    """Return the height of the lane by which a wire goes round the cards in its way, or NaN if none is.

    Forward wires try to turn at once or just before their end; the next lanes are those along the edges of
    cards. Of those that pass no card, or the fewest, the one that makes the least way is taken.

    Args:
        ends: x, y of the output port and x, y of the input port, (4,).
        source_box: Left, top, right, bottom of the card the wire leaves, (4,).
        target_box: The same of the card it enters.
        boxes: The same of all other cards, (N, 4).
        rules: How wires run, where they are not curved.
    """
    x1, y1, x2, y2 = ends.tolist()
    lay, count_hits = rules or (routes, _hits)
    plain = lay(ends[None], source_box[None], target_box[None], np.full(1, np.nan))
    low, high = float(plain[..., 1].min()), float(plain[..., 1].max())
    beside = (boxes[:, 0] < max(x1, x2) + ASIDE) & (boxes[:, 2] > min(x1, x2) - ASIDE)
    near = boxes[beside & (boxes[:, 1] < high + CLEAR) & (boxes[:, 3] > low - CLEAR)]
    if not len(near) or not count_hits(plain, near)[0]:
        return float("nan")
    boxes = boxes[beside & (boxes[:, 1] < high + FAR_OFF) & (boxes[:, 3] > low - FAR_OFF)]
    lanes = _possible_lanes((x1, y1, x2, y2), float(plain[0, 4, 1]), boxes)
    best, fewest = float("nan"), len(boxes) + 1
    for some in (lanes[:AT_ONCE], lanes[AT_ONCE:]):
        if not len(some):
            break
        one, source, target = (np.tile(row, (len(some), 1)) for row in (ends, source_box, target_box))
        hits = count_hits(lay(one, source, target, some), boxes)
        if hits.min() < fewest:
            best, fewest = float(some[hits.argmin()]), int(hits.min())
        if not fewest:
            break
    return best


def _possible_lanes(ends: tuple[float, float, float, float], plain: float, boxes: Array) -> Array:
    """Return the heights to try: the least way first."""
    x1, y1, x2, y2 = ends
    low, high = min(y1, y2) - CLEAR, max(y1, y2) + CLEAR
    left, right = min(x1, x2), max(x1, x2)
    beside = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < high) & (boxes[:, 3] > low)
    gap = ARCH_GAP + NEST * min(max(int(beside.sum()) - 1, 0), MOST_NESTED)
    lanes = np.concatenate([boxes[:, 1] - gap, boxes[:, 3] + gap])
    if x2 > x1:
        lanes = np.concatenate([[y2, y1], lanes])
        way = np.abs(lanes - y1) + np.abs(lanes - y2)
    else:
        lanes = np.concatenate([[plain], lanes])
        way = np.abs(lanes - plain)
    # Of two that are as long, the order of painting must not decide: it changes by a click on a card.
    own = np.minimum(np.arange(len(lanes)), len(lanes) - 2 * len(boxes))
    order = np.lexsort((lanes, own, way))[:MOST_LANES]
    found: Array = lanes[order]
    return found


def _hits(points: Array, boxes: Array) -> NDArray[np.intp]:
    """Return how many of some cards each wire passes through, (E,)."""
    first = np.einsum("sk,ekc->esc", _FINE, points[:, :4])
    second = np.einsum("sk,ekc->esc", _FINE, points[:, 4:])
    x, y = np.concatenate([first, second], axis=1)[:, :, None].transpose(3, 0, 1, 2)  # (E, S, 1) each
    left, top, right, bottom = boxes.T
    curved = (x > left) & (x < right) & (y > top) & (y < bottom)
    start, stop, lane = points[:, 3, :1], points[:, 4, :1], points[:, 3, 1:]
    straight = (np.maximum(start, stop) > left) & (np.minimum(start, stop) < right)
    straight &= (lane > top - CLEAR) & (lane < bottom + CLEAR) & (start != stop)
    hits: NDArray[np.intp] = (curved.any(axis=1) | straight).sum(axis=1)
    return hits


def _backward(ends: Array, lane: Array) -> Array:
    """Return wires that swing round, run back along a lane, and swing round again."""
    x1, y1, x2, y2 = ends.T
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
    if p[6:8] != p[8:10]:
        wire.lineTo(p[8], p[9])
    wire.cubicTo(p[10], p[11], p[12], p[13], p[14], p[15])
    return wire
