"""Histograms of one node over time, in common bins and with a bounded number of columns."""

from __future__ import annotations

import numpy as np

from studio.runs.records import Array, Histogram

BINS = 256
MAX_COLUMNS = 400


class HistogramTimeline:
    """One column per histogram; what is old is kept more coarsely, and nothing is forgotten altogether.

    All columns share one value range. A histogram that reaches beyond it makes the range twice as wide,
    as often as needed: two old bins then become one new bin exactly, and no count is smeared. When the
    columns are full, each two neighbours of the older half become one, which stands at the earlier step.

    Attributes:
        revision: Counts the changes of columns that were there before: a picture of them must be
            made anew, not only continued.
    """

    def __init__(self) -> None:
        self._counts = np.zeros((MAX_COLUMNS, BINS), np.float32)
        self._steps = np.zeros(MAX_COLUMNS, np.int64)
        self._length = 0
        self._low = self._high = 0.0
        self.revision = 0
        self.newest: Histogram | None = None
        self._seen: list[Histogram] = []

    def __len__(self) -> int:
        return self._length

    @property
    def low(self) -> float:
        """Left edge of the first common bin."""
        return self._low

    @property
    def high(self) -> float:
        """Right edge of the last common bin."""
        return self._high

    @property
    def steps(self) -> Array:
        """Step of each column, ascending; (K,) int64."""
        return self._steps[: self._length]

    @property
    def counts(self) -> Array:
        """Values in each common bin; (K, BINS) float32."""
        return self._counts[: self._length]

    @property
    def seen(self) -> tuple[Histogram, ...]:
        """The histograms themselves, one to a column."""
        return tuple(self._seen)

    def at(self, step: int) -> Histogram | None:
        """Return the histogram as it was last seen by a step; the first before that."""
        if not self._length:
            return None
        return self._seen[max(int(np.searchsorted(self.steps, step, side="right")) - 1, 0)]

    def append(self, histogram: Histogram) -> None:
        """Add the newest histogram. A run that was resumed goes back: later columns are dropped then."""
        kept = int(np.searchsorted(self.steps, histogram.step))
        if kept < self._length:
            self._length = kept
            del self._seen[kept:]
            self.revision += 1
        if self._length == MAX_COLUMNS:
            self._thin()
        self._widen(*_span(histogram))
        column = _rebin(histogram, self._low, self._high)
        self._counts[self._length] = column
        self._steps[self._length] = histogram.step
        self._length += 1
        self._seen.append(histogram)
        self.newest = histogram

    def value_range(self, share: float = 0.998) -> tuple[float, float]:
        """Return the bin edges between which this share of all values lies, so that outliers do not rule.

        A bin at either end is left out only if all bins up to it hold no more than half of the rest.
        """
        mass = np.cumsum(self.counts.sum(axis=0, dtype=np.float64))
        if self._length == 0 or mass[-1] <= 0.0:
            return self._low, self._high
        outside = 0.5 * (1.0 - share) * mass[-1]
        first = int(np.searchsorted(mass, outside, side="right"))
        last = int(np.searchsorted(mass, mass[-1] - outside, side="left")) + 1
        width = (self._high - self._low) / BINS
        return self._low + first * width, self._low + max(last, first + 1) * width

    def _widen(self, low: float, high: float) -> None:
        """Double the common range until it holds [low, high]."""
        if self._length == 0:
            self._low, self._high = low, high
            return
        while low < self._low or high > self._high:
            width = self._high - self._low
            halves = self.counts.reshape(self._length, BINS // 2, 2).sum(axis=2)
            downwards = low < self._low
            self._counts[: self._length] = 0.0
            offset = BINS // 2 if downwards else 0
            self._counts[: self._length, offset : offset + BINS // 2] = halves
            self._low, self._high = (
                (self._low - width, self._high) if downwards else (self._low, self._high + width)
            )
            self.revision += 1

    def _thin(self) -> None:
        half = MAX_COLUMNS // 2
        merged = self._counts[:half].reshape(half // 2, 2, BINS).sum(axis=1)
        self._counts[: half // 2] = merged
        self._counts[half // 2 : half // 2 + half] = self._counts[half:].copy()
        self._steps[: half // 2] = self._steps[:half:2]
        self._steps[half // 2 : half // 2 + half] = self._steps[half:].copy()
        del self._seen[1:half:2]
        self._length = half // 2 + half
        self.revision += 1


def _span(histogram: Histogram) -> tuple[float, float]:
    """Return the histogram's range, widened to something if all its values are equal."""
    low, high = float(histogram.low), float(histogram.high)
    if high > low:
        return low, high
    margin = max(abs(low), 1.0) * 0.5
    return low - margin, low + margin


def _rebin(histogram: Histogram, low: float, high: float) -> Array:
    """Return the counts in the common bins; within a bin values are taken to be spread evenly.

    Shape:
        returns: (BINS,) float64 with the same sum
    """
    counts = np.asarray(histogram.counts, np.float64)
    edges = np.linspace(*_span(histogram), len(counts) + 1)
    below = np.concatenate([[0.0], np.cumsum(counts)])
    return np.diff(np.interp(np.linspace(low, high, BINS + 1), edges, below))
