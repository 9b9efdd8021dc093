"""What each layer gives for one sample, a row to a layer, each on a scale of its own, which it states."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.inside.matrix_field import SEQUENTIAL, Matrix, pixels_of
from studio.app.panels.amounts import shape_text
from studio.app.plots.wording import count, number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, SMALL_PX, SPACE
from studio.runs.insights import LayerMaps

SIDE, GAP, ROW_GAP = 18 * SPACE, SPACE, 3 * SPACE
LEFT, RIGHT = 30 * SPACE, 24 * SPACE


class MapsField(QWidget):
    """Rows of maps; a row of numbers is one strip. As many maps are painted as there is room for."""

    hovered = Signal(str)
    """Layer, map, place and value under the pointer; empty over none."""

    chosen = Signal(str)
    """Name of the layer whose row was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[LayerMaps, ...] = ()
        self._images: dict[int, list[QImage]] = {}
        self._node = ""
        self.setMouseTracking(True)
        self.setAccessibleName("What each layer gives for the sample")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._forget)

    def show_layers(self, layers: tuple[LayerMaps, ...], node: str) -> None:
        """Show layers, that of a name marked."""
        self._layers, self._node = layers, node
        self.setFixedHeight(max(len(layers), 1) * (SIDE + ROW_GAP))
        self._forget()

    def top_of(self, name: str) -> int:
        """Return where the row of a layer begins; 0 if it has none."""
        names = [one.node for one in self._layers]
        return names.index(name) * (SIDE + ROW_GAP) if name in names else 0

    def sizeHint(self) -> QSize:
        """Return room for some maps."""
        return QSize(LEFT + 8 * SIDE + RIGHT, self.height())

    def shown(self, row: int) -> int:
        """Return how many maps of a layer there is room for."""
        width = self._tile(row).width()
        room = self.width() - LEFT - RIGHT
        return max(min(len(self._pictures(row)), (room + GAP) // (width + GAP)), 1)

    def place_of(self, row: int, index: int) -> QRect:
        """Return where a map is painted."""
        tile = self._tile(row)
        return QRect(LEFT + index * (tile.width() + GAP), row * (SIDE + ROW_GAP), tile.width(), tile.height())

    def _tile(self, row: int) -> QSize:
        values = self._layers[row].values
        if values.ndim == 1:
            return QSize(max(self.width() - LEFT - RIGHT, 1), SIDE // 3)
        high, wide = values.shape[1:]
        return QSize(
            max(round(SIDE * wide / max(high, wide)), 4), max(round(SIDE * high / max(high, wide)), 4)
        )

    def _pictures(self, row: int) -> list[QImage]:
        """Return the maps of a layer, one pixel to a number; made when they come into view."""
        if row not in self._images:
            layer = self._layers[row]
            maps = layer.values[None, None] if layer.values.ndim == 1 else layer.values
            maps = maps.reshape(-1, *maps.shape[-2:])
            self._images[row] = [pixels_of(Matrix(one, layer.low, layer.high, SEQUENTIAL)) for one in maps]
        return self._images[row]

    def _forget(self) -> None:
        self._images = {}
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in view."""
        painter = QPainter(self)
        first, last = (at // (SIDE + ROW_GAP) for at in (event.rect().top(), event.rect().bottom()))
        for row in range(first, min(last + 1, len(self._layers))):
            for index in range(self.shown(row)):
                painter.drawImage(self.place_of(row, index), self._pictures(row)[index])
            self._paint_words(painter, row)

    def _paint_words(self, painter: QPainter, row: int) -> None:
        layer, top = self._layers[row], row * (SIDE + ROW_GAP)
        painter.setFont(theme().font(LABEL_PX, bold=layer.node == self._node))
        painter.setPen(theme().color("accent" if layer.node == self._node else "text"))
        box = QRectF(0, top, LEFT - 2 * SPACE, 5 * SPACE)
        name = painter.fontMetrics().elidedText(layer.node, Qt.TextElideMode.ElideMiddle, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        shown = self.shown(row) if layer.values.ndim > 1 else len(layer.values)
        some = f"{count(shown)} of {count(layer.total)}" if shown < layer.total else ""
        below = QRectF(0, top + 5 * SPACE, LEFT - 2 * SPACE, SIDE - 5 * SPACE)
        painter.drawText(below, Qt.AlignmentFlag.AlignTop, "\n".join((shape_text(layer.shape), some)))
        beside = QRectF(self.width() - RIGHT + 2 * SPACE, top, RIGHT - 2 * SPACE, SIDE)
        lines = [f"max {number(layer.high)}", f"min {number(layer.low)}"]
        if layer.broken:
            lines.append(f"{count(layer.broken)} NaN or ∞")
        painter.drawText(beside, Qt.AlignmentFlag.AlignTop, "\n".join(lines))

    def words_at(self, x: float, y: float) -> str:
        """Return what is at a place in words."""
        row = int(y // (SIDE + ROW_GAP))
        if not 0 <= row < len(self._layers):
            return ""
        layer = self._layers[row]
        for index in range(self.shown(row)):
            place = self.place_of(row, index)
            if not place.contains(int(x), int(y)):
                continue
            values = layer.values[None] if layer.values.ndim == 1 else layer.values[index]
            at = _cell((y - place.top()) / place.height(), values.shape[0])
            column = _cell((x - place.left()) / place.width(), values.shape[1])
            where = f"number {column}" if layer.values.ndim == 1 else f"map {index} at {at}, {column}"
            return f"{layer.node} · {where} · {number(float(values[at, column]))}"
        return ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        self.hovered.emit(self.words_at(event.position().x(), event.position().y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the layer of a row."""
        row = int(event.position().y() // (SIDE + ROW_GAP))
        if event.button() == Qt.MouseButton.LeftButton and row < len(self._layers):
            self.chosen.emit(self._layers[row].node)

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self.hovered.emit("")


def _cell(share: float, size: int) -> int:
    return int(np.clip(share * size, 0, size - 1))
