"""Which wires a line crosses: asked of the points along them, which is what a person sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.geometry import Geometry
from studio.app.canvas.wires import Array
from studio.graph.node import Edge


def crossed(geometry: Geometry, start: QPointF, stop: QPointF) -> list[Edge]:
    """Return the wires that a straight line between two canvas points crosses."""
    rows = geometry.edges_in(QRectF(start, stop).normalized())
    if not len(rows):
        return []
    hit = crosses(geometry.samples[rows], start.toTuple(), stop.toTuple())
    return [geometry.edges[row] for row in rows[hit].tolist()]


def crosses(samples: Array, start: tuple[float, float], stop: tuple[float, float]) -> NDArray[np.bool_]:
    """Say which of some polylines a straight line crosses or touches.

    Args:
        samples: Points along the polylines, (E, S, 2).
        start: x, y of one end of the line.
        stop: x, y of the other.

    Returns:
        One truth a polyline, (E,).
    """
    a, b = np.array(start), np.array(stop)
    c, d = samples[:, :-1], samples[:, 1:]
    apart = _side(c, d, a) * _side(c, d, b) <= 0
    across = _side(a, b, c) * _side(a, b, d) <= 0
    # Pieces of no length, where two curves meet, lie on every line.
    real = (c != d).any(axis=2)
    # Pieces that lie on the line's own course touch it only where they overlap.
    low, high = np.minimum(a, b), np.maximum(a, b)
    near = ((np.minimum(c, d) <= high) & (np.maximum(c, d) >= low)).all(axis=2)
    hit: NDArray[np.bool_] = (apart & across & real & near).any(axis=1)
    return hit


def _side(start: Array, stop: Array, point: Array) -> Array:
    """Return on which side of a line points are: the sign of the cross product, (E, S - 1)."""
    way, to_point = stop - start, point - start
    side: Array = way[..., 0] * to_point[..., 1] - way[..., 1] * to_point[..., 0]
    return side
