"""A series of norms in a strip as small as a card: on a logarithmic scale, with every spike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from studio.app.plots.wording import count, number
from studio.app.theme.theme import theme
from studio.runs.records import Array

LEAST_DECADES = 0.5
"""A series that moves by less is not blown up to the whole height."""

_DOT, _MARK, _EDGE = 2.0, 3.5, 3.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Norms at the looks into a run.

    Attributes:
        steps: Ascending; (K,) int64.
        values: Not negative; infinite where it is no number, NaN where there was none; (K,) float.
        what: What they are, in words: ``gradient of its weights``.
    """

    steps: Array
    values: Array
    what: str

    @property
    def known(self) -> Array:
        """Values above 0 that are numbers, which the line goes through."""
        values = self.values
        return np.asarray(values[np.isfinite(values) & (values > 0.0)])

    @property
    def is_empty(self) -> bool:
        """Whether there was never a value."""
        return not len(self.values) or bool(np.isnan(self.values).all())

    @property
    def newest(self) -> float:
        """The last value that there was; NaN without any."""
        told = self.values[~np.isnan(self.values)]
        return float(told[-1]) if len(told) else math.nan

    def words(self) -> str:
        """Return the newest value, and between what they lie, for a tooltip."""
        if self.is_empty:
            return f"{self.what}: none yet"
        looks = count(len(self.values))
        head = f"{self.what}: {number(self.newest)} at step {count(int(self.steps[-1]))}"
        known, odd = self.known, []
        zeros, broken = int((self.values == 0.0).sum()), int(np.isinf(self.values).sum())
        if zeros:
            odd.append(f"0 at {count(zeros)}")
        if broken:
            odd.append(f"not a number at {count(broken)}")
        between = f"min {number(float(known.min()))}, max {number(float(known.max()))}" if len(known) else ""
        parts = ", ".join(filter(None, (between, *odd)))
        return f"{head}\n{parts} of {looks} looks, log scale" if parts else head


def decimated(steps: Array, values: Array, columns: int) -> tuple[Array, Array]:
    """Return places in [0, 1] along the steps, and values, lowest and highest of each column of the screen.

    What is no number goes first. No spike is lost, and the order in time is kept within a column.

    Shape:
        steps: (K,), ascending
        values: (K,)
        returns: twice (M,), with M at most 2 * columns
    """
    known = np.isfinite(values)
    steps, values = np.asarray(steps, np.float64)[known], np.asarray(values, np.float64)[known]
    if not len(values):
        return steps, values
    span = steps[-1] - steps[0]
    places = (steps - steps[0]) / span if span > 0 else np.zeros(len(steps))
    if len(values) <= 2 * columns:
        return places, values
    column = np.minimum((places * columns).astype(np.int64), columns - 1)
    kept: list[int] = []
    for one in np.unique(column):
        inside = np.flatnonzero(column == one)
        part = values[inside]
        kept.extend(sorted({int(inside[part.argmin()]), int(inside[part.argmax()])}))
    return places[kept], values[kept]


def paint_spark(painter: QPainter, area: QRectF, spark: Spark) -> None:
    """Paint the line; a cross at the top where a value is no number, a bar at the bottom where it is 0."""
    box = area.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    known = spark.known
    low, high = (math.log10(float(one)) for one in (known.min(), known.max())) if len(known) else (0.0, 0.0)
    missing = max(LEAST_DECADES - (high - low), 0.0)
    low, high = low - missing / 2, high + missing / 2

    def place(share: float, value: float) -> QPointF:
        return QPointF(
            box.left() + share * box.width(),
            box.bottom() - (math.log10(value) - low) / (high - low) * box.height(),
        )

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme().color("line"), 1.0))
    painter.drawLine(QPointF(area.left(), area.bottom() - 0.5), QPointF(area.right(), area.bottom() - 0.5))
    logs = np.where(spark.values > 0.0, spark.values, np.nan)
    shares, values = decimated(spark.steps, logs, max(int(box.width()), 1))
    first, last = (float(spark.steps[0]), float(spark.steps[-1])) if len(spark.steps) else (0.0, 0.0)
    # Places are told from the first known value on; what is not known before it stays empty.
    begin, end = _ends(spark.steps, logs, first, last)
    line = [place(begin + share * (end - begin), value) for share, value in zip(shares, values, strict=True)]
    painter.setPen(QPen(theme().color("train"), 1.5))
    painter.drawPolyline(QPolygonF(line))
    if line:
        painter.setBrush(theme().color("train"))
        painter.drawEllipse(line[-1], _DOT, _DOT)
    painter.setPen(QPen(theme().color("bad"), 1.5))
    for step in spark.steps[np.isinf(spark.values)]:
        x = box.left() + _share(float(step), first, last) * box.width()
        for way in (-1, 1):
            painter.drawLine(
                QPointF(x - _MARK, box.top() - way * _MARK + _MARK),
                QPointF(x + _MARK, box.top() + way * _MARK + _MARK),
            )
    painter.setPen(QPen(theme().color("warning"), 2.0))
    for step in spark.steps[spark.values == 0.0]:
        x = box.left() + _share(float(step), first, last) * box.width()
        painter.drawLine(QPointF(x, area.bottom() - _MARK), QPointF(x, area.bottom()))


def _ends(steps: Array, values: Array, first: float, last: float) -> tuple[float, float]:
    """Return where the known values begin and end, as shares of all steps."""
    known = steps[np.isfinite(values)]
    if not len(known):
        return 0.0, 0.0
    return _share(float(known[0]), first, last), _share(float(known[-1]), first, last)


def _share(step: float, first: float, last: float) -> float:
    return (step - first) / (last - first) if last > first else 0.0
