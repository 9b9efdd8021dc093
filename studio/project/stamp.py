"""How a file was when it was last read or written, to notice that somebody else has changed it since."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from studio.project.strict_json import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file's content, and what tells without reading it that it is the same.

    Attributes:
        digest: SHA-256 of the content, in hexadecimal digits.
        size: In bytes; -1 where it was not asked.
        mtime_ns: When it was written last, in nanoseconds since 1970; -1 where it was not asked.
    """

    digest: str
    size: int = -1
    mtime_ns: int = -1


def stamp_of(path: Path, known: Stamp | None = None) -> Stamp | None:
    """Return how a file is now; None where it is not there, cannot be read, or is larger than a project.

    Args:
        path: The file.
        known: How it was; it is not read again while size and time are the same.
    """
    try:
        now = path.stat()  # before it is read: what is written meanwhile is noticed the next time
        if not stat.S_ISREG(now.st_mode) or now.st_size > MAX_BYTES:
            return None
        if known is not None and (known.size, known.mtime_ns) == (now.st_size, now.st_mtime_ns):
            return known
        return Stamp(digest_of(path.read_bytes()), now.st_size, now.st_mtime_ns)
    except OSError:
        return None


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
