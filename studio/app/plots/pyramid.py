"""A min/max pyramid: a million points drawn as two thousand, and no spike is lost."""

from __future__ import annotations

import numpy as np

from studio.app.plots.buffers import GrowingBuffer
from studio.runs.records import Array


class MinMaxPyramid:
    """Minima and maxima of a growing series over runs of 2, 4, 8 … values.

    Runs are aligned to multiples of their length, so a run keeps its place on screen while the series
    grows: nothing shimmers. NaN is passed over unless a run holds nothing else.
    """

    def __init__(self) -> None:
        self._raw = GrowingBuffer(np.float32)
        self._lows: list[GrowingBuffer] = []
        self._highs: list[GrowingBuffer] = []

    def __len__(self) -> int:
        return len(self._raw)

    @property
    def values(self) -> Array:
        """The series itself."""
        return self._raw.values

    def append(self, values: Array) -> None:
        """Append values; only runs that are complete now and were not before are worked out."""
        self._raw.append(values)
        below_low = below_high = self._raw.values
        level = 0
        while len(below_low) >= 2:
            if level == len(self._lows):
                self._lows.append(GrowingBuffer(np.float32))
                self._highs.append(GrowingBuffer(np.float32))
            low, high = self._lows[level], self._highs[level]
            todo = slice(2 * len(low), 2 * (len(below_low) // 2))
            pairs_low, pairs_high = below_low[todo], below_high[todo]
            low.append(np.fmin(pairs_low[0::2], pairs_low[1::2]))
            high.append(np.fmax(pairs_high[0::2], pairs_high[1::2]))
            below_low, below_high = low.values, high.values
            level += 1

    def decimate(self, start: int, stop: int, budget: int) -> tuple[Array, Array]:
        """Return at most about `budget` points that draw the values from `start` to `stop`.

        Where every value fits, they are returned as they are. Otherwise each run gives two points at
        the index of its first value: its minimum and its maximum. The first run may begin before
        `start`; the last, incomplete one ends at `stop`.

        Shape:
            returns: indices (P,) int64 and values (P,) float32; P is at most `budget` + 4
        """
        start, stop = max(0, start), min(stop, len(self))
        level = 0
        while (stop - start) >> level > (budget // 2 if level else budget):
            level += 1
        if level == 0:
            return np.arange(start, stop), self._raw.values[start:stop]
        first, last = start >> level, stop >> level
        indices = np.repeat(np.arange(first, last, dtype=np.int64) << level, 2)
        values = np.empty(len(indices), np.float32)
        values[0::2] = self._lows[level - 1].values[first:last]
        values[1::2] = self._highs[level - 1].values[first:last]
        rest = self._raw.values[last << level : stop]
        if len(rest):
            indices = np.append(indices, [last << level, stop - 1])
            values = np.append(values, [np.fmin.reduce(rest), np.fmax.reduce(rest)])
        return indices, values.astype(np.float32, copy=False)

    def extent(self, start: int, stop: int) -> tuple[float, float]:
        """Return the least and the greatest finite value from `start` to `stop`; NaN where none is."""
        _, values = self.decimate(start, stop, 2048)
        finite = values[np.isfinite(values)]
        return (float(finite.min()), float(finite.max())) if len(finite) else (np.nan, np.nan)
