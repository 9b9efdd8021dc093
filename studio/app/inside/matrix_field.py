"""A matrix as a picture: a colour for each number, a strip of classes above it, and bars beside its rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.surface.painting import class_color, has_color_again
from studio.app.plots.colormaps import color_table
from studio.app.plots.paint import image_of, mix
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Array

LEFT, BOTTOM, BARS, GAP, STRIP = 12 * SPACE, 5 * SPACE, 24 * SPACE, 2 * SPACE, 2 * SPACE
HEADING = 4 * SPACE

BAR_STRENGTH = 0.6
"""Of a bar's colour on the panel: numbers come first."""

SEQUENTIAL, DIVERGING = "viridis", "CET-D1"


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is shown.

    Attributes:
        values: (R, C); what is no number has a colour of its own.
        low: What the first colour stands for.
        high: What the last colour stands for.
        colors: The map.
        row_words: What the first and the last row are called.
        column_words: What the first and the last column are called.
        strip: Class of each column, (C,), or (0,).
        bars: Length of a bar beside each row, (R,), or (0,).
        bars_title: What they are; the longest is named behind it.
    """

    values: Array
    low: float
    high: float
    colors: str = SEQUENTIAL
    row_words: tuple[str, str] = ("", "")
    column_words: tuple[str, str] = ("", "")
    strip: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    bars: Array = field(default_factory=lambda: np.zeros(0))
    bars_title: str = ""


class MatrixField(QWidget):
    """Paints a `Matrix`."""

    hovered = Signal(int, int)
    """Row and column under the pointer; -1, -1 over none."""

    clicked = Signal(int, int)

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix: Matrix | None = None
        self._image: QImage | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(words)
        self.setMinimumSize(LEFT + BARS + 20 * SPACE, 20 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self._forget)

    @property
    def matrix(self) -> Matrix | None:
        """What is shown."""
        return self._matrix

    def show_matrix(self, matrix: Matrix | None) -> None:
        """Show another."""
        self._matrix = matrix
        self._forget()

    def image(self) -> QImage:
        """Return the picture, one pixel to a number."""
        assert self._matrix is not None
        if self._image is None:
            self._image = pixels_of(self._matrix)
        return self._image

    def area(self) -> QRect:
        """Return where the numbers are."""
        found = self._matrix
        above = STRIP + GAP // 2 if found is not None and len(found.strip) else 0
        beside = BARS + GAP if found is not None and len(found.bars) else 0
        top = max(above, HEADING)
        return self.rect().adjusted(LEFT, top, -beside - GAP, -BOTTOM)

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """Return row and column at a place; -1, -1 beside the numbers. Bars belong to their rows."""
        area, found = self.area(), self._matrix
        if found is None or not found.values.size or not area.top() <= y <= area.bottom():
            return -1, -1
        rows, columns = found.values.shape
        row = min(int((y - area.top()) * rows / max(area.height(), 1)), rows - 1)
        if area.left() <= x <= area.right():
            return row, min(int((x - area.left()) * columns / max(area.width(), 1)), columns - 1)
        return (row, -1) if len(found.bars) and x > area.right() else (-1, -1)

    def _forget(self) -> None:
        self._image = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        found, area = self._matrix, self.area()
        if found is None or not found.values.size or area.width() < 2 or area.height() < 2:
            return
        painter = QPainter(self)
        rows, columns = found.values.shape
        shrinks = rows > area.height() or columns > area.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(area, self.image())
        painter.setFont(theme().font(SMALL_PX))
        self._paint_words(painter, found, area)
        if len(found.strip):
            self._paint_strip(painter, found.strip, area)
        if len(found.bars):
            self._paint_bars(painter, found, area)

    def _paint_words(self, painter: QPainter, found: Matrix, area: QRect) -> None:
        painter.setPen(theme().color("dim"))
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        side = QRectF(0, area.top(), LEFT - SPACE, area.height())
        painter.drawText(side, right | Qt.AlignmentFlag.AlignTop, found.row_words[0])
        if area.height() > 8 * SPACE:
            painter.drawText(side, right | Qt.AlignmentFlag.AlignBottom, found.row_words[1])
        under = QRectF(area.left(), area.bottom() + SPACE, area.width(), BOTTOM - SPACE)
        painter.drawText(under, left, found.column_words[0])
        painter.drawText(under, right, found.column_words[1])

    def _paint_strip(self, painter: QPainter, strip: Array, area: QRect) -> None:
        """Paint the class of each column; neighbours of one class are one rectangle."""
        ends = np.flatnonzero(np.diff(strip)) + 1
        starts, stops = np.append(0, ends), np.append(ends, len(strip))
        scale = area.width() / len(strip)
        top = area.top() - STRIP - GAP // 2
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            index = int(strip[start])
            color = class_color(index) if index >= 0 else theme().color("faint")
            height = STRIP / 2 if has_color_again(index) else STRIP
            place = QRectF(area.left() + start * scale, top + STRIP - height, (stop - start) * scale, height)
            painter.fillRect(place, color)

    def _paint_bars(self, painter: QPainter, found: Matrix, area: QRect) -> None:
        known = np.nan_to_num(np.asarray(found.bars, np.float64), posinf=0.0)
        longest, left = max(float(known.max()), 0.0), area.right() + 1 + GAP
        tall = area.height() / len(known)
        color = mix(theme().color("accent"), theme().color("panel"), BAR_STRENGTH)
        for row, value in enumerate(known.tolist()):
            width = value / longest * BARS if longest else 0.0
            bar = QRectF(left, area.top() + row * tall, width, max(tall - (1 if tall > 3 else 0), 1.0))
            painter.fillRect(bar, color)
        painter.setPen(theme().color("dim"))
        above = QRectF(left, 0, BARS + GAP, area.top() - 1)
        painter.drawText(above, Qt.AlignmentFlag.AlignBottom, found.bars_title)
        under = QRectF(left, area.bottom() + SPACE, BARS, BOTTOM - SPACE)
        painter.drawText(under, Qt.AlignmentFlag.AlignLeft, "0")
        if longest:
            painter.drawText(under, Qt.AlignmentFlag.AlignRight, number(longest))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        self.hovered.emit(*self.cell_at(event.position().x(), event.position().y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say what was clicked."""
        row, column = self.cell_at(event.position().x(), event.position().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(row, column)

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self.hovered.emit(-1, -1)


def pixels_of(matrix: Matrix) -> QImage:
    """Return one pixel to a number; what is no number is in the colour of errors."""
    values = np.asarray(matrix.values, np.float64)
    known = np.isfinite(values)
    relative = (np.where(known, values, matrix.low) - matrix.low) / max(matrix.high - matrix.low, 1e-300)
    levels = np.rint(255 * np.clip(relative, 0.0, 1.0)).astype(np.uint8)
    table = np.array(
        [((one >> 16) & 255, (one >> 8) & 255, one & 255) for one in color_table(matrix.colors)], np.uint8
    )
    pixels = table[levels]
    bad = theme().color("bad")
    pixels[~known] = bad.red(), bad.green(), bad.blue()
    return image_of(pixels)


def value_range(values: Array) -> tuple[float, float]:
    """Return the smallest and the largest finite number; 0 and 1 if there is none."""
    known = values[np.isfinite(values)]
    if not known.size:
        return 0.0, 1.0
    return float(known.min()), float(known.max())
