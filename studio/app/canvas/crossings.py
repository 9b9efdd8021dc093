"""Where a line crosses wires: asked of the points along them, which is what a person sees."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.geometry import Geometry
from studio.app.canvas.wires import Array
from studio.graph.node import Edge


def crossings(geometry: Geometry, start: QPointF, stop: QPointF) -> dict[Edge, QPointF]:
    """Return where a straight line between two canvas points first crosses each wire that it crosses."""
    rows = geometry.edges_in(QRectF(start, stop).normalized())
    if not len(rows):
        return {}
    shares = first_crossings(geometry.samples[rows], start.toTuple(), stop.toTuple())
    way = stop - start
    return {
        geometry.edges[row]: start + way * share
        for row, share in zip(rows.tolist(), shares.tolist(), strict=True)
        if share <= 1.0
    }


def first_crossings(samples: Array, start: tuple[float, float], stop: tuple[float, float]) -> Array:
    """Return how far along a straight line each of some polylines is crossed first.

    Args:
        samples: Points along the polylines, (E, S, 2).
        start: x, y of one end of the line.
        stop: x, y of the other.

    Returns:
        Shares of the line's length in [0, 1]; infinity for a polyline that is not crossed, (E,).
    """
    a, way = np.array(start), np.array(stop) - np.array(start)
    c, step = samples[:, :-1], np.diff(samples, axis=1)
    # a + share * way = c + part * step, solved by cross products; parallel pieces are not crossed.
    across = _cross(way, step)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = _cross(c - a, step) / across
        part = _cross(c - a, way) / across
    hit = (across != 0) & (share >= 0) & (share <= 1) & (part >= 0) & (part <= 1)
    first: Array = np.where(hit, share, np.inf).min(axis=1)
    return first


def _cross(one: Array, other: Array) -> Array:
    """Return the z component of cross products in the plane."""
    product: Array = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return product
