"""The plane of a neuron's two inputs: h as a surface, the line a = 0, and which way w points."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.neuron.neuron import CORNERS, Neuron
from studio.app.panels.surface.painting import class_color, heights
from studio.app.panels.surface.plane_field import BOTTOM, EDGE, LEFT, ticks
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import POINT_PX, SMALL_PX, SPACE, WIRE_WIDTH
from studio.project.logic import TABLES

REACH = 3.0
"""The plane goes from −3 to 3 in both directions."""

SIDE = 61
ARROW = 7.0
"""Places along each side at which the neuron is evaluated, and the size of an arrow's head."""


class NeuronPlane(QWidget):
    """Paints a neuron; a click or a drag chooses the place whose numbers are told."""

    chosen = Signal(float, float)
    """A place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neuron.plane")
        self._neuron = Neuron()
        self._place = 0.0, 0.0
        self._function = ""
        self._picture: QImage | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self._forget)

    def show_neuron(self, neuron: Neuron, place: tuple[float, float], function: str) -> None:
        """Show a neuron, a place, and the corners with what a truth table says of them."""
        if neuron != self._neuron:
            self._forget()
        self._neuron, self._place, self._function = neuron, place, function
        low, high = self.value_range
        self.setAccessibleName(f"Surface of the neuron: h from {number(low)} to {number(high)}")
        self.update()

    @property
    def value_range(self) -> tuple[float, float]:
        """Lowest and highest h in the picture."""
        _, h = self._surface()
        return float(h.min()), float(h.max())

    @property
    def area(self) -> QRect:
        """Where the plane is: a square."""
        side = max(min(self.width() - LEFT - EDGE, self.height() - EDGE - BOTTOM), 1)
        return QRect(LEFT, EDGE, side, side)

    def spot(self, x1: float, x2: float) -> QPointF:
        """Return where a place is on the widget."""
        area = self.area
        return QPointF(
            area.left() + (x1 + REACH) / (2 * REACH) * area.width(),
            area.top() + (REACH - x2) / (2 * REACH) * area.height(),
        )

    def sizeHint(self) -> QSize:
        """Return a size at which it is read well."""
        return QSize(90 * SPACE, 90 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which it can still be read."""
        return QSize(60 * SPACE, 60 * SPACE)

    def _surface(self) -> tuple[np.ndarray, np.ndarray]:
        axis = np.linspace(-REACH, REACH, SIDE)
        return self._neuron.surface(axis, axis)

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the picture anew."""
        super().resizeEvent(event)
        self._forget()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter, area = QPainter(self), self.area
        if self._picture is None:
            side = round(area.width() * self.devicePixelRatioF())
            low, high = self.value_range
            self._picture = heights(self._surface()[1].astype(np.float32), low, high, side, side)
        painter.drawImage(area, self._picture)
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_line(painter)
        self._paint_corners(painter)
        self._paint_place(painter)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_axes(painter, area)

    def _paint_line(self, painter: QPainter) -> None:
        """Paint the line a = 0, and an arrow from it the way w points."""
        neuron, away = self._neuron, self._neuron.distance
        if away is None:
            return
        norm = math.hypot(neuron.w1, neuron.w2)
        along, across = neuron.w1 / norm, neuron.w2 / norm
        foot = along * away, across * away
        far = 3 * REACH + abs(away)
        ends = [self.spot(foot[0] + way * -across, foot[1] + way * along) for way in (-far, far)]
        start, tip = self.spot(*foot), self.spot(foot[0] + along, foot[1] + across)
        for role, width in (("background", 2 * WIRE_WIDTH), ("text", WIRE_WIDTH / 2)):
            painter.setPen(QPen(theme().color(role), width))
            painter.drawLine(*ends)
            painter.drawLine(start, tip)
            painter.setBrush(theme().color(role))
            painter.drawPolygon(_head(start, tip))

    def _paint_corners(self, painter: QPainter) -> None:
        for corner, truth in zip(CORNERS, TABLES.get(self._function, ()), strict=False):
            painter.setPen(QPen(theme().color("panel"), WIRE_WIDTH))
            painter.setBrush(class_color(truth))
            painter.drawEllipse(self.spot(*corner), POINT_PX, POINT_PX)

    def _paint_place(self, painter: QPainter) -> None:
        spot, arm = self.spot(*self._place), 2 * SPACE
        for role, width in (("background", 2 * WIRE_WIDTH), ("accent", WIRE_WIDTH)):
            painter.setPen(QPen(theme().color(role), width))
            painter.drawLine(spot - QPointF(arm, 0), spot + QPointF(arm, 0))
            painter.drawLine(spot - QPointF(0, arm), spot + QPointF(0, arm))

    def _paint_axes(self, painter: QPainter, area: QRect) -> None:
        painter.setFont(theme().font(SMALL_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme().color("line"))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.setPen(theme().color("dim"))
        for tick, text in ticks(-REACH, REACH, 7):
            spot = self.spot(tick, tick)
            under = QRectF(spot.x() - 6 * SPACE, area.bottom() + SPACE / 2, 12 * SPACE, BOTTOM - SPACE / 2)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
            if tick == -REACH:
                continue  # the corner's number stands below it
            beside = QRectF(0, spot.y() - 2 * SPACE, LEFT - SPACE, 4 * SPACE)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _choose(self, event: QMouseEvent) -> None:
        area, place = self.area, event.position()
        x1 = (place.x() - area.left()) / area.width() * 2 * REACH - REACH
        x2 = REACH - (place.y() - area.top()) / area.height() * 2 * REACH
        x1, x2 = (round(min(max(value, -REACH), REACH), 2) for value in (x1, x2))
        self.chosen.emit(x1, x2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a place."""
        self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose the place under the pointer while a button is held."""
        if event.buttons():
            self._choose(event)


def _head(start: QPointF, tip: QPointF) -> QPolygonF:
    """Return the head of an arrow."""
    way = tip - start
    length = math.hypot(way.x(), way.y()) or 1.0
    back, side = way * (ARROW / length), QPointF(-way.y(), way.x()) * (ARROW / 2 / length)
    return QPolygonF([tip, tip - back + side, tip - back - side])
