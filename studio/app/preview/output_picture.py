"""What a layer gives, as a picture: maps in a grid, or a row of numbers as bars."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.plots.colormaps import color_table
from studio.app.plots.pictures import GAP, Grid, grid_for
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PREVIEW_SIZE, SPACE
from studio.runs.records import Array

LEVELS = 255.0


class OutputPicture(QWidget):
    """Shows maps, brighter for larger numbers, all on one scale; or bars from zero up and down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview.picture")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(*PREVIEW_SIZE)
        self._maps: list[QImage] = []
        self._bars: Array = np.zeros(0, np.float32)
        self._grid = Grid(1, 1, 1, 1, GAP)

    @property
    def shows_maps(self) -> bool:
        """Whether it shows maps, not bars."""
        return bool(self._maps)

    def show_values(self, values: Array, low: float, high: float) -> None:
        """Show what a layer gives.

        Args:
            values: (K, H, W), or (E,).
            low: What the darkest colour stands for.
            high: What the brightest stands for.
        """
        self._maps, self._bars = [], np.zeros(0, np.float32)
        if values.ndim == 3:
            self._maps = [_indexed(map_, low, high) for map_ in values]
            room = self.width(), self.height()
            self._grid = grid_for(len(values), values.shape[1:], room, self.height(), GAP)
        else:
            self._bars = np.nan_to_num(np.asarray(values, np.float32))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        if self._maps:
            self._paint_maps(painter)
        elif len(self._bars):
            self._paint_bars(painter)

    def _paint_maps(self, painter: QPainter) -> None:
        grid = self._grid
        shown = self._maps[: grid.capacity]
        used = -(-len(shown) // grid.columns)
        size = QSize(
            grid.columns * (grid.tile_width + grid.gap) - grid.gap,
            used * (grid.tile_height + grid.gap) - grid.gap,
        )
        painter.translate((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
        for index, image in enumerate(shown):
            x, y = grid.corner(index)
            painter.drawImage(QRectF(x, y, grid.tile_width, grid.tile_height), image)

    def _paint_bars(self, painter: QPainter) -> None:
        most = max(self.width() // 2, 1)
        together = -(-len(self._bars) // most)
        padded = np.pad(self._bars, (0, -len(self._bars) % together), mode="edge").reshape(-1, together)
        heights = padded[np.arange(len(padded)), np.abs(padded).argmax(axis=1)]  # the largest, never a mean
        low, high = min(float(heights.min()), 0.0), max(float(heights.max()), 0.0)
        scale = (self.height() - 2 * SPACE) / max(high - low, 1e-12)
        zero = SPACE + high * scale
        step = self.width() / len(heights)
        gap = 1.0 if step > 3.0 else 0.0
        for index, height in enumerate(heights.tolist()):
            bar = QRectF(index * step, zero - height * scale, max(step - gap, 1.0), height * scale)
            painter.fillRect(bar.normalized(), theme().color("accent"))
        painter.setPen(theme().color("dim"))
        painter.drawLine(0, round(zero), self.width(), round(zero))


def _indexed(values: Array, low: float, high: float) -> QImage:
    """Return a map as an image of indexed colours."""
    width = max(high - low, 1e-12)
    relative = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / width
    levels = np.ascontiguousarray(np.rint(LEVELS * np.clip(relative, 0.0, 1.0)).astype(np.uint8))
    tall, wide = levels.shape
    image = QImage(levels.tobytes(), wide, tall, wide, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(list(color_table()))
    return image.convertToFormat(QImage.Format.Format_RGB32).scaled(
        wide, tall, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
    )
