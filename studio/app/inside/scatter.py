"""Samples as points in the plane, in the colours of their classes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.surface.painting import class_color, has_color_again
from studio.app.panels.surface.symbols import paint_point
from studio.app.plots.ticks import linear_ticks, tick_text
from studio.app.theme.theme import theme
from studio.app.theme.tokens import POINT_PX, SMALL_PX, SPACE
from studio.runs.records import Array

LEFT, BOTTOM, MARGIN = 12 * SPACE, 8 * SPACE, 3 * SPACE
REACH = 2 * POINT_PX
"""So near a point the pointer must be."""

PX_PER_TICK = 24 * SPACE


class Scatter(QWidget):
    """Points that can be hovered and clicked. Where colours begin anew, points are triangles."""

    hovered = Signal(int)
    """Which point is under the pointer; -1: none."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Array = np.zeros((0, 2))
        self._labels: Array = np.zeros(0, np.int64)
        self._axes = "", ""
        self._chosen = -1
        self.setMouseTracking(True)
        self.setAccessibleName("Samples as points")
        self.setMinimumSize(60 * SPACE, 40 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def show_points(self, points: Array, labels: Array, axes: tuple[str, str]) -> None:
        """Show points; those with NaN are left out.

        Shape:
            points: (N, 2)
            labels: (N,), -1 for none
        """
        self._points, self._labels, self._axes, self._chosen = points, labels, axes, -1
        self.update()

    def choose(self, index: int) -> None:
        """Ring a point."""
        self._chosen = index
        self.update()

    def area(self) -> QRectF:
        """Return where the points are."""
        return QRectF(self.rect()).adjusted(LEFT, SPACE, -MARGIN, -BOTTOM)

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the ends of both axes, with some room around the points."""
        known = self._points[np.isfinite(self._points).all(1)]
        if not len(known):
            return (-1.0, 1.0), (-1.0, 1.0)
        ends = []
        for low, high in zip(known.min(0).tolist(), known.max(0).tolist(), strict=True):
            room = 0.05 * (high - low) or 1.0
            ends.append((low - room, high + room))
        return ends[0], ends[1]

    def places(self) -> Array:
        """Return where each point is painted; (N, 2), NaN for those that are not."""
        area, (across, up) = self.area(), self.ranges()
        x = area.left() + (self._points[:, 0] - across[0]) / (across[1] - across[0]) * area.width()
        y = area.bottom() - (self._points[:, 1] - up[0]) / (up[1] - up[0]) * area.height()
        return np.stack([x, y], axis=1)

    def point_at(self, x: float, y: float) -> int:
        """Return the point nearest to a place; -1 if none is near."""
        if not len(self._points):
            return -1
        far = np.nan_to_num(np.hypot(*(self.places() - (x, y)).T), nan=np.inf)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= REACH else -1

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        if not len(self._points):
            return
        self._paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places, accent = self.places(), theme().color("accent")
        for (x, y), label in zip(places.tolist(), self._labels.tolist(), strict=True):
            if x == x and y == y:
                color = class_color(label) if label >= 0 else accent
                again = label >= 0 and has_color_again(label)
                paint_point(painter, QPointF(x, y), QColor(color), held_out=again)
        if 0 <= self._chosen < len(places):
            painter.setPen(QPen(theme().color("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(*places[self._chosen].tolist()), REACH, REACH)

    def _paint_axes(self, painter: QPainter) -> None:
        area, (across, up) = self.area(), self.ranges()
        painter.setFont(theme().font(SMALL_PX))
        for tick, words in _ticks(*across, area.width()):
            x = area.left() + (tick - across[0]) / (across[1] - across[0]) * area.width()
            painter.setPen(theme().color("line"))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(theme().color("dim"))
            box = QRectF(x - LEFT, area.bottom() + SPACE, 2 * LEFT, 4 * SPACE)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, words)
        for tick, words in _ticks(*up, area.height()):
            y = area.bottom() - (tick - up[0]) / (up[1] - up[0]) * area.height()
            painter.setPen(theme().color("line"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme().color("dim"))
            box = QRectF(0, y - 2 * SPACE, LEFT - SPACE, 4 * SPACE)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        under = QRectF(area.left(), area.bottom() + 4 * SPACE, area.width(), 4 * SPACE)
        painter.drawText(under, Qt.AlignmentFlag.AlignRight, f"{self._axes[0]} →")
        corner = QRectF(area.left() + SPACE, area.top(), area.width(), 5 * SPACE)
        painter.drawText(corner, Qt.AlignmentFlag.AlignLeft, f"↑ {self._axes[1]}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which point is under the pointer."""
        self.hovered.emit(self.point_at(event.position().x(), event.position().y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a point."""
        found = self.point_at(event.position().x(), event.position().y())
        if found >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.choose(found)
            self.clicked.emit(found)

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self.hovered.emit(-1)


def _ticks(low: float, high: float, room: float) -> list[tuple[float, str]]:
    """Return where an axis has its numbers, and how they are written."""
    ticks = linear_ticks(low, high, max(int(room // PX_PER_TICK), 2))
    spacing = ticks[1] - ticks[0] if len(ticks) > 1 else abs(high - low)
    return [(tick, tick_text(tick, spacing)) for tick in ticks]
