"""The line of one feature: the function that the network is, and the points of the data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.surface.painting import class_color
from studio.app.panels.surface.plane_field import BOTTOM, EDGE, LEFT, ticks
from studio.app.panels.surface.symbols import paint_point
from studio.app.plots.wording import number, percent
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE, WIRE_WIDTH
from studio.runs.records import Array, Surface
from studio.runs.surface_table import output_names

AIR = 0.06
"""Of the height, above and below what is drawn."""

RUG = 0.03
"""Where classes' points stand, above the axis: they have no height of their own."""


class LineField(QWidget):
    """A curve for each output, with points upon it; hovering reads them."""

    hovered = Signal(str)
    """Place and what is said there; empty when the pointer left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot.surface.line")
        self._surface: Surface | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The function that the network computes")
        theme().changed.connect(self.update)

    def show_surface(self, surface: Surface | None) -> None:
        """Show another function."""
        self._surface = surface
        self.update()

    @property
    def area(self) -> QRect:
        """Where the curves are."""
        return self.rect().adjusted(LEFT, EDGE, -EDGE, -BOTTOM)

    @property
    def value_range(self) -> tuple[float, float]:
        """Lowest and highest value in view."""
        surface = self._surface
        assert surface is not None
        if surface.classes:
            return 0.0, 1.0
        return span(np.concatenate([surface.outputs.ravel(), surface.truth]))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        surface, area = self._surface, self.area
        if surface is None or area.width() < 2 or area.height() < 2:
            return
        painter = QPainter(self)
        self._paint_axes(painter, surface, area)
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter, surface, area)
        for index, values in enumerate(surface.outputs):
            painter.setPen(QPen(self._color(surface, index), WIRE_WIDTH))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polyline(values, QRectF(area), *self.value_range))

    def _color(self, surface: Surface, index: int) -> QColor:
        if surface.classes or len(surface.outputs) > 1:
            return class_color(index)
        return theme().color("text")

    def _paint_points(self, painter: QPainter, surface: Surface, area: QRect) -> None:
        low, high = surface.lows[0], surface.highs[0]
        bottom, top = self.value_range
        across = area.left() + (surface.points[:, 0] - low) / (high - low) * area.width()
        share = (surface.truth - bottom) / (top - bottom)
        if surface.classes:
            share = np.full(len(across), RUG)
        down = area.bottom() - share * area.height()
        roles = theme().color("train"), theme().color("validation")
        for x, y, truth, held_out in zip(
            across.tolist(), down.tolist(), surface.truth.tolist(), surface.held_out.tolist(), strict=True
        ):
            color = class_color(int(truth)) if surface.classes else roles[held_out]
            paint_point(painter, QPointF(x, y), color, held_out=held_out)

    def _paint_axes(self, painter: QPainter, surface: Surface, area: QRect) -> None:
        painter.setFont(theme().font(SMALL_PX))
        bottom, top = self.value_range
        low, high = surface.lows[0], surface.highs[0]
        for tick, text in ticks(bottom, top, area.height() // (8 * SPACE)):
            y = area.bottom() - (tick - bottom) / (top - bottom) * area.height()
            painter.setPen(theme().color("line"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme().color("dim"))
            beside = QRectF(0, y - 2 * SPACE, LEFT - SPACE, 4 * SPACE)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        for tick, text in ticks(low, high, area.width() // (12 * SPACE)):
            x = area.left() + (tick - low) / (high - low) * area.width()
            under = QRectF(x - 8 * SPACE, area.bottom() + SPACE / 2, 16 * SPACE, BOTTOM - SPACE / 2)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def words_at(self, x: float, y: float) -> str:
        """Return place, and what the network says there; empty outside."""
        surface, area = self._surface, self.area
        if surface is None or not area.contains(round(x), round(y)):
            return ""
        share = (x - area.left()) / max(area.width() - 1, 1)
        column = min(round(share * (surface.outputs.shape[-1] - 1)), surface.outputs.shape[-1] - 1)
        said = surface.outputs[:, column]
        place = f"x {number(surface.lows[0] + share * (surface.highs[0] - surface.lows[0]))}"
        if surface.classes:
            best = int(said.argmax())
            return f"{place} · {surface.classes[best]} {percent(float(said[best]))}"
        named = zip(output_names(surface), said.tolist(), strict=True)
        return " · ".join([place, *(f"{name} {number(value)}" for name, value in named)])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        place = event.position()
        self.hovered.emit(self.words_at(place.x(), place.y()))

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self.hovered.emit("")


def span(values: Array) -> tuple[float, float]:
    """Return a range that holds all values, with some air and never of no width."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    air = AIR * (high - low) or max(abs(low), 1.0) * AIR
    return low - air, high + air


def polyline(values: Array, box: QRectF, low: float, high: float) -> QPolygonF:
    """Return a function's values, evenly spread over a box, as a line in it."""
    x = np.linspace(box.left(), box.right(), len(values))
    y = box.bottom() - (np.nan_to_num(values) - low) / max(high - low, 1e-12) * box.height()
    return QPolygonF([QPointF(across, down) for across, down in zip(x.tolist(), y.tolist(), strict=True)])
