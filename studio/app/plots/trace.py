"""A series over steps that is fed as it grows and drawn with few points."""

from __future__ import annotations

import math

import numpy as np

from studio.app.plots.buffers import GrowingBuffer
from studio.app.plots.pyramid import MinMaxPyramid
from studio.runs.records import Array

_WINDOWS_IN_VIEW = 60


class Trace:
    """Values at ascending steps, with a pyramid over them."""

    def __init__(self) -> None:
        self._steps = GrowingBuffer(np.int64)
        self._pyramid = MinMaxPyramid()

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def steps(self) -> Array:
        """All steps."""
        return self._steps.values

    @property
    def values(self) -> Array:
        """All values."""
        return self._pyramid.values

    def append(self, steps: Array, values: Array) -> None:
        """Add what is new."""
        self._steps.append(steps)
        self._pyramid.append(values)

    def _first_from(self, step: float) -> int:
        """Return the index of the first point at a step or after it."""
        return self._first_after(math.ceil(step) - 1 if math.isfinite(step) else step)

    def _first_after(self, step: float) -> int:
        """Return the index of the first point after a step.

        A whole number is looked for: for a fraction NumPy would turn all steps into floats first.
        """
        if not math.isfinite(step):
            return len(self) if step > 0 else 0
        return int(np.searchsorted(self.steps, np.int64(math.floor(step)), side="right"))

    def points(self, low: float, high: float, budget: int) -> tuple[Array, Array]:
        """Return the points between two steps, and one more at either side so that lines leave the view."""
        start = self._first_from(low) - 1
        stop = self._first_after(high) + 1
        indices, values = self._pyramid.decimate(start, stop, budget)
        return self.steps[indices], values

    def extent(self, low: float, high: float) -> tuple[float, float]:
        """Return least and greatest finite value between two steps."""
        start = self._first_from(low)
        stop = self._first_after(high)
        return self._pyramid.extent(start, stop)

    def at(self, step: float) -> float:
        """Return the value at the nearest step; NaN if there is none."""
        return float(self.values[self._nearest(step)]) if len(self) else float("nan")

    def _nearest(self, step: float) -> int:
        after = min(self._first_from(step), len(self) - 1)
        before = max(0, after - 1)
        return before if step - self.steps[before] < self.steps[after] - step else after


class SmoothedTrace(Trace):
    """A trace with its moving mean, as wide as a thirtieth of what is in view.

    The mean is centred, so it does not lag behind: a running average that only looks back would draw
    the training loss above the validation loss for no other reason than its delay. Towards the first
    value the window narrows; at the newest it reaches back only. Values that are not finite are passed
    over. Sums from the start are kept, so any window costs two look-ups.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sums, self._counts = GrowingBuffer(np.float64), GrowingBuffer(np.int64)
        self._sums.append(0.0)
        self._counts.append(0)

    def append(self, steps: Array, values: Array) -> None:
        """Add what is new."""
        super().append(steps, values)
        finite = np.isfinite(values)
        self._sums.append(self._sums.values[-1] + np.cumsum(np.where(finite, values, 0.0), dtype=np.float64))
        self._counts.append(self._counts.values[-1] + np.cumsum(finite, dtype=np.int64))

    def half_width(self, low: float, high: float) -> int:
        """Return how many neighbours at either side the mean takes in when these steps are in view."""
        return (self._first_after(high) - self._first_from(low)) // _WINDOWS_IN_VIEW

    def means(self, low: float, high: float, half_width: int, budget: int) -> tuple[Array, Array]:
        """Return the mean at every 2nd, 4th, 8th … point between two steps, and at the last."""
        start = max(0, self._first_from(low) - 1)
        stop = min(len(self), self._first_after(high) + 1)
        stride = 1
        while (stop - start) // stride > budget:
            stride *= 2
        indices = np.arange(start - start % stride, stop, stride)
        if len(indices) and indices[-1] != stop - 1:
            indices = np.append(indices, stop - 1)
        return self.steps[indices], self._means(indices, half_width)

    def mean_at(self, step: float, half_width: int) -> float:
        """Return the mean around the nearest step; NaN if there is none."""
        if not len(self):
            return float("nan")
        return float(self._means(np.array([self._nearest(step)]), half_width)[0])

    def _means(self, indices: Array, half_width: int) -> Array:
        half = np.minimum(half_width, indices)
        first, last = indices - half, np.minimum(indices + half, len(self) - 1) + 1
        counts = self._counts.values[last] - self._counts.values[first]
        sums = self._sums.values[last] - self._sums.values[first]
        return np.divide(sums, counts, out=np.full(len(indices), np.nan), where=counts > 0)
