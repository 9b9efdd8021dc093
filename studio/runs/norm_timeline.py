"""Norms of a run's parameters over time, as arrays with one row a look, and a bounded number of rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from studio.runs.records import Array, Norms

MAX_ROWS = 1024


class NormTimeline:
    """What is old is kept more coarsely, and nothing is forgotten altogether.

    Where parameters come or go (a run resumed with another design), the rows before are dropped.

    Attributes:
        parameters: Dotted names in the order of computation; columns of all arrays.
        sizes: Numbers in each; (P,) int64.
    """

    def __init__(self) -> None:
        self.parameters: tuple[str, ...] = ()
        self.sizes: Array = np.zeros(0, np.int64)
        self._steps: list[int] = []
        self._rows: list[Array] = []

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def steps(self) -> Array:
        """Step of each row, ascending; (K,) int64."""
        return np.array(self._steps, np.int64)

    @property
    def weights(self) -> Array:
        """Euclidean norms of the parameters; (K, P) float32."""
        return self._norms(0)

    @property
    def gradients(self) -> Array:
        """Euclidean norms of the gradients, NaN where there was none; (K, P) float32."""
        return self._norms(1)

    @property
    def updates(self) -> Array:
        """Euclidean norms of what a step changed; (K, P) float32."""
        return self._norms(2)

    @property
    def ratios(self) -> Array:
        """Norm of the update over norm of the parameter, NaN where that is 0; (K, P) float32."""
        weights = self.weights
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(weights > 0.0, self.updates / weights, np.float32(np.nan))

    def multiplies(self, place: int) -> bool:
        """Say whether a parameter is what a layer multiplies by; the scale of a normalization is not.

        A scale has no more numbers than the bias beside it.
        """
        stem, _, last = self.parameters[place].rpartition(".")
        if not last.startswith("weight"):
            return False
        bias = f"{stem}.bias"
        return bias not in self.parameters or bool(
            self.sizes[place] > self.sizes[self.parameters.index(bias)]
        )

    def row_at(self, step: int | None) -> int:
        """Return the row as it was last seen by a step, or the newest; 0 before the first."""
        if step is None:
            return max(len(self) - 1, 0)
        return max(int(np.searchsorted(self._steps, step, side="right")) - 1, 0)

    def rows(self, places: Iterable[int]) -> NormTimeline:
        """Return some rows by themselves: their arrays are made without those of all others."""
        found = NormTimeline()
        found.parameters, found.sizes = self.parameters, self.sizes
        for place in places:
            found._steps.append(self._steps[place])
            found._rows.append(self._rows[place])
        return found

    def newest(self, count: int) -> NormTimeline:
        """Return the last rows by themselves, at most so many."""
        return self.rows(range(max(len(self) - count, 0), len(self)))

    def append(self, record: Norms) -> None:
        """Add the newest norms. A run that was resumed goes back: later rows are dropped then."""
        if record.parameters != self.parameters:
            self.parameters, self.sizes = record.parameters, record.sizes
            self._steps, self._rows = [], []
        kept = int(np.searchsorted(self._steps, record.step))
        del self._steps[kept:], self._rows[kept:]
        if len(self._steps) == MAX_ROWS:
            half = MAX_ROWS // 2
            del self._steps[1:half:2], self._rows[1:half:2]
        self._steps.append(record.step)
        self._rows.append(np.stack([record.weights, record.gradients, record.updates]).astype(np.float32))

    def _norms(self, which: int) -> Array:
        if not self._rows:
            return np.zeros((0, len(self.parameters)), np.float32)
        return np.stack([row[which] for row in self._rows])
