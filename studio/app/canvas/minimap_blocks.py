"""The blocks of the overview as pixels: ten thousand small rectangles in a millisecond or two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from studio.app.canvas.wires import Array
from studio.app.theme.measures import LEAST_MAP_BLOCK as SMALLEST


def blocks_image(boxes: Array, tints: Sequence[str], colors: dict[str, QColor], size: QSize) -> QImage:
    """Return a transparent picture with a rectangle for each box, those of one colour after another.

    Args:
        boxes: Left, top, right, bottom in pixels, (N, 4); what lies outside is cut off.
        tints: Name of each one's colour.
        colors: Colours by name; later ones lie on top.
        size: Of the picture.
    """
    wide, high = size.width(), size.height()
    least = boxes[:, :2] + SMALLEST
    corners = np.rint(np.concatenate([boxes[:, :2], np.maximum(boxes[:, 2:], least)], axis=1)).astype(np.intp)
    np.clip(corners, 0, (wide, high, wide, high), out=corners)
    names = {name: place for place, name in enumerate(colors)}
    kinds = np.fromiter((names[tint] for tint in tints), dtype=np.intp, count=len(tints))
    pixels = np.zeros((high, wide), dtype=np.uint32)
    for name, place in names.items():
        pixels[_covered(corners[kinds == place], wide, high)] = colors[name].rgba()
    image = QImage(pixels.tobytes(), wide, high, 4 * wide, QImage.Format.Format_ARGB32)
    return image.copy()  # the bytes are gone when this returns


def _covered(corners: np.ndarray, wide: int, high: int) -> np.ndarray:
    """Return which pixels any of some rectangles covers, (high, wide): sums over marks at their corners."""
    left, top, right, bottom = corners.T
    across = wide + 1
    marks = np.zeros((high + 1) * across)
    for sign, x, y in ((1, left, top), (-1, right, top), (-1, left, bottom), (1, right, bottom)):
        marks += sign * np.bincount(y * across + x, minlength=len(marks))
    depth = marks.reshape(high + 1, across).cumsum(axis=0).cumsum(axis=1)
    covered: np.ndarray = depth[:high, :wide] > 0.5
    return covered
