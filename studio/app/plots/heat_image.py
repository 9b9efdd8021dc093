"""A node's histograms over time as an indexed picture: only new columns are worked out."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from studio.app.plots.timeline import BINS, MAX_COLUMNS, HistogramTimeline
from studio.runs.records import Array

_CEILING_QUANTILE = 0.95
_CEILING_SLACK = 0.1
_DECADES = 3.0
_LEAST_ROWS = 40

DARKEST_ON_LOG = 10.0**-_DECADES
"""What the darkest colour stands for on the logarithmic scale, as part of the brightest."""


class HeatImage:
    """Levels (0 to 255) of every column and row, and the picture of them at a given size.

    A row is as many bins as leave about fifty rows in view: finer ones would show the noise of a sample
    of a few thousand values. Each column is a distribution of its own: shares of its values, not counts,
    so that columns which were merged or sampled differently compare. The brightest colour stands for the
    95th percentile of the shares and for whatever lies above it; where that moves by a tenth, all
    columns are made anew.

    Attributes:
        ceiling: Share of a column's values in one row that has the brightest colour.
    """

    def __init__(self) -> None:
        self._levels = np.zeros((BINS, MAX_COLUMNS), np.uint8)
        self._done = 0
        self._made_for: tuple[object, int, int, bool] | None = None
        self._bins_a_row = 1
        self.ceiling = 0.0

    def update(self, timeline: HistogramTimeline, *, is_log: bool) -> int:
        """Work out what is new, and return how many columns that were."""
        first, last = _bins_in_view(timeline)
        together = 1
        while (last - first) // (2 * together) >= _LEAST_ROWS:
            together *= 2
        key = (timeline, timeline.revision, together, is_log)
        shares = _shares(timeline.counts.reshape(len(timeline), BINS // together, together).sum(axis=2))
        ceiling = _ceiling(shares)
        if self._made_for != key or abs(ceiling - self.ceiling) > _CEILING_SLACK * self.ceiling:
            self._made_for, self._done, self.ceiling, self._bins_a_row = key, 0, ceiling, together
        fresh = shares[self._done :]
        rows = BINS // together
        self._levels[:rows, self._done : len(shares)] = _levels(fresh, self.ceiling, is_log).T
        self._done = len(shares)
        return len(fresh)

    def picture(self, timeline: HistogramTimeline, size: tuple[int, int], table: tuple[int, ...]) -> QImage:
        """Return the columns spread over time, and the bins that hold nearly all values, at a size.

        Every pixel shows the column that was newest at its step; values grow upwards.
        """
        width, height = size
        first, last = _bins_in_view(timeline)
        bins = last - 1 - np.arange(height) * (last - first) // height
        rows = bins.clip(0, BINS - 1) // self._bins_a_row
        steps = np.linspace(timeline.steps[0], timeline.steps[-1], width)
        columns = (np.searchsorted(timeline.steps, steps, side="right") - 1).clip(0, self._done - 1)
        pixels = np.ascontiguousarray(self._levels[rows[:, None], columns[None, :]])
        image = QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Indexed8).copy()
        image.setColorTable(table)
        return image


def _bins_in_view(timeline: HistogramTimeline) -> tuple[int, int]:
    """Return the first bin in view, and the first one after them."""
    low, high = timeline.value_range()
    width = (timeline.high - timeline.low) / BINS
    first = round((low - timeline.low) / width)
    return first, max(first + 1, round((high - timeline.low) / width))


def _shares(counts: Array) -> Array:
    """Return each column's counts as shares of its sum; (K, BINS)."""
    totals = counts.sum(axis=1, keepdims=True)
    return counts / np.maximum(totals, 1e-12)


def _ceiling(shares: Array) -> float:
    positive = shares[shares > 0.0]
    return float(np.quantile(positive, _CEILING_QUANTILE)) if len(positive) else 0.0


def _levels(shares: Array, ceiling: float, is_log: bool) -> Array:
    """Return shares as levels, 0 to 255."""
    relative = np.minimum(shares / ceiling, 1.0) if ceiling > 0.0 else np.zeros_like(shares)
    if is_log:
        relative = np.clip(1.0 + np.log10(np.maximum(relative, DARKEST_ON_LOG)) / _DECADES, 0.0, 1.0)
    return np.rint(255.0 * relative).astype(np.uint8)
