"""Paints wires: with their full course near by, as thin curves further off, as straight lines from afar."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.app.canvas import wires
from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import detail_at
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.scene import Scene
from studio.app.theme.theme import theme
from studio.app.theme.tokens import WIRE_WIDTH
from studio.graph.node import Edge

MAX_SMOOTH_LINES = 3000
"""From afar, more lines than this are painted without antialiasing."""

MAX_FAR_CURVES = 500
"""From afar, more wires than this are painted as straight lines."""


class WireLayer:
    """Wires as painter paths, kept until their course changes."""

    def __init__(self) -> None:
        self._paths: dict[Edge, tuple[int, QPainterPath]] = {}
        self._lines: dict[Edge, tuple[int, QLineF]] = {}

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        camera: Camera,
        area: QRectF,
        lit: Collection[Edge],
        hidden: Collection[Edge],
    ) -> None:
        """Paint the wires that `area` shows; those in `lit` in the accent colour, on top.

        A cosmetic pen of width 1 takes a sixth of the time of a wide one: wide ones are for near by.
        """
        geometry = scene.geometry
        shown = [geometry.edges[row] for row in geometry.edges_in(area).tolist()]
        if hidden:
            shown = [edge for edge in shown if edge not in hidden]
        top = [edge for edge in shown if edge in lit] if lit else []
        self._trim(geometry)
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if detail_at(camera.zoom) == "far" and len(shown) > MAX_FAR_CURVES:
            smooth = len(shown) <= MAX_SMOOTH_LINES
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
            self._paint_lines(painter, geometry, shown, theme().color("wire"))
            self._paint_lines(painter, geometry, top, theme().color("accent"))
        else:
            below = [edge for edge in shown if edge not in lit] if lit else shown
            self._paint_paths(painter, geometry, below, theme().color("wire"), camera.zoom)
            self._paint_paths(painter, geometry, top, theme().color("accent"), camera.zoom)
        painter.restore()

    def path(self, geometry: Geometry, edge: Edge) -> QPainterPath:
        """Return the course of a wire."""
        course = geometry.courses[edge]
        kept = self._paths.get(edge)
        if kept is None or kept[0] != course:
            slot = geometry.edge_slot(edge)
            kept = self._paths[edge] = (course, wires.path(geometry.points[slot]))
        return kept[1]

    def _paint_paths(
        self, painter: QPainter, geometry: Geometry, edges: list[Edge], color: QColor, zoom: float
    ) -> None:
        painter.setPen(wire_pen(color, zoom))
        for edge in edges:
            painter.drawPath(self.path(geometry, edge))

    def _paint_lines(self, painter: QPainter, geometry: Geometry, edges: list[Edge], color: QColor) -> None:
        if edges:
            painter.setPen(QPen(color, 0))
            painter.drawLines([self._line(geometry, edge) for edge in edges])

    def _line(self, geometry: Geometry, edge: Edge) -> QLineF:
        course = geometry.courses[edge]
        kept = self._lines.get(edge)
        if kept is None or kept[0] != course:
            first, last = geometry.points[geometry.edge_slot(edge), [0, -1]].tolist()
            kept = self._lines[edge] = (course, QLineF(*first, *last))
        return kept[1]

    def _trim(self, geometry: Geometry) -> None:
        """Forget wires that are gone, now and then."""
        for kept in (self._paths, self._lines):
            if len(kept) > 2 * len(geometry.edges) + 64:
                for edge in [edge for edge in kept if geometry.edge_slot(edge) is None]:
                    del kept[edge]


def wire_pen(color: QColor, zoom: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return the pen of wires at a zoom: two canvas pixels wide near by, one screen pixel further off."""
    pen = QPen(color, WIRE_WIDTH if detail_at(zoom) == "near" else 0.0)
    pen.setStyle(style)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def lit_edges(geometry: Geometry, nodes: Collection[str], edges: Collection[Edge]) -> frozenset[Edge]:
    """Return the selected wires, and those that touch selected nodes."""
    if not nodes or not geometry.edges:
        return frozenset(edges)
    chosen = np.zeros(len(geometry.ids), dtype=bool)
    chosen[[geometry.slot(node_id) for node_id in nodes if node_id in geometry]] = True
    rows = np.flatnonzero(chosen[geometry.links_of(np.arange(len(geometry.edges)))].any(axis=1))
    return frozenset(edges) | {geometry.edges[row] for row in rows.tolist()}
