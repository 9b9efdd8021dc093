"""The course of a wire that is led through dots: one cubic from each point to the next.

It leaves the dots in the direction of their neighbours, so that dots in line make a straight wire.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainterPath

from studio.app.canvas.wires import Array
from studio.graph.graph import Bend

REACH = 0.4
"""How far a cubic's control points lie from its ends, as a share of their distance."""


def spans(ends: Array, dots: tuple[Bend, ...]) -> Array:
    """Return the cubics of a wire.

    Args:
        ends: x, y of the output port and x, y of the input port, (4,).
        dots: The points between, from the source on.

    Returns:
        Four points for each piece, (D + 1, 4, 2).
    """
    points = np.array([ends[:2], *dots, ends[2:]], dtype=float)
    ways = np.empty_like(points)
    ways[1:-1] = points[2:] - points[:-2]
    ways[0] = ways[-1] = 1.0, 0.0  # ports are left and entered level
    ways /= np.maximum(np.hypot(*ways.T), 1e-9)[:, None]
    start, stop = points[:-1], points[1:]
    reach = REACH * np.hypot(*(stop - start).T)[:, None]
    return np.stack([start, start + reach * ways[:-1], stop - reach * ways[1:], stop], axis=1)


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
