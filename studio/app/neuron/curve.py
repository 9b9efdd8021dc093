"""g and g′ over the pre-activation, and where on them the neuron is at the place that is chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.neuron.neuron import Neuron
from studio.app.panels.surface.line_field import polyline, span
from studio.app.panels.surface.plane_field import BOTTOM, EDGE, LEFT, ticks
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import POINT_PX, SMALL_PX, SPACE, WIRE_WIDTH

LOW, HIGH, POINTS = -5.0, 5.0, 401


class NeuronCurve(QWidget):
    """Paints both curves from −5 to 5, and a point on g where a is within."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neuron.curve")
        self._neuron, self._a = Neuron(), 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def show_neuron(self, neuron: Neuron, a: float) -> None:
        """Show a neuron's g, and a pre-activation."""
        self._neuron, self._a = neuron, a
        self.setAccessibleName(f"g and its slope: {neuron.activation.title}, at a = {number(a)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which it is read well."""
        return QSize(80 * SPACE, 60 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which it can still be read."""
        return QSize(50 * SPACE, 40 * SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        box = QRectF(self.rect().adjusted(LEFT, EDGE, -EDGE, -BOTTOM))
        a = np.linspace(LOW, HIGH, POINTS)
        g, slope = self._neuron.g(a), self._neuron.g_slope(a)
        low, high = span(np.concatenate([g, slope]))
        self._paint_axes(painter, box, low, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for values, role, style in (
            (slope, "validation", Qt.PenStyle.DashLine),
            (g, "accent", Qt.PenStyle.SolidLine),
        ):
            painter.setPen(QPen(theme().color(role), WIRE_WIDTH, style))
            painter.drawPolyline(polyline(values, box, low, high))
        self._paint_point(painter, box, low, high)
        self._paint_names(painter, box)

    def _paint_axes(self, painter: QPainter, box: QRectF, low: float, high: float) -> None:
        painter.setFont(theme().font(SMALL_PX))
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        for tick, text in ticks(low, high, int(box.height() / (8 * SPACE))):
            y = box.bottom() - (tick - low) / (high - low) * box.height()
            painter.setPen(theme().color("line"))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(theme().color("dim"))
            painter.drawText(QRectF(0, y - 2 * SPACE, LEFT - SPACE, 4 * SPACE), right | middle, text)
        for tick, text in ticks(LOW, HIGH, int(box.width() / (12 * SPACE))):
            x = box.left() + (tick - LOW) / (HIGH - LOW) * box.width()
            under = QRectF(x - 6 * SPACE, box.bottom() + SPACE / 2, 12 * SPACE, BOTTOM - SPACE / 2)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def _paint_point(self, painter: QPainter, box: QRectF, low: float, high: float) -> None:
        if not LOW <= self._a <= HIGH:
            return
        h = float(self._neuron.g(np.array([self._a]))[0])
        x = box.left() + (self._a - LOW) / (HIGH - LOW) * box.width()
        y = box.bottom() - (h - low) / (high - low) * box.height()
        painter.setPen(QPen(theme().color("panel"), WIRE_WIDTH))
        painter.setBrush(theme().color("accent"))
        painter.drawEllipse(QPointF(x, y), POINT_PX, POINT_PX)

    def _paint_names(self, painter: QPainter, box: QRectF) -> None:
        for place, (role, name) in enumerate((("accent", "g(a)"), ("validation", "g′(a)"))):
            top = box.top() + SPACE + place * 5 * SPACE
            painter.setPen(QPen(theme().color(role), WIRE_WIDTH))
            painter.drawLine(
                QPointF(box.left() + 2 * SPACE, top + 2 * SPACE),
                QPointF(box.left() + 6 * SPACE, top + 2 * SPACE),
            )
            painter.setPen(theme().color("text"))
            words = QRectF(box.left() + 7 * SPACE, top - SPACE, 20 * SPACE, 6 * SPACE)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
