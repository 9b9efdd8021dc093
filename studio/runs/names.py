"""Names of runs: they are folders, so they must be good file names on every system."""

from __future__ import annotations

import re
from collections.abc import Collection

from studio.errors import RunError

PATTERN = re.compile(r"\w(?:[\w .+=-]{0,62}[\w+=-])?")
PART = re.compile(r"\w(?:[\w .+=-]{0,126}[\w+=-])?")
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def is_plain(part: str) -> bool:
    """Say whether a part of a path is a good name on every system."""
    return bool(PART.fullmatch(part)) and part.split(".")[0].lower() not in RESERVED


def check(name: str) -> str:
    """Return a name that may be a run's.

    Raises:
        RunError: It could not be a folder's name everywhere, or would lead out of the runs' folder.
    """
    if not PATTERN.fullmatch(name) or name.split(".")[0].lower() in RESERVED:
        raise RunError(
            f'"{name[:80]}" cannot be a run\'s name. Use letters, digits, spaces and . _ + = - inside, at '
            "most 64 in all, with a letter or digit at either end."
        )
    return name


def next_free(taken: Collection[str]) -> str:
    """Return ``run-1``, ``run-2`` … after the highest number in use."""
    numbers = [int(name[4:]) for name in taken if re.fullmatch(r"run-[0-9]{1,9}", name)]
    return f"run-{max(numbers, default=0) + 1}"
