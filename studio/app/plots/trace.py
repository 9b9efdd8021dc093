"""A series over steps that is fed as it grows and drawn with few points."""

from __future__ import annotations

import math

import numpy as np

from studio.app.plots.buffers import GrowingBuffer
from studio.app.plots.pyramid import MinMaxPyramid
from studio.app.plots.smoothing import Smoother
from studio.runs.records import Array


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

    def clear(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

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

    def samples(self, low: float, high: float, budget: int) -> tuple[Array, Array]:
        """Return every 2nd, 4th, 8th … point between two steps, and the last: for smooth series."""
        start = max(0, self._first_from(low) - 1)
        stop = min(len(self), self._first_after(high) + 1)
        stride = 1
        while (stop - start) // stride > budget:
            stride *= 2
        indices = np.arange(start - start % stride, stop, stride)
        if len(indices) and indices[-1] != stop - 1:
            indices = np.append(indices, stop - 1)
        return self.steps[indices], self.values[indices]

    def extent(self, low: float, high: float) -> tuple[float, float]:
        """Return least and greatest finite value between two steps."""
        start = self._first_from(low)
        stop = self._first_after(high)
        return self._pyramid.extent(start, stop)

    def at(self, step: float) -> float:
        """Return the value at the nearest step; NaN if there is none."""
        if not len(self):
            return float("nan")
        after = min(self._first_from(step), len(self) - 1)
        before = max(0, after - 1)
        nearest = before if step - self.steps[before] < self.steps[after] - step else after
        return float(self.values[nearest])


class SmoothedTrace(Trace):
    """A trace with its moving average as a second one."""

    def __init__(self) -> None:
        super().__init__()
        self._smoother = Smoother()
        self.smoothed = Trace()

    def append(self, steps: Array, values: Array) -> None:
        """Add what is new, and go on with the average."""
        super().append(steps, values)
        self.smoothed.append(steps, self._smoother.smooth(values))
