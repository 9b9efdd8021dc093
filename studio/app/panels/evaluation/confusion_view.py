"""A confusion matrix as a picture: the truth down, what the network said across."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.app.plots.paint import mix
from studio.app.plots.wording import percent
from studio.app.saving import png_of
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.engine.records import Array

LEAST_CELL = 2 * SMALL_PX
"""Narrower cells carry no numbers."""

_CAPTION = "rows: the truth, columns: said"

_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}

MOST_NAMED = 40
"""Of more classes the names would stand on each other."""


class ConfusionView(QWidget):
    """Paints counts by row: the stronger, the larger the share of its class; with numbers where they fit.

    A click chooses a cell, a second one lets it go; so do the arrow keys and Escape.
    """

    cell_chosen = Signal(int, int)
    """Row and column; -1 and -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.confusion")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(40 * SPACE, 30 * SPACE)
        self._counts: Array = np.zeros((0, 0), np.int64)
        self._classes: tuple[str, ...] = ()
        self._cell: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a square's size."""
        return QSize(70 * SPACE, 60 * SPACE)

    def show_counts(self, counts: Array, classes: tuple[str, ...]) -> None:
        """Show a matrix.

        Shape:
            counts: (C, C): row is the truth, column the prediction
        """
        self._counts, self._classes, self._cell = counts, classes, None
        wrong = int(counts.sum() - np.trace(counts)) if len(counts) else 0
        self.setAccessibleName(f"Confusion matrix: {wrong} of {int(counts.sum())} samples wrong")
        self.update()

    @property
    def counts(self) -> Array:
        """The matrix on show."""
        return self._counts

    @property
    def cell(self) -> tuple[int, int] | None:
        """Row and column of the cell that is chosen."""
        return self._cell

    def names(self) -> list[str]:
        """Return the classes' names."""
        return [self._name(place) for place in range(len(self._counts))]

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Choose a cell, or none, and say so if it is another."""
        if cell == self._cell:
            return
        self._cell = cell
        self.setAccessibleDescription(self.words(*cell) if cell is not None else "")
        self.cell_chosen.emit(*(cell or (-1, -1)))
        self.update()

    def png(self) -> bytes:
        """Return a picture of it, in the colours on show, twice as fine."""
        picture = QImage(self.size() * 2, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(2.0)
        picture.fill(theme().color("panel"))
        self.render(picture, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        return png_of(picture)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the row and column under a point."""
        if not len(self._counts):
            return None
        frame, side = self._frame()
        column, row = ((point.x() - frame.x()) / side, (point.y() - frame.y()) / side)
        size = len(self._counts)
        if not (0 <= row < size and 0 <= column < size):
            return None
        return int(row), int(column)

    def words(self, row: int, column: int) -> str:
        """Return what a cell says."""
        count, total = int(self._counts[row, column]), int(self._counts[row].sum())
        share = f" ({percent(count / total)})" if total else ""
        truth, said = self._name(row), self._name(column)
        if row == column:
            return f"{count} of {total} {truth} recognized{share}"
        return f"{count} of {total} {truth} taken for {said}{share}"

    def event(self, event: QEvent) -> bool:
        """Tell a cell's numbers under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words(*cell) if cell else "", self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer, or let it go."""
        cell = self.cell_at(event.position().toPoint())
        self.choose(None if cell == self._cell else cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell by arrows; Escape chooses none."""
        step = _STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._cell is not None:
            self.choose(None)
        elif step is not None and len(self._counts):
            last = len(self._counts) - 1
            row, column = self._cell or (0, 0)
            if self._cell is not None:
                row, column = min(max(row + step[0], 0), last), min(max(column + step[1], 0), last)
            self.choose((row, column))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys come here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they do not any more."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells, numbers and names."""
        if not len(self._counts):
            return
        painter = QPainter(self)
        painter.setFont(theme().font(SMALL_PX))
        frame, side = self._frame()
        totals = np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        shares = self._counts / totals
        panel, ink, wrong = (theme().color(role) for role in ("panel", "train", "bad"))
        for row, column in np.ndindex(*self._counts.shape):
            share = float(shares[row, column])
            strength = math.sqrt(share)  # few errors must be seen beside many hits
            cell = QRectF(frame.x() + column * side, frame.y() + row * side, side, side)
            painter.fillRect(cell, mix(ink if row == column else wrong, panel, strength))
            if side >= LEAST_CELL and self._counts[row, column]:
                painter.setPen(_readable(mix(ink if row == column else wrong, panel, strength)))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(int(self._counts[row, column])))
        painter.setPen(theme().color("accent" if self.hasFocus() else "line"))
        painter.drawRect(frame)
        if self._cell is not None:
            row, column = self._cell
            painter.setPen(QPen(theme().color("text"), 2.0))
            painter.drawRect(QRectF(frame.x() + column * side, frame.y() + row * side, side, side))
        self._paint_names(painter, frame, side)

    def _paint_names(self, painter: QPainter, frame: QRectF, side: float) -> None:
        painter.setPen(theme().color("dim"))
        metrics = painter.fontMetrics()
        if len(self._counts) <= MOST_NAMED and side >= SMALL_PX:
            for place in range(len(self._counts)):
                name = metrics.elidedText(
                    self._name(place), Qt.TextElideMode.ElideRight, int(frame.x() - SPACE)
                )
                left = QRectF(0.0, frame.y() + place * side, frame.x() - SPACE, side)
                painter.drawText(left, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
                below = metrics.elidedText(self._name(place), Qt.TextElideMode.ElideRight, int(side))
                under = QRectF(frame.x() + place * side, frame.bottom() + 1, side, metrics.height())
                painter.drawText(under, Qt.AlignmentFlag.AlignCenter, below)
        words = metrics.elidedText(_CAPTION, Qt.TextElideMode.ElideRight, self.width())
        start = min(frame.x(), self.width() - metrics.horizontalAdvance(words))
        painter.drawText(QPointF(max(start, 0.0), frame.bottom() + 2 * metrics.height() + SPACE), words)

    def _frame(self) -> tuple[QRectF, float]:
        """Return where the cells are, and the side of one."""
        metrics = self.fontMetrics()
        left = min(
            max((metrics.horizontalAdvance(name) for name in self._classes), default=0) + 2 * SPACE,
            self.width() // 3,
        )
        below = 2 * metrics.height() + 2 * SPACE
        room = QPointF(self.width() - left - 2.0, self.height() - below - 2.0)
        side = max(min(room.x(), room.y()) / len(self._counts), 1.0)
        return QRectF(left, 1.0, side * len(self._counts), side * len(self._counts)), side

    def _name(self, place: int) -> str:
        return self._classes[place] if place < len(self._classes) else str(place)


def _readable(ground: QColor) -> QColor:
    """Return black or white, whichever stands out more."""
    return QColor(Qt.GlobalColor.black if ground.lightnessF() > 0.55 else Qt.GlobalColor.white)
