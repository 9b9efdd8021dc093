"""What each unit of a node computes, as small pictures side by side."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.surface.line_field import polyline, span
from studio.app.panels.surface.painting import HEAT, heights
from studio.app.plots.colormaps import color_table
from studio.app.plots.pictures import Grid
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Array, Surface

GAP = SPACE
LARGEST, SMALLEST = 34 * SPACE, 10 * SPACE
"""Side of a tile: larger ones show nothing more, and smaller ones nothing."""

SIDE = 10 * SPACE
"""Room for a number at each end of the colours."""

EXTREMES = 0.01, 0.99
"""Quantiles of the values between which the colours of planes run."""

FLAT = 0.6
"""Height of a curve's tile as part of its width."""


class UnitTiles(QWidget):
    """Tiles on one scale; a line shows where a pre-activation is 0. Hovering reads a unit at a place."""

    hovered = Signal(str)
    """Number of the unit, place and value; empty over none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot.surface.units")
        self._surface: Surface | None = None
        self._values: Array = np.zeros((0, 2), np.float32)
        self._is_before = False
        self._images: list[QImage] = []
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What each unit computes")
        theme().changed.connect(self._forget)

    def show_units(self, surface: Surface | None, *, before: bool) -> None:
        """Show pre-activations or activations of a surface's units."""
        self._surface, self._is_before = surface, before
        if surface is not None:
            self._values = surface.before if before else surface.after
        else:
            self._values = np.zeros((0, 2), np.float32)
        self._forget()

    @property
    def value_range(self) -> tuple[float, float]:
        """What the ends of the colours, or the edges of the curves' tiles, stand for.

        Colours leave out a few extreme values: a corner where one unit is huge would leave all others dark.
        """
        known = self._values[np.isfinite(self._values)]
        if not len(known):
            return 0.0, 1.0
        ends = EXTREMES if self._values.ndim == 3 else (0.0, 1.0)
        low, high = (float(end) for end in np.quantile(known, ends))
        return (low, high) if high > low else (float(known.min()), float(known.max()))

    @property
    def grid(self) -> Grid:
        """Where the tiles stand: as large as there is room for."""
        count = max(len(self._values), 1)
        flat = FLAT if self._values.ndim == 2 else 1.0
        for width in range(LARGEST, SMALLEST - 1, -1):
            tall = round(width * flat)
            columns = max(1, (self.width() + GAP) // (width + GAP))
            rows = max(1, (self.height() + GAP) // (tall + GAP))
            if columns * rows >= count:
                break
        return Grid(columns, rows, width, tall, GAP)

    @property
    def shown(self) -> int:
        """How many units there is room for."""
        return min(len(self._values), self.grid.capacity)

    def _forget(self) -> None:
        self._images = []
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the pictures anew."""
        super().resizeEvent(event)
        self._forget()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        if not len(self._values):
            return
        painter, grid = QPainter(self), self.grid
        is_plane = self._values.ndim == 3
        if is_plane and not self._images:
            self._make_images(grid)
        for index in range(self.shown):
            place = QRect(*grid.corner(index), grid.tile_width, grid.tile_height)
            if is_plane:
                painter.drawImage(place, self._images[index])
            else:
                self._paint_curve(painter, place, self._values[index])
            painter.setPen(theme().color("accent" if index == self._hovered else "line"))
            painter.drawRect(place.adjusted(0, 0, -1, -1))

    def _make_images(self, grid: Grid) -> None:
        ratio = self.devicePixelRatioF()
        size = round(grid.tile_width * ratio), round(grid.tile_height * ratio)
        low, high = self.value_range
        self._images = [
            heights(values, low, high, *size, zero=self._is_before) for values in self._values[: self.shown]
        ]

    def _paint_curve(self, painter: QPainter, place: QRect, values: Array) -> None:
        low, high = span(self._values)
        box = QRectF(place).adjusted(1, 1, -1, -1)
        if low < 0.0 < high:
            zero = box.bottom() + low / (high - low) * box.height()
            painter.setPen(theme().color("grid"))
            painter.drawLine(QPointF(box.left(), zero), QPointF(box.right(), zero))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("accent"), 1))
        painter.drawPolyline(polyline(values, box, low, high))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def words_at(self, x: float, y: float) -> str:
        """Return which unit is at a place, and what it says there."""
        surface, grid = self._surface, self.grid
        index = grid.tile_at(x, y)
        if surface is None or index is None or index >= self.shown:
            return ""
        left, top = grid.corner(index)
        across = (x - left) / max(grid.tile_width - 1, 1)
        up = 1.0 - (y - top) / max(grid.tile_height - 1, 1)
        letter = "a" if self._is_before else "h"
        values = self._values[index]
        column = _nearest(across, values.shape[-1])
        if values.ndim == 1:
            place, value = self._place(surface, across), float(values[column])
        else:
            place, value = self._place(surface, across, up), float(values[_nearest(up, len(values)), column])
        return f"unit {index} · {place} · {letter} {number(value)}"

    @staticmethod
    def _place(surface: Surface, *shares: float) -> str:
        found = [
            number(low + share * (high - low))
            for low, high, share in zip(surface.lows, surface.highs, shares, strict=True)
        ]
        return f"({', '.join(found)})" if len(found) > 1 else f"x {found[0]}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        place = event.position()
        index = self.grid.tile_at(place.x(), place.y())
        if index != self._hovered:
            self._hovered = index
            self.update()
        self.hovered.emit(self.words_at(place.x(), place.y()))

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self._hovered = None
        self.hovered.emit("")
        self.update()


class ColorBar(QWidget):
    """The colours of the tiles, and what the two ends of them stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range = 0.0, 1.0
        self._colors = HEAT
        self.setFixedSize(2 * SIDE + 16 * SPACE, 6 * SPACE)
        theme().changed.connect(self.update)

    def show_range(self, low: float, high: float, colors: str = HEAT) -> None:
        """Show what the ends stand for, in the colours of a map."""
        self._range, self._colors = (low, high), colors
        self.setAccessibleName(
            f"The darkest colour is {number(low, 2)} and less, the brightest {number(high, 2)} and more"
        )
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        bar = QRect(SIDE, 2 * SPACE, self.width() - 2 * SIDE, 2 * SPACE)
        table = color_table(self._colors)
        for x in range(bar.width()):
            painter.fillRect(bar.left() + x, bar.top(), 1, bar.height(), table[x * 255 // bar.width()])
        middle = Qt.AlignmentFlag.AlignVCenter
        left = QRect(0, 0, SIDE - SPACE, self.height())
        right = QRect(bar.right() + 1 + SPACE, 0, SIDE, self.height())
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignRight, number(self._range[0], 2))
        painter.drawText(right, middle, number(self._range[1], 2))


def _nearest(share: float, count: int) -> int:
    """Return which of so many places from 0 to 1 is the nearest."""
    return min(max(round(share * (count - 1)), 0), count - 1)
