"""Whether the process that writes a run is still there: the system tells, by a lock it drops at death.

A process id would not do: it may belong to another process by now, or to another machine.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes], exclusive: bool) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[bytes], exclusive: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


FILE = "lock"
PATIENCE_S = 2.0
"""A reader that looks holds the lock for an instant; a writer waits that out."""


class RunLock:
    """The right to write a run, held until `release` or the end of the process."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @classmethod
    def acquire(cls, folder: Path) -> RunLock | None:
        """Return the lock of a run's folder, or None when another writer has it."""
        file = (folder / FILE).open("a+b")
        deadline = time.monotonic() + PATIENCE_S
        while not _try_lock(file, exclusive=True):
            if time.monotonic() > deadline:
                file.close()
                return None
            time.sleep(0.02)
        return cls(file)

    def release(self) -> None:
        """Give the right back."""
        self._file.close()


def is_held(folder: Path) -> bool:
    """Say whether a writer holds the lock of a run's folder."""
    try:
        mode = "r+b" if sys.platform == "win32" else "rb"
        with open(os.fspath(folder / FILE), mode) as file:  # noqa: PTH123
            return not _try_lock(file, exclusive=False)
    except OSError:
        return False
