"""Memory that a network's step gives back is kept for the next one, rather than handed to the system.

A step on a CPU takes and frees all its activations. The C library returns large pieces to the system at once,
and the system hands them out again page by page, each cleared before: for a small convolutional network that
was a third of a step's time. Processes of our own that do nothing but train ask the C library to keep them.
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of glibc's ``mallopt(3)``."""

_ALL = 2**31 - 1
_LARGEST = (2**30, 2**25)
"""Sizes up to which memory is kept; not every glibc takes the first."""


def keep_freed_memory() -> bool:
    """Let this process keep the memory it frees; return whether the C library does.

    Threads that were not started yet share one arena with this one: in others, large pieces would still go
    back to the system. Without glibc nothing changes.
    """
    library = _glibc()
    if library is None:
        return False
    one = library.mallopt(_ARENA_MAX, 1)
    kept = any(library.mallopt(_MMAP_THRESHOLD, size) for size in _LARGEST)
    return bool(one and kept and library.mallopt(_TRIM_THRESHOLD, _ALL))


def give_back() -> None:
    """Hand what is free to the system, as a run ends."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL(None)
        found = library.mallopt and library.malloc_trim and library.gnu_get_libc_version
    except (OSError, AttributeError):
        return None
    return library if found else None
