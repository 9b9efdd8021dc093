"""A map of a sample in heat colours, if wanted over the sample itself; of a sample that is a row, a strip."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.inside.matrix_field import Matrix, pixels_of
from studio.app.panels.sample_view import to_image
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, SMALL_PX, SPACE
from studio.runs.insights import SamplesSeen

STRENGTH = 0.65
"""Of a map over the sample."""

WORDS, STRIP = 6 * SPACE, 12 * SPACE


class Overlay(QWidget):
    """One picture with its name above, and its scale below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = self._words = name
        self._matrix: Matrix | None = None
        self._map: QImage | None = None
        self._under: QImage | None = None
        self._is_over = False
        self.setAccessibleName(name)
        self.setMinimumSize(40 * SPACE, 40 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    @property
    def matrix(self) -> Matrix | None:
        """The map on show; None if there is none."""
        return self._matrix

    def lay_over(self, over: bool) -> None:
        """Say whether the sample shines through."""
        self._is_over = over
        self.update()

    def show_map(self, matrix: Matrix | None, seen: SamplesSeen, words: str) -> None:
        """Show a map over a sample."""
        self._matrix, self._words = matrix, words
        self._map = pixels_of(matrix) if matrix is not None else None
        self._under = to_image(seen.pictures[0]) if seen.pictures.size else None
        scale = f", from 0 to {number(matrix.high)}" if matrix is not None else ": there is none"
        self.setAccessibleName(f"{words}{scale}")
        self.update()

    def area(self) -> QRect:
        """Return where the picture is: as large as there is room for, in its own proportion."""
        room = self.rect().adjusted(0, WORDS, 0, -WORDS)
        if self._under is None:
            return QRect(room.left(), room.top(), room.width(), min(room.height(), STRIP))
        size = self._under.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(room.topLeft(), size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter, area = QPainter(self), self.area()
        painter.setFont(theme().font(LABEL_PX))
        painter.setPen(theme().color("text"))
        head = QRect(0, 0, self.width(), WORDS)
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        if self._map is None or self._matrix is None:
            painter.drawText(area, Qt.AlignmentFlag.AlignTop, "–")
            return
        if self._under is not None and self._is_over:
            painter.drawImage(area, self._under)
            painter.setOpacity(STRENGTH)
        painter.drawImage(area, self._map)
        painter.setOpacity(1.0)
        scale = f"dark 0, bright {number(self._matrix.high)} · {' × '.join(map(str, _size(self._matrix)))}"
        if self._under is not None and self._is_over:
            scale += " · laid over the sample"
        under = QRect(0, area.bottom() + 1, self.width(), WORDS)
        painter.drawText(under, Qt.AlignmentFlag.AlignVCenter, scale)


def _size(matrix: Matrix) -> tuple[int, ...]:
    return tuple(one for one in np.shape(matrix.values) if one > 1) or (1,)
