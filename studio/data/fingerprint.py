"""What tells whether data changed: a SHA-256 of all numbers of a data set, taken beside the preparation.

It is of the samples and targets as they were loaded, not of the files: a picture that was moved or a file
that was saved again is the same data, and one changed number in a column that is learned from is not.
"""

from __future__ import annotations

import hashlib
import threading

import numpy as np
import numpy.typing as npt

from studio.data.source import RawData


class Fingerprint:
    """A digest that is being taken by a thread of its own, which holds the data no longer than it needs.

    Args:
        raw: The data set; must not change meanwhile.
    """

    def __init__(self, raw: RawData) -> None:
        self.count = len(raw.targets) + (len(raw.test[1]) if raw.test is not None else 0)
        self._text = ""
        self._error: BaseException | None = None
        # hashlib lets other threads run while it reads a large array.
        self._thread = threading.Thread(target=self._take, args=(raw,), name="fingerprint", daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """The SHA-256 in hexadecimal; waits until it is there."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._text

    def _take(self, raw: RawData) -> None:
        try:
            self._text = digest(raw)
        except BaseException as error:  # told where somebody waits for it
            self._error = error


def digest(raw: RawData) -> str:
    """Return the SHA-256 of a data set's samples and targets, in their order."""
    found = hashlib.sha256()
    for array in (raw.inputs, raw.targets, *(raw.test or ())):
        # Shape and kind count too: else some zeros more would be some zeros.
        found.update(f"{array.dtype.str}{array.shape}".encode())
        for rows in _blocks(array):
            found.update(np.ascontiguousarray(rows).data)
    if raw.words is not None:
        found.update("\0".join(raw.words.names).encode("utf-8", "surrogatepass"))
    if raw.pictures is not None:  # reading them all would take as long as an epoch
        found.update("\0".join(raw.pictures.names).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


_BLOCK_BYTES = 2**24


def _blocks(array: npt.NDArray[np.generic]) -> list[npt.NDArray[np.generic]]:
    """Return an array in blocks of rows, so that one that does not lie in one piece is copied in pieces."""
    if array.flags.c_contiguous or not len(array):
        return [array.reshape(-1)]
    step = max(_BLOCK_BYTES * len(array) // max(array.nbytes, 1), 1)
    return [array[start : start + step] for start in range(0, len(array), step)]
