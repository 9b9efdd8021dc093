"""The course of a wire that is led through dots: one cubic from each point to the next.

Dots in line make a straight wire; a turn is as round as there is room.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QPainterPath

from studio.app.canvas.wires import Array
from studio.graph.graph import Bend

TURNS_BACK = 1e-6
"""A shorter sum of two directions is that of a wire that goes back where it came from."""

REACH = 0.4
"""How far a cubic's control points lie from its ends, as a share of their distance."""


def spans(ends: Array, dots: Sequence[Bend]) -> Array:
    """Return the cubics of a wire. At a dot it halves the angle between the ways there and on.

    Args:
        ends: x, y of the output port and x, y of the input port, (4,).
        dots: The points between, from the source on.

    Returns:
        Four points for each piece, (D + 1, 4, 2).
    """
    points = np.array([ends[:2], *dots, ends[2:]], dtype=float)
    start, stop = points[:-1], points[1:]
    to_next = _unit(stop - start)
    ways = np.tile([1.0, 0.0], (len(points), 1))  # ports are left and entered level
    ways[1:-1] = _unit(to_next[:-1] + to_next[1:], otherwise=ways[1:-1])
    reach = REACH * np.hypot(*(stop - start).T)[:, None]
    return np.stack([start, start + reach * ways[:-1], stop - reach * ways[1:], stop], axis=1)


def _unit(ways: Array, otherwise: Array | None = None) -> Array:
    """Return directions of length 1; of one that has none, another."""
    length = np.hypot(*ways.T)[:, None]
    plain = np.zeros_like(ways) if otherwise is None else otherwise
    unit: Array = np.where(length > TURNS_BACK, ways / np.maximum(length, TURNS_BACK), plain)
    return unit


def sample(cubics: Array, count: int) -> Array:
    """Return points spread along a wire, every dot among them where there are enough, (count, 2)."""
    place = np.linspace(0.0, len(cubics), count)
    if count > len(cubics):
        nearest = np.round(np.linspace(0, count - 1, len(cubics) + 1)).astype(int)
        place = np.interp(np.arange(count), nearest, np.arange(len(cubics) + 1))
    which = np.minimum(place.astype(int), len(cubics) - 1)
    t = (place - which)[:, None]
    a, b, c, d = cubics[which].transpose(1, 0, 2)
    course: Array = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
    return course


def path(cubics: Array) -> QPainterPath:
    """Return a wire as a painter path."""
    wire = QPainterPath()
    wire.moveTo(*cubics[0, 0].tolist())
    for piece in cubics.tolist():
        wire.cubicTo(*piece[1], *piece[2], *piece[3])
    return wire
