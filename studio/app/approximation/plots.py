"""Pictures of an approximation: the curve with the network upon it, and the error over the units."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.approximation.fit import SIZES, Fit
from studio.app.panels.surface.line_field import polyline, span
from studio.app.panels.surface.plane_field import BOTTOM, EDGE, LEFT, ticks
from studio.app.plots.ticks import log_ticks
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import POINT_PX, SMALL_PX, SPACE, WIRE_WIDTH

WIDE_LEFT = LEFT + 4 * SPACE
"""Room for powers of ten."""

MOST_UNITS = 32
"""Of more hidden units the single curves would only be a grey area."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_UNDER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


class Plot(QWidget):
    """A plot that takes the room there is."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a size at which it is read well."""
        return QSize(90 * SPACE, 70 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which it can still be read."""
        return QSize(50 * SPACE, 40 * SPACE)


class FitPlot(Plot):
    """The curve, the network, and each of its hidden units."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("approximation.fit", parent)
        self._fit: Fit | None = None

    def show_fit(self, fit: Fit) -> None:
        """Show a network."""
        self._fit = fit
        self.setAccessibleName(
            f"Curve and network of {len(fit.weights)} hidden units, apart by {number(fit.error)} at most"
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        fit = self._fit
        if fit is None:
            return
        painter = QPainter(self)
        box = QRectF(self.rect().adjusted(LEFT, EDGE, -EDGE, -BOTTOM))
        low, high = span(np.concatenate([fit.truth, np.clip(fit.output, -3.0, 3.0)]))
        self._paint_axes(painter, box, low, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(box)
        if len(fit.weights) <= MOST_UNITS:
            painter.setPen(QPen(theme().color("faint"), 1))
            for unit in fit.hidden.T:
                painter.drawPolyline(polyline(unit[::10], box, low, high))
        for values, role, style in (
            (fit.truth, "validation", Qt.PenStyle.SolidLine),
            (fit.output, "text", Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(theme().color(role), WIRE_WIDTH, style))
            painter.drawPolyline(polyline(values[::2], box, low, high))
        painter.setClipping(False)

    def _paint_axes(self, painter: QPainter, box: QRectF, low: float, high: float) -> None:
        painter.setFont(theme().font(SMALL_PX))
        for tick, text in ticks(low, high, int(box.height() / (10 * SPACE))):
            y = box.bottom() - (tick - low) / (high - low) * box.height()
            painter.setPen(theme().color("line"))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(theme().color("dim"))
            painter.drawText(QRectF(0, y - 2 * SPACE, LEFT - SPACE, 4 * SPACE), _RIGHT, text)
        for tick, text in ticks(-1.0, 1.0, int(box.width() / (12 * SPACE))):
            x = box.left() + (tick + 1.0) / 2.0 * box.width()
            under = QRectF(x - 6 * SPACE, box.bottom() + SPACE / 2, 12 * SPACE, BOTTOM - SPACE / 2)
            painter.drawText(under, _UNDER, text)


class SweepPlot(Plot):
    """The largest error over the number of hidden units, both in powers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("approximation.sweep", parent)
        self._errors: tuple[float, ...] = ()
        self._chosen = 2, 1.0

    def show_errors(self, errors: tuple[float, ...], units: int, error: float) -> None:
        """Show the errors of `SIZES`, and that of the number that is chosen."""
        self._errors, self._chosen = errors, (units, error)
        said = ", ".join(f"{size}: {number(each, 2)}" for size, each in zip(SIZES, errors, strict=True))
        self.setAccessibleName(f"Largest error by hidden units. {said}")
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        if not self._errors:
            return
        painter = QPainter(self)
        box = QRectF(self.rect().adjusted(WIDE_LEFT, EDGE, -3 * EDGE, -BOTTOM))
        logs = [math.log10(max(error, 1e-16)) for error in (*self._errors, self._chosen[1])]
        low, high = math.floor(min(logs)), max(math.ceil(max(logs)), 1)
        self._paint_axes(painter, box, low, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = [
            _spot(box, size, log, low, high) for size, log in zip(SIZES, logs[: len(SIZES)], strict=True)
        ]
        painter.setPen(QPen(theme().color("accent"), WIRE_WIDTH))
        painter.drawPolyline(QPolygonF(spots))
        painter.setBrush(theme().color("accent"))
        for spot in spots:
            painter.drawEllipse(spot, POINT_PX / 2, POINT_PX / 2)
        painter.setBrush(theme().color("panel"))
        painter.setPen(QPen(theme().color("text"), WIRE_WIDTH))
        painter.drawEllipse(_spot(box, self._chosen[0], logs[-1], low, high), POINT_PX, POINT_PX)

    def _paint_axes(self, painter: QPainter, box: QRectF, low: int, high: int) -> None:
        painter.setFont(theme().font(SMALL_PX))
        for power in log_ticks(low, high, max(int(box.height() / (8 * SPACE)), 2)):
            y = box.bottom() - (power - low) / (high - low) * box.height()
            painter.setPen(theme().color("line"))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(theme().color("dim"))
            beside = QRectF(0, y - 2 * SPACE, WIDE_LEFT - SPACE, 4 * SPACE)
            painter.drawText(beside, _RIGHT, number(10.0**power, 1))
        for size in SIZES:
            x = _spot(box, size, low, low, high).x()
            under = QRectF(x - 6 * SPACE, box.bottom() + SPACE / 2, 12 * SPACE, BOTTOM - SPACE / 2)
            painter.drawText(under, _UNDER, str(size))


def _spot(box: QRectF, units: float, log: float, low: float, high: float) -> QPointF:
    """Return where an error stands."""
    share = math.log2(units / SIZES[0]) / math.log2(SIZES[-1] / SIZES[0])
    return QPointF(box.left() + share * box.width(), box.bottom() - (log - low) / (high - low) * box.height())
