"""The dots that wires are led through: where they are on the canvas, and what lies under a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import detail_at
from studio.app.canvas.wires import Array
from studio.app.theme.measures import DOT_REACH_PX as DOT_PX
from studio.app.theme.theme import theme
from studio.app.theme.tokens import DOT_RING
from studio.graph.graph import Bend
from studio.graph.node import Edge

Bends = Mapping[Edge, tuple[Bend, ...]]


class Dot(NamedTuple):
    """One dot: the wire that it is on, and its place among that wire's, from the source on."""

    edge: Edge
    place: int


class Dots:
    """All dots of what is shown, those of a gesture's preview where it has them."""

    def __init__(self) -> None:
        self._bends: Bends = {}
        self._preview: Bends = {}
        self._shown: dict[Edge, tuple[Bend, ...]] = {}
        self._dots: list[Dot] = []
        self._points: Array = np.empty((0, 2))

    def show(self, bends: Bends) -> dict[Edge, tuple[Bend, ...]]:
        """Show the dots of a graph; return the wires whose dots are others now, with their points."""
        if bends is self._bends and not self._preview:
            return {}
        self._bends = bends
        return self.preview({})

    def preview(self, bends: Bends) -> dict[Edge, tuple[Bend, ...]]:
        """Show some wires with other dots than the design says; return what changed, as `show` does."""
        if not bends and not self._preview and self._shown == dict(self._bends):
            return {}
        self._preview = bends
        old, new = self._shown, {**self._bends, **bends}
        changed = {edge: new.get(edge, ()) for edge in {**old, **new} if old.get(edge) != new.get(edge)}
        if changed:
            self._shown = new
            self._dots = [Dot(edge, place) for edge in new for place in range(len(new[edge]))]
            self._points = np.array([point for points in new.values() for point in points]).reshape(-1, 2)
        return changed

    def __len__(self) -> int:
        return len(self._dots)

    def __contains__(self, dot: object) -> bool:
        return dot in self._dots

    def points(self, edge: Edge) -> tuple[Bend, ...]:
        """Return the dots of a wire as they are shown."""
        return self._shown.get(edge, ())

    def point(self, dot: Dot) -> QPointF:
        """Return where a dot is shown."""
        return QPointF(*self._shown[dot.edge][dot.place])

    def at(self, place: QPointF, zoom: float) -> Dot | None:
        """Return the dot under a canvas point at a zoom; from afar they are not seen, and not found."""
        if not self._dots or detail_at(zoom) == "far":
            return None
        gaps = np.hypot(*(self._points - place.toTuple()).T)
        best = int(gaps.argmin())
        return self._dots[best] if gaps[best] <= DOT_PX / zoom else None

    def paint(self, painter: QPainter, camera: Camera, area: QRectF, current: Dot | None) -> None:
        """Paint the dots in an area as rings, near by; the current one filled."""
        if not self._dots or detail_at(camera.zoom) == "far":
            return
        x, y = self._points.T
        shown = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
        radius = max(DOT_RING * camera.zoom / 2, 2.0)
        painter.setPen(QPen(theme().color("wire"), 1.5))
        painter.setBrush(theme().color("card"))
        for row in np.flatnonzero(shown).tolist():
            if self._dots[row] != current:
                painter.drawEllipse(camera.to_screen(QPointF(*self._points[row])), radius, radius)
        if current is not None and current in self._dots:
            place = camera.to_screen(self.point(current))
            painter.setBrush(theme().color("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(place, radius, radius)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().color("accent"), 1.5))
            painter.drawEllipse(place, radius + 3, radius + 3)


def place_along(course: Array, points: tuple[Bend, ...], point: QPointF) -> int:
    """Return before which of a wire's dots a new one at a point near the wire belongs.

    Args:
        course: Points along the wire, (S, 2).
        points: Its dots, from the source on.
        point: Where the new one goes.
    """
    here = _along(course, (point.x(), point.y()))
    return sum(_along(course, other) <= here for other in points)


def _along(course: Array, point: Bend) -> float:
    """Return how far along a polyline the place nearest to a point is, in pieces of it."""
    start, step = course[:-1], np.diff(course, axis=0)
    length2 = np.maximum((step**2).sum(axis=1), 1e-12)
    part = np.clip(((np.array(point) - start) * step).sum(axis=1) / length2, 0.0, 1.0)
    gaps = ((start + part[:, None] * step - point) ** 2).sum(axis=1)
    nearest = int(gaps.argmin())
    return nearest + float(part[nearest])
