"""Live pictures for cards that are no filters and no histogram: maps, norms over time, dead units, words."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from studio.app.inside.matrix_field import SEQUENTIAL, Matrix, pixels_of
from studio.app.plots.paint import image_of
from studio.app.plots.spark import Spark, paint_spark
from studio.app.plots.thumbnails import THUMBNAIL, blank
from studio.app.plots.wording import number, percent
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Array, Histogram, Maps

_GAP = _LINE = 1.0
_VALUE_WIDTH = 12.0 * SPACE
"""Room for the newest value behind a line."""

_NAME_WIDTH, _SHARE_WIDTH, _BAR = 11.0 * SPACE, 9.0 * SPACE, 2.0 * SPACE
_WIDE = 4.0
"""A map is not drawn wider than so many times its height."""


def note_thumbnail(words: str, ratio: float = 2.0) -> QImage:
    """Return a picture that says in two lines at most why there is none."""
    image, painter = _painter(ratio)
    painter.setPen(theme().color("dim"))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(_room(), int(flags), words)
    painter.end()
    return image


def spark_thumbnail(spark: Spark, ratio: float = 2.0) -> QImage:
    """Return norms over the looks as a line, with the newest value behind it."""
    image, painter = _painter(ratio)
    room = _room()
    paint_spark(painter, room.adjusted(0, 0, -_VALUE_WIDTH - SPACE, 0), spark)
    painter.setPen(theme().color("dim"))
    value = QRectF(room.right() - _VALUE_WIDTH, 0, _VALUE_WIDTH, room.height())
    words = number(spark.newest, 2) if math.isfinite(spark.newest) else "NaN, ∞"
    painter.drawText(value, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
    painter.end()
    return image


def dead_thumbnail(histogram: Histogram, ratio: float = 2.0) -> QImage:
    """Return shares of silent units and of saturated values as bars; at least one of them is known."""
    image, painter = _painter(ratio)
    rows = [
        (name, share)
        for name, share in (("dead", histogram.silent), ("saturated", histogram.saturated))
        if not math.isnan(share)
    ]
    height = THUMBNAIL.height() / max(len(rows), 1)
    for row, (name, share) in enumerate(rows):
        top = row * height
        painter.setPen(theme().color("dim"))
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME_WIDTH)
        painter.drawText(QRectF(0, top, _NAME_WIDTH, height), left | middle, shown)
        width = THUMBNAIL.width() - _NAME_WIDTH - _SHARE_WIDTH - 2 * SPACE
        bar = QRectF(_NAME_WIDTH + SPACE, top + (height - _BAR) / 2, width, _BAR)
        painter.fillRect(bar, theme().color("line"))
        filled = QRectF(bar)
        filled.setWidth(max(bar.width() * share, 1.0 if share > 0.0 else 0.0))
        painter.fillRect(filled, theme().color("warning"))
        painter.setPen(theme().color("text"))
        box = QRectF(THUMBNAIL.width() - _SHARE_WIDTH, top, _SHARE_WIDTH, height)
        painter.drawText(box, right | middle, percent(share).replace(".0 ", " "))
    painter.end()
    return image


def maps_thumbnail(maps: Maps, *, is_sample: bool = False, ratio: float = 2.0) -> QImage:
    """Return what a node gives for the probe sample: maps in two rows at most, or numbers as bars.

    Args:
        maps: What it gives.
        is_sample: It is the sample itself: a picture in its own colours, or in grey.
        ratio: Pixels to a logical one.
    """
    if maps.values.ndim == 1:
        return _bars(maps, ratio)
    if is_sample and len(maps.values) in (1, 3):
        tiles = [_photograph(maps)]
    else:
        tiles = [pixels_of(Matrix(one, maps.low, maps.high, SEQUENTIAL)) for one in maps.values]
    image, painter = _painter(ratio)
    tall, wide = maps.values.shape[-2:]
    shape = min(wide / max(tall, 1), _WIDE)
    rows = 2 if len(tiles) > 1 and len(tiles) * shape * THUMBNAIL.height() > THUMBNAIL.width() else 1
    side = (THUMBNAIL.height() - (rows - 1) * _GAP) / rows
    width = min(side * shape, float(THUMBNAIL.width()))
    columns = max(int((THUMBNAIL.width() + _GAP) // (width + _GAP)), 1)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, max(tall, wide) > side * ratio)
    for index, tile in enumerate(tiles[: columns * rows]):
        row, column = divmod(index, columns)
        painter.drawImage(QRectF(column * (width + _GAP), row * (side + _GAP), width, side), tile)
    painter.end()
    return image


def _bars(maps: Maps, ratio: float) -> QImage:
    """Return numbers as bars up and down from 0; what is no number is left out."""
    image, painter = _painter(ratio)
    low, high = min(maps.low, 0.0), max(maps.high, 0.0)
    span, room = (high - low) or 1.0, _room()
    zero = room.bottom() - (0.0 - low) / span * room.height()
    step = room.width() / len(maps.values)
    gap = _GAP if step > 3 * _GAP else 0.0
    color = theme().color("train")
    for index, value in enumerate(maps.values.tolist()):
        if not math.isfinite(value) or value == 0.0:
            continue
        level = room.bottom() - (min(max(value, low), high) - low) / span * room.height()
        bar = QRectF(index * step, min(level, zero), step - gap, abs(level - zero))
        painter.fillRect(bar, color)
    painter.fillRect(QRectF(0, min(zero, room.bottom() - _LINE), room.width(), _LINE), theme().color("dim"))
    painter.end()
    return image


def _photograph(maps: Maps) -> QImage:
    """Return a sample as a picture from its lowest to its highest number."""
    span = (maps.high - maps.low) or 1.0
    levels: Array = np.nan_to_num((maps.values - maps.low) / span, nan=0.0, posinf=1.0, neginf=0.0)
    pixels = np.rint(255.0 * np.clip(levels, 0.0, 1.0)).astype(np.uint8)
    return image_of(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))


def _room() -> QRectF:
    return QRectF(0, 0, THUMBNAIL.width(), THUMBNAIL.height())


def _painter(ratio: float) -> tuple[QImage, QPainter]:
    image = blank(ratio)
    painter = QPainter(image)
    painter.setFont(theme().font(SMALL_PX))
    return image, painter
