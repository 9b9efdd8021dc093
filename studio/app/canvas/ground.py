"""The dotted ground of the canvas."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from studio.app.canvas.camera import Camera
from studio.app.canvas.grid import dot_step
from studio.app.theme.measures import GRID_DOT_PX as DOT_PX
from studio.app.theme.measures import NEAREST_DOTS_PX
from studio.app.theme.theme import theme


def paint_ground(painter: QPainter, camera: Camera, part: QRect, ratio: float) -> None:
    """Paint a part of the widget.

    Dots are rounded to pixels of the screen from the canvas' own origin, not from the part's corner, so
    that parts painted at different times fit together.
    """
    painter.fillRect(part, theme().color("canvas"))
    step = dot_step() * camera.zoom
    if not step:
        return
    while step < NEAREST_DOTS_PX:
        step *= 2
    step *= ratio
    side = max(round(DOT_PX * ratio), 1)
    left, top = round(camera.x * camera.zoom * ratio), round(camera.y * camera.zoom * ratio)
    across = _dots(left, part.left() * ratio, part.right() * ratio, step, side)
    down = _dots(top, part.top() * ratio, part.bottom() * ratio, step, side)
    row = _row(across, side)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    for y in down:
        painter.drawPixmap(across[0], y, row)
    painter.restore()


def _row(across: list[int], side: int) -> QPixmap:
    """Return one row of dots: a few dozen of them to paint, where the whole would be thousands."""
    row = QPixmap(across[-1] - across[0] + side, side)
    row.fill(theme().color("canvas"))
    painter = QPainter(row)
    color = theme().color("grid")
    for x in across:
        painter.fillRect(x - across[0], 0, side, side, color)
    painter.end()
    return row


def _dots(corner: int, low: float, high: float, step: float, side: int) -> list[int]:
    """Return where dots are between two places of the widget, in pixels of the screen."""
    first = math.floor((corner + low - side) / step)
    last = math.ceil((corner + high + side) / step)
    return [round(place * step) - corner for place in range(first, last + 1)]
