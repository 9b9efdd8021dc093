"""A stream that ends in an error where it is longer than it may be: what unpacks itself without end."""

from __future__ import annotations

import io
from gzip import GzipFile


class Bounded(io.RawIOBase):
    """Reads from another stream, as far as a limit.

    Args:
        stream: What is read.
        most: The first byte that is too many.
    """

    def __init__(self, stream: GzipFile, most: int) -> None:
        self._stream, self._most = stream, most

    def read(self, size: int = -1) -> bytes:
        """Return some bytes.

        Raises:
            OSError: They lie behind the limit.
        """
        place = self._stream.tell()
        wanted = self._most - place + 1 if size < 0 else min(size, self._most - place + 1)
        found = self._stream.read(max(wanted, 0))
        self._refuse(place + len(found))
        return found

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place.

        Raises:
            OSError: It lies behind the limit.
        """
        if whence == io.SEEK_CUR:
            offset += self._stream.tell()
        self._refuse(offset)
        return self._stream.seek(offset)

    def tell(self) -> int:
        """Return the place."""
        return self._stream.tell()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is, from its beginning."""
        return True

    def _refuse(self, place: int) -> None:
        if place > self._most:
            raise OSError(f"it holds more than {self._most / 2**20:,.0f} MB")
