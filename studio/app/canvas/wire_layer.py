"""Paints wires: with their full course near by, as thin curves further off, as straight lines from afar."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import NEAR_FROM, detail_at
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.heat.scale import NOTHING, Steps
from studio.app.theme.theme import theme
from studio.app.theme.tokens import HEAT_STEPS, WIRE_WIDTH
from studio.graph.node import Edge

MAX_SMOOTH_LINES = 1500
"""From afar, more lines than this are painted without antialiasing."""

MAX_FAR_CURVES = 500
"""From afar, more wires than this are painted as straight lines."""

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
NO_STEPS: Steps = np.zeros(0, dtype=np.int8)


def paint_wires(
    painter: QPainter,
    geometry: Geometry,
    camera: Camera,
    area: QRectF,
    lit: Mask,
    hidden: Mask,
    heat: Steps = NO_STEPS,
) -> None:
    """Paint the wires that `area` shows; those lit in the accent colour, on top.

    A cosmetic pen of width 1 takes a sixth of the time of a wide one: wide ones are for near by.

    Args:
        lit: For each row of wires, whether it is lit.
        hidden: For each row of wires, whether to leave it out.
        heat: For each row of wires, its step of the map of costs, by which it has its colour and width.
    """
    rows = geometry.edges_in(area)
    rows = rows[~hidden[rows]]
    painter.save()
    painter.setTransform(camera.transform(), combine=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    straight = detail_at(camera.zoom) == "far" and len(geometry.edges) > MAX_FAR_CURVES
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not straight or len(rows) <= MAX_SMOOTH_LINES)
    for some, pen in _groups(rows, lit, heat, camera.zoom):
        painter.setPen(pen)
        if straight:
            painter.drawLines([geometry.line(row) for row in some.tolist()])
        else:
            for row in some.tolist():
                painter.drawPath(geometry.path(row))
    painter.restore()


def _groups(rows: Rows, lit: Mask, heat: Steps, zoom: float) -> list[tuple[Rows, QPen]]:
    """Return the rows that are painted with one pen, in the order of painting: what matters most is last."""
    plain, bright = rows[~lit[rows]], rows[lit[rows]]
    found = []
    if len(heat) != len(lit):
        found.append((plain, wire_pen(theme().color("wire"), zoom)))
    else:
        for step in range(NOTHING, HEAT_STEPS):
            found.append((plain[heat[plain] == step], heat_pen(step, zoom)))
    found.append((bright, wire_pen(theme().color("accent"), zoom)))
    return [(some, pen) for some, pen in found if len(some)]


def heat_pen(step: int, zoom: float) -> QPen:
    """Return the pen of a wire at a step of the map of costs: from afar the colour alone tells it."""
    pen = wire_pen(theme().heat_color(step) if step >= 0 else theme().color("wire"), zoom)
    detail = detail_at(zoom)
    if detail == "near":
        pen.setWidthF(theme().heat_width(step))
    elif detail == "middle":
        pen.setCosmetic(True)
        pen.setWidthF(theme().heat_width(step) * NEAR_FROM)
    return pen


def wire_pen(color: QColor, zoom: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return the pen of wires at a zoom: two canvas pixels wide near by, one screen pixel further off."""
    pen = QPen(color, WIRE_WIDTH if detail_at(zoom) == "near" else 0.0)
    pen.setStyle(style)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def rows_of(geometry: Geometry, edges: Collection[Edge]) -> Mask:
    """Return, for each row of wires, whether it is one of these."""
    mask = np.zeros(len(geometry.edges), dtype=bool)
    mask[[row for row in map(geometry.edge_slot, edges) if row is not None]] = True
    return mask


def lit_rows(geometry: Geometry, nodes: Collection[str], edges: Collection[Edge]) -> Mask:
    """Return, for each row of wires, whether it is selected or touches a selected node."""
    mask = rows_of(geometry, edges)
    if nodes and len(mask):
        chosen = np.zeros(len(geometry.ids), dtype=bool)
        chosen[[geometry.slot(node_id) for node_id in nodes if node_id in geometry]] = True
        mask |= chosen[geometry.links_of(np.arange(len(mask)))].any(axis=1)
    return mask
