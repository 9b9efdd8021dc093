"""Arrays that grow at their end, in amortised constant time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.runs.records import Array

_FIRST_CAPACITY = 1024


class GrowingBuffer:
    """A one-dimensional array that is appended to; its capacity doubles when it is full."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._store: Array = np.empty(_FIRST_CAPACITY, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Array:
        """What was appended so far: a view, valid until the next change."""
        return self._store[: self._length]

    def append(self, values: npt.ArrayLike) -> None:
        """Append one value or many."""
        new = np.atleast_1d(np.asarray(values, self._store.dtype))
        end = self._length + len(new)
        if end > len(self._store):
            grown = np.empty(max(end, 2 * len(self._store)), self._store.dtype)
            grown[: self._length] = self.values
            self._store = grown
        self._store[self._length : end] = new
        self._length = end

    def truncate(self, length: int) -> None:
        """Keep the first `length` values."""
        self._length = min(self._length, max(0, length))
