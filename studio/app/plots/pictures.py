"""What pictures of filters and histograms are made of: greys, tiles in a grid, heights of bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from studio.app.plots.paint import image_of
from studio.app.theme.tokens import SPACE
from studio.runs.records import Array

GAP = SPACE // 2
"""Between tiles."""

_CUT_ABOVE = 3.0
_CUT_HEADROOM = 1.5


@dataclass(frozen=True, slots=True)
class Grid:
    """Where tiles stand, in pixels. Tiles are whole multiples of the filters: weights are sharp squares."""

    columns: int
    rows: int
    tile_width: int
    tile_height: int
    gap: int

    @property
    def capacity(self) -> int:
        """How many tiles there is room for."""
        return self.columns * self.rows

    def corner(self, index: int) -> tuple[int, int]:
        """Return the left upper corner of a tile."""
        row, column = divmod(index, self.columns)
        return column * (self.tile_width + self.gap), row * (self.tile_height + self.gap)

    def tile_at(self, x: float, y: float) -> int | None:
        """Return the index of the tile at a place; None in a gap."""
        column, in_x = divmod(x, self.tile_width + self.gap)
        row, in_y = divmod(y, self.tile_height + self.gap)
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        if inside and in_x < self.tile_width and in_y < self.tile_height:
            return int(row * self.columns + column)
        return None


def grid_for(num_tiles: int, picture: tuple[int, int], room: tuple[int, int], largest: int, gap: int) -> Grid:
    """Return the grid with the largest tiles that has room for all, or with the smallest if none has.

    Args:
        num_tiles: How many there are.
        picture: Height and width of one filter, in weights.
        room: Width and height, in pixels.
        largest: No tile is larger than this, unless a filter of one pixel to a weight is.
        gap: Between tiles.
    """
    tall, wide = picture
    width, height = room
    for zoom in range(max(1, largest // max(tall, wide)), 0, -1):
        columns = max(1, (width + gap) // (wide * zoom + gap))
        rows = max(1, (height + gap) // (tall * zoom + gap))
        if columns * rows >= num_tiles or zoom == 1:
            filled = -(-num_tiles // columns)
            even = -(-num_tiles // filled) if filled <= rows else columns
            return Grid(even, rows, wide * zoom, tall * zoom, gap)
    raise AssertionError("zoom 1 always returns")


def grey_levels(pictures: Array, scale: float) -> Array:
    """Return weights as grey levels: −`scale` is black, 0 the middle grey, +`scale` white.

    Shape:
        pictures: (K, H, W) or (K, H, W, 3), where each colour channel is scaled alike
        returns: the same, uint8
    """
    weights = np.nan_to_num(np.asarray(pictures, np.float32))
    relative = weights / (2.0 * scale) if scale > 0.0 else np.zeros_like(weights)
    return np.rint(255.0 * np.clip(relative + 0.5, 0.0, 1.0)).astype(np.uint8)


def tile_image(picture: Array, scale: float) -> QImage:
    """Return one filter, one pixel to a weight."""
    return image_of(grey_levels(picture, scale))


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram as it is drawn.

    Attributes:
        heights: In [0, 1]; (at most as many as asked for,) float64.
        cut: Index of a bar so much higher than all others that it is cut off at the top; None if all
            are in proportion. ReLU's zeros are the usual case.
    """

    heights: Array
    cut: int | None = None


def bars_of(counts: Array, at_most: int) -> Bars:
    """Return a histogram's bars, neighbours joined until there are few enough.

    Shape:
        counts: (B,)
    """
    counts = np.asarray(counts, np.float64)
    together = -(-len(counts) // at_most)
    bars = np.pad(counts, (0, -len(counts) % together)).reshape(-1, together).sum(axis=1)
    highest, second = (*np.sort(bars)[::-1], 0.0, 0.0)[:2]
    if second > 0.0 and highest > _CUT_ABOVE * second:
        return Bars(np.minimum(bars / (_CUT_HEADROOM * second), 1.0), int(bars.argmax()))
    return Bars(bars / max(highest, 1e-12))
