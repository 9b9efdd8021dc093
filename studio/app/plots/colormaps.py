"""Perceptually uniform colour maps, as tables that indexed images use."""

from __future__ import annotations

import os
from functools import cache

from PySide6.QtGui import qRgb


@cache
def color_table(name: str = "inferno") -> tuple[int, ...]:
    """Return the 256 colours of a map, from low to high, for `QImage.setColorTable`."""
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    from pyqtgraph import colormap  # 0.3 s: not before the first heat map is shown

    colors = colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return tuple(qRgb(int(red), int(green), int(blue)) for red, green, blue in colors)
