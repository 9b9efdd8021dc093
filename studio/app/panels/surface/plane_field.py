"""The plane of two features: what the network says all over it, and the points of the data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.surface.painting import class_color, heat_color, heights, middle_of, regions
from studio.app.panels.surface.symbols import paint_point
from studio.app.plots.ticks import linear_ticks, tick_text
from studio.app.plots.wording import number, percent
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Surface

LEFT, BOTTOM, EDGE = 9 * SPACE, 5 * SPACE, 2 * SPACE
"""Room for the numbers at the axes, and around the rest."""

WIDEST = 1.6
"""The plane is so much wider than high at most."""

FEW = 4
"""More classes than these have their names in their regions, too: colours alone would be hard to tell."""

NEAR = 2 * SPACE
"""A point is under the pointer if it is no farther away than this."""


class PlaneField(QWidget):
    """Regions of classes or heights of a value, with points upon them; hovering reads both."""

    hovered = Signal(str)
    """Place and what is said there; empty when the pointer left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot.surface.plane")
        self._surface: Surface | None = None
        self._picture: QImage | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the network computes over the plane")
        theme().changed.connect(self._forget)

    def show_surface(self, surface: Surface | None) -> None:
        """Show another surface."""
        self._surface = surface
        self._forget()

    @property
    def area(self) -> QRect:
        """Where the plane is."""
        room = self.rect().adjusted(LEFT, EDGE, -EDGE, -BOTTOM)
        room.setWidth(min(room.width(), round(WIDEST * room.height())))
        return room

    @property
    def value_range(self) -> tuple[float, float]:
        """What the ends of the colours stand for, where outputs are values."""
        assert self._surface is not None
        both = np.concatenate([self._surface.outputs[0].ravel(), self._surface.truth])
        known = both[np.isfinite(both)]
        return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        surface, area = self._surface, self.area
        if surface is None or area.width() < 2 or area.height() < 2:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        size = round(area.width() * ratio), round(area.height() * ratio)
        if self._picture is None:
            self._picture = (
                regions(surface.outputs, *size)
                if surface.classes
                else heights(surface.outputs[0], *self.value_range, *size)
            )
        painter.drawImage(area, self._picture)
        painter.setClipRect(area)
        self._paint_points(painter, surface)
        if len(surface.classes) > FEW:
            self._paint_names(painter, surface, area)
        painter.setClipping(False)
        self._paint_axes(painter, surface, area)

    def _paint_points(self, painter: QPainter, surface: Surface) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._point_colors(surface)
        places = self._places(surface)
        wrong = (surface.said != surface.truth) & bool(surface.classes)
        for (x, y), color, held_out, is_wrong in zip(
            places.tolist(), colors, surface.held_out.tolist(), wrong.tolist(), strict=True
        ):
            paint_point(painter, QPointF(x, y), color, held_out=held_out, wrong=is_wrong)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_names(self, painter: QPainter, surface: Surface, area: QRect) -> None:
        """Write each class's name into its region."""
        painter.setFont(theme().font(SMALL_PX, bold=True))
        top, last = surface.outputs.argmax(axis=0), surface.outputs.shape[-1] - 1
        for index, name in enumerate(surface.classes):
            place = middle_of(top == index)
            if place is None:
                continue
            x = area.left() + place[1] / last * area.width()
            y = area.bottom() - place[0] / last * area.height()
            width = painter.fontMetrics().horizontalAdvance(name) + 2 * SPACE
            box = QRectF(x - width / 2, y - 2 * SPACE, width, 4 * SPACE)
            painter.fillRect(box, theme().color("panel"))
            painter.setPen(theme().color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _point_colors(self, surface: Surface) -> list[QColor]:
        if surface.classes:
            known = [class_color(index) for index in range(len(surface.classes))]
            return [known[int(truth) % len(known)] for truth in surface.truth.tolist()]
        low, high = self.value_range
        width = max(high - low, 1e-12)
        return [heat_color((truth - low) / width) for truth in surface.truth.tolist()]

    def _places(self, surface: Surface) -> np.ndarray:
        """Return where the points are on the widget; (N, 2)."""
        low, high = np.array(surface.lows), np.array(surface.highs)
        relative = (surface.points - low) / np.maximum(high - low, 1e-12)
        area = self.area
        return np.stack(
            [area.left() + relative[:, 0] * area.width(), area.top() + (1 - relative[:, 1]) * area.height()],
            axis=1,
        )

    def _paint_axes(self, painter: QPainter, surface: Surface, area: QRect) -> None:
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.setPen(theme().color("dim"))
        (left, low), (right, high) = surface.lows, surface.highs
        for tick, text in ticks(left, right, area.width() // (12 * SPACE)):
            x = area.left() + (tick - left) / (right - left) * area.width()
            under = QRectF(x - 8 * SPACE, area.bottom() + SPACE / 2, 16 * SPACE, BOTTOM - SPACE / 2)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        for tick, text in ticks(low, high, area.height() // (8 * SPACE)):
            y = area.bottom() - (tick - low) / (high - low) * area.height()
            beside = QRectF(0, y - 2 * SPACE, LEFT - SPACE, 4 * SPACE)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def words_at(self, x: float, y: float) -> str:
        """Return place, and what network and data say there; empty outside the plane."""
        surface, area = self._surface, self.area
        if surface is None or not area.contains(round(x), round(y)):
            return ""
        across = (x - area.left()) / max(area.width() - 1, 1)
        up = 1.0 - (y - area.top()) / max(area.height() - 1, 1)
        side = surface.outputs.shape[-1]
        row, column = (min(max(round(share * (side - 1)), 0), side - 1) for share in (up, across))
        (left, low), (right, high) = surface.lows, surface.highs
        place = f"({number(left + across * (right - left))}, {number(low + up * (high - low))})"
        said = surface.outputs[:, row, column]
        if surface.classes:
            best = int(said.argmax())
            words = f"{surface.classes[best]} {percent(float(said[best]))}"
        else:
            words = number(float(said[0]))
        return " · ".join(filter(None, (place, words, self._point_at(surface, x, y))))

    def _point_at(self, surface: Surface, x: float, y: float) -> str:
        if not len(surface.points):
            return ""
        away = np.hypot(*(self._places(surface) - (x, y)).T)
        nearest = int(away.argmin())
        if away[nearest] > NEAR:
            return ""
        truth = float(surface.truth[nearest])
        name = surface.classes[int(truth)] if surface.classes else number(truth)
        part = "validation" if surface.held_out[nearest] else "training"
        is_wrong = surface.classes and surface.said[nearest] != truth
        return f"{'wrong ' if is_wrong else ''}{part} point: {name}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        place = event.position()
        self.hovered.emit(self.words_at(place.x(), place.y()))

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self.hovered.emit("")


def ticks(low: float, high: float, at_most: int) -> list[tuple[float, str]]:
    """Return where an axis has its numbers, and what they are."""
    found = linear_ticks(low, high, max(at_most, 2))
    spacing = found[1] - found[0] if len(found) > 1 else high - low
    return [(tick, tick_text(tick, spacing)) for tick in found]
