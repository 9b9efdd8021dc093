"""Live pictures for the cards of nodes: learned filters, and how activations are distributed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.plots.pictures import bars_of, tile_image
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.runs.records import Filters, Histogram

THUMBNAIL = QSize(29 * SPACE, 7 * SPACE)
"""Size of a node's live picture in logical pixels."""

_SMALL_GAP = 1
_MOST_BARS = 29
_MOST_STRIPS = 9


def filters_thumbnail(filters: Filters, ratio: float = 2.0) -> QImage:
    """Return the first filters as a node's live picture, `ratio` pixels to a logical one."""
    image = blank(ratio)
    gap = round(_SMALL_GAP * ratio)
    count, tall, wide = filters.pictures.shape[:3]
    if tall == 1 and wide > 1:
        rows, columns, tile_width, side = _strips(count, image.width(), image.height(), gap)
    else:
        rows = 2 if count > 8 else 1
        side = (image.height() - (rows - 1) * gap) // rows
        tile_width = max(1, min(image.width(), round(side * wide / max(1, tall))))
        columns = max(1, (image.width() + gap) // (tile_width + gap))
    painter = QPainter(image)
    painter.scale(1 / ratio, 1 / ratio)
    smooth = wide > tile_width or tall > side
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    for index, picture in enumerate(filters.pictures[: columns * rows]):
        row, column = divmod(index, columns)
        place = QRectF(column * (tile_width + gap), row * (side + gap), tile_width, side)
        painter.drawImage(place, tile_image(picture, filters.scale))
    painter.end()
    return image


def histogram_thumbnail(histogram: Histogram, color: QColor | None = None, ratio: float = 2.0) -> QImage:
    """Return a histogram as a node's live picture: bars in a family's colour, activations' by default."""
    image = blank(ratio)
    heights = bars_of(histogram.counts, _MOST_BARS).heights
    painter = QPainter(image)
    step = THUMBNAIL.width() / len(heights)
    for index, height in enumerate(heights):
        tall = max(height * THUMBNAIL.height(), 1 / ratio if height > 0.0 else 0.0)
        bar = QRectF(index * step, THUMBNAIL.height() - tall, step - _SMALL_GAP, tall)
        painter.fillRect(bar, color or QColor(theme().colors.families["activation"]))
    painter.end()
    return image


def _strips(count: int, width: int, height: int, gap: int) -> tuple[int, int, int, int]:
    """Return rows, columns, width and height of strips, which fill a room column by column."""
    rows = min(count, _MOST_STRIPS)
    columns = -(-count // rows)
    return rows, columns, (width - (columns - 1) * gap) // columns, (height - (rows - 1) * gap) // rows


def blank(ratio: float) -> QImage:
    """Return an empty picture, `ratio` pixels to a logical one."""
    image = QImage(THUMBNAIL * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image
