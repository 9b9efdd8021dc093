"""A node's histograms over time as ridges, one behind the other, the newest in front."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.plots.paint import mix
from studio.app.plots.timeline import BINS, HistogramTimeline
from studio.app.plots.wording import count, number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Array

MOST_RIDGES = 24
"""Looks that are drawn; more would lie too close to be told apart."""

MOST_POINTS = 64
"""Points of a ridge: a sample of a few thousand values says no more."""

DECADES = 3.0
"""So many powers of ten below the highest a ridge begins on the logarithmic scale."""

_CEILING_QUANTILE = 0.95
_HIGH = 3.5
"""A ridge is at most so many times as high as ridges are apart."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 11 * SPACE, 14 * SPACE, 2 * SPACE, 5 * SPACE
_NEAREST = 4 * SPACE
"""Between the words of two ridges."""


@dataclass(frozen=True, slots=True)
class Ridges:
    """What is drawn.

    Attributes:
        places: Which columns of the timeline; (R,) int64, ascending.
        steps: Their steps; (R,) int64.
        heights: Of each, 0 to 1; (R, P) float64.
        low: Value at the first point.
        high: Value at the last point.
        top: Share of a look's values that a ridge of height 1 has in a bin.
    """

    places: Array
    steps: Array
    heights: Array
    low: float
    high: float
    top: float


