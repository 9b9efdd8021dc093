"""The dotted ground of the canvas: painted once for each zoom, then only shifted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF

from studio.app.canvas.camera import Camera
from studio.app.theme.theme import theme

DOT_STEP = 24.0
NEAREST_DOTS_PX = 16.0
"""Dots are never closer than this on screen; far out, every second one stays."""


class Backdrop:
    """Ground and dots as one pixmap, one step larger than the widget."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._key: tuple[object, ...] = ()

    def paint(self, painter: QPainter, camera: Camera, size: QSize, ratio: float) -> None:
        """Fill the widget."""
        step = DOT_STEP * camera.zoom
        while step < NEAREST_DOTS_PX:
            step *= 2
        key = (step, size.width(), size.height(), ratio, theme().scheme)
        if key != self._key:
            self._pixmap, self._key = _dots(step, size, ratio), key
        left, top = (-(place * camera.zoom) % step - step for place in (camera.x, camera.y))
        painter.drawPixmap(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), self._pixmap)


def _dots(step: float, size: QSize, ratio: float) -> QPixmap:
    """Return the ground with a dot at every multiple of `step`, for one step more than `size`."""
    width, height = size.width() + 2 * step, size.height() + 2 * step
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(theme().color("canvas"))
    across = [column * step for column in range(int(width / step) + 1)]
    down = [row * step for row in range(int(height / step) + 1)]
    painter = QPainter(pixmap)
    painter.setPen(QPen(theme().color("grid"), 2.0))
    painter.drawPoints(QPolygonF([QPointF(x, y) for y in down for x in across]))
    painter.end()
    return pixmap
