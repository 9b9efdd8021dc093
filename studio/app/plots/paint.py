"""Small things that several plots paint with."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from studio.runs.records import Array


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """Return a colour between two: `share` of the first, the rest of the second.

    An opaque paler colour, where a transparent one would cost the painter a blend of every pixel.
    """
    rest = 1.0 - share
    return QColor(
        round(share * first.red() + rest * second.red()),
        round(share * first.green() + rest * second.green()),
        round(share * first.blue() + rest * second.blue()),
    )


def image_of(pixels: Array) -> QImage:
    """Return an image of its own memory.

    Shape:
        pixels: (H, W) uint8 grey, or (H, W, 3) uint8 RGB
    """
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    grey = pixels.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return QImage(pixels.tobytes(), width, height, width * (1 if grey else 3), kind).copy()