def ridges_of(timeline: HistogramTimeline, *, is_log: bool, moment: int | None = None) -> Ridges:
    """Return the ridges of a timeline that holds something.

    Bins are those in which nearly all values of all looks lie, several joined where there are many. Each look
    is a distribution of its own, in shares of its values. The 95th percentile of all bins that hold something
    is 1 high, and what lies beyond is cut: the zeros behind a ReLU would flatten all else. Of a bell that is
    a hundredth of its height.

    Args:
        timeline: At least one look.
        is_log: Heights are powers of ten.
        moment: A step that is looked back to, whose ridge is drawn in any case.
    """
    places = _chosen(timeline, moment)
    low, high = timeline.value_range()
    width = (timeline.high - timeline.low) / BINS
    first = max(round((low - timeline.low) / width), 0)
    last = min(max(round((high - timeline.low) / width), first + 1), BINS)
    counts = timeline.counts[places].astype(np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)
    together = -(-(last - first) // MOST_POINTS)
    joined = np.pad(shares[:, first:last], ((0, 0), (0, -(last - first) % together)))
    joined = joined.reshape(len(places), -1, together).sum(axis=2)
    positive = joined[joined > 0.0]
    top = float(np.quantile(positive, _CEILING_QUANTILE)) if len(positive) else 1.0
    heights = np.minimum(joined / top, 1.0)
    if is_log:
        least = 10.0**-DECADES
        heights = np.clip(1.0 + np.log10(np.maximum(heights, least)) / DECADES, 0.0, 1.0)
    low = timeline.low + first * width
    return Ridges(
        places, timeline.steps[places].copy(), heights, low, low + joined.shape[1] * together * width, top
    )


def _chosen(timeline: HistogramTimeline, moment: int | None) -> Array:
    """Return the columns that are drawn: spread evenly over the steps, with the first and the newest."""
    steps = timeline.steps
    wanted = np.linspace(steps[0], steps[-1], MOST_RIDGES)
    places = np.searchsorted(steps, wanted, side="right") - 1
    if moment is not None:
        places = np.append(places, max(int(np.searchsorted(steps, moment, side="right")) - 1, 0))
    return np.unique(np.clip(places, 0, len(steps) - 1))


class RidgeField(QWidget):
    """Paints ridges from a picture that is made when there is something new, or the size is another."""

    hovered = Signal(str)
    """Step and value under the pointer; empty when it left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline: HistogramTimeline | None = None
        self._is_log = False
        self._moment: int | None = None
        self._ridges: Ridges | None = None
        self._picture: QImage | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self._forget)

    @property
    def ridges(self) -> Ridges | None:
        """What is drawn; None while there is nothing."""
        if self._ridges is None and self._timeline is not None and len(self._timeline):
            self._ridges = ridges_of(self._timeline, is_log=self._is_log, moment=self._moment)
        return self._ridges

    def set_timeline(self, timeline: HistogramTimeline | None, *, is_log: bool) -> None:
        """Show what a timeline holds now."""
        self._timeline, self._is_log = timeline, is_log
        self._forget()

    def set_moment(self, step: int | None) -> None:
        """Mark the ridge of a step, or none."""
        if step != self._moment:
            self._moment = step
            self._forget()

    def _forget(self) -> None:
        self._ridges = self._picture = None
        self.update()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def foot(self, ridge: int) -> float:
        """Return where the baseline of a ridge is: the newest at the bottom."""
        found, area = self.ridges, self._area()
        assert found is not None
        if len(found.steps) == 1:
            return area.bottom()
        return area.top() + self._high() + ridge * self._apart()

    def _apart(self) -> float:
        found = self.ridges
        behind = max(len(found.steps) - 1, 1) if found is not None else 1
        return self._area().height() / (behind + _HIGH)

    def _high(self) -> float:
        found = self.ridges
        if found is not None and len(found.steps) == 1:
            return self._area().height()
        return self._apart() * _HIGH

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        area = self._area()
        if self.ridges is None or area.width() < 2 or area.height() < 2:
            return
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._picture is None or self._picture.size() != size:
            self._picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            self._paint_ridges(painter, area, self.ridges)
            self._paint_words(painter, area, self.ridges)
            painter.end()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._picture)

    def _paint_ridges(self, painter: QPainter, area: QRectF, found: Ridges) -> None:
        """Paint the ridges from the back to the front; each hides what lies behind it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, panel = theme().color("train"), theme().color("panel")
        marked = self._marked(found)
        number_of, points = found.heights.shape
        along = area.left() + (np.arange(points) + 0.5) / points * area.width()
        for ridge in range(number_of):
            foot = self.foot(ridge)
            level = foot - found.heights[ridge] * self._high()
            top = [QPointF(x, y) for x, y in zip(along.tolist(), level.tolist(), strict=True)]
            outline = QPolygonF([QPointF(area.left(), foot), *top, QPointF(area.right(), foot)])
            age = ridge / max(number_of - 1, 1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(line, panel, 0.12 + 0.33 * age))
            painter.drawPolygon(outline)
            is_marked = ridge == marked
            painter.setPen(QPen(theme().color("text") if is_marked else line, 2.0 if is_marked else 1.0))
            painter.drawPolyline(outline)

    def _marked(self, found: Ridges) -> int | None:
        """Return the ridge of the moment that is looked back to."""
        if self._moment is None:
            return None
        return max(int(np.searchsorted(found.steps, self._moment, side="right")) - 1, 0)

    def _paint_words(self, painter: QPainter, area: QRectF, found: Ridges) -> None:
        """Paint values below, and steps beside the ridges that have room for theirs."""
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        left, right, middle = (
            Qt.AlignmentFlag.AlignLeft,
            Qt.AlignmentFlag.AlignRight,
            Qt.AlignmentFlag.AlignVCenter,
        )
        under = QRectF(area.left(), area.bottom() + SPACE, area.width(), _BOTTOM - SPACE)
        painter.drawText(under, left, number(found.low, 2))
        painter.drawText(under, right, number(found.high, 2))
        if found.low < 0.0 < found.high:
            zero = area.left() + (0.0 - found.low) / (found.high - found.low) * area.width()
            if area.left() + 10 * SPACE < zero < area.right() - 10 * SPACE:
                box = QRectF(zero - 5 * SPACE, under.top(), 10 * SPACE, under.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, "0")
        last = None
        for ridge in reversed(range(len(found.steps))):
            foot = self.foot(ridge)
            if last is not None and last - foot < _NEAREST:
                continue
            last = foot
            box = QRectF(area.right() + 2 * SPACE, foot - 2 * SPACE, _RIGHT - 2 * SPACE, 4 * SPACE)
            words = count(int(found.steps[ridge]))
            painter.drawText(box, left | middle, f"step {words}" if ridge == len(found.steps) - 1 else words)

    def words_at(self, x: float, y: float) -> str:
        """Return the step and the value at a place, and how many values are there, in words."""
        found, area = self.ridges, self._area()
        if found is None or not area.contains(x, y):
            return ""
        feet = np.array([self.foot(ridge) for ridge in range(len(found.steps))])
        ridge = int(np.searchsorted(feet, y - 0.5).clip(0, len(feet) - 1))
        share = (x - area.left()) / area.width()
        value = found.low + share * (found.high - found.low)
        point = min(int(share * found.heights.shape[1]), found.heights.shape[1] - 1)
        height = float(found.heights[ridge, point])
        part = found.top * (10.0 ** (DECADES * (height - 1.0)) if self._is_log else height)
        beyond = "≥ " if height >= 1.0 else "≤ " if self._is_log and height <= 0.0 else ""
        here = f"{beyond}{number(100 * part, 2)} % of its values"
        return f"step {count(int(found.steps[ridge]))} · value {number(value)} · {here}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        self.hovered.emit(self.words_at(event.position().x(), event.position().y()))

    def leaveEvent(self, _event: object) -> None:
        """Say nothing any more."""
        self.hovered.emit("")
