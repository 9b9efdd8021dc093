"""What decides beside the seed which part of the data a sample is in: groups, and parts that files name."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import regex

from studio.errors import DataError

Integers: TypeAlias = npt.NDArray[np.int64]

PARTS = ("train", "validation", "test")

NAMES = {
    "train": 0,
    "training": 0,
    "val": 1,
    "valid": 1,
    "validation": 1,
    "dev": 1,
    "test": 2,
    "testing": 2,
}
"""What parts are called in tables and folders, in small letters."""


MOST_REPEATS = 10_000
"""Of counts in a pattern, multiplied: they are written out while it is read."""

PATIENCE_S, SHORTEST_S = 1.0, 0.05
"""For a pattern in all names together, and at least in each."""


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """Where samples belong.

    Attributes:
        targets: Of all samples, so that a split can be told before the samples are loaded.
        groups: (N,) number of the group of each sample, which stays together; None: each is its own.
        names: Of the groups, for messages.
        parts: (N,) place in `PARTS` of each sample; None where the seed decides.
    """

    targets: Integers | npt.NDArray[np.float32]
    groups: Integers | None = None
    names: tuple[str, ...] = ()
    parts: Integers | None = None

    def refuse_torn(self) -> None:
        """Raise for a group that the files put into two parts.

        Raises:
            DataError: It names the group and the parts.
        """
        if self.groups is None or self.parts is None:
            return
        seen = np.unique(np.stack([self.groups, self.parts]), axis=1)
        torn = np.flatnonzero(np.bincount(seen[0]) > 1)
        if len(torn):
            where = " and ".join(PARTS[part] for part in seen[1][seen[0] == torn[0]])
            raise DataError(
                f'Group "{self.names[torn[0]]}" is in {where}. Put all of it into one part, or let the group '
                "decide alone.",
                argument="group",
            )


def by_names(names: Sequence[str], pattern: str) -> tuple[Integers, tuple[str, ...]]:
    """Return the group of each file, and what the groups are called.

    Args:
        names: Of the files, with / between folders.
        pattern: A regular expression; what its first ( ) finds in a name is the group, else all it finds.

    Raises:
        DataError: It is none, or finds nothing in a name.
    """
    return number_of(words_in(names, pattern, "group", "its group"))


def words_in(names: Sequence[str], pattern: str, option: str, what: str) -> list[str]:
    """Return what a pattern finds in each of some files' names.

    Args:
        names: Of the files, with / between folders.
        pattern: A regular expression; what its first ( ) finds in a name counts, else all it finds.
        option: Where it stands.
        what: It finds, for messages.

    Raises:
        DataError: It is none, or finds nothing in a name.
    """
    try:
        if _repeats(pattern) > MOST_REPEATS:
            raise regex.error(f"it repeats more than {MOST_REPEATS:,} times")
        expression = regex.compile(pattern)
        found = list(_searched(expression, names))
    except TimeoutError as error:
        raise DataError(
            f'{option}: "{pattern}" takes too long to look for in the names of the files. Write it without '
            "repetitions inside repetitions.",
            argument=option,
        ) from error
    except (regex.error, RecursionError, MemoryError, OverflowError) as error:
        raise DataError(
            f'{option}: "{pattern}" is no regular expression: {error}. Write ( ) around what says {what}, '
            r"such as (p\d+)_ for p12_3.png, or /([^/]+)/ for a folder.",
            argument=option,
        ) from error
    lost = next((name for name, match in zip(names, found, strict=True) if match is None), None)
    if lost is not None:
        raise DataError(
            f'{option}: "{pattern}" finds nothing in "{lost}". Every file must say {what}.', argument=option
        )
    return [match[1 if expression.groups else 0] or "" for match in found if match is not None]


def _repeats(pattern: str) -> int:
    """Return how large the counts in a pattern can make it: of ``(a{9}){9}`` 81."""
    found = re.findall(r"\{(\d*),?(\d*)\}", pattern)
    return math.prod(max(int(count[:9] or 1) for count in counts) or 1 for counts in found)


def _searched(expression: regex.Pattern[str], names: Sequence[str]) -> Iterator[regex.Match[str] | None]:
    """Yield what a pattern finds in each name.

    A pattern comes with the project, and one like ``(a+)+b`` may never end: Python's own ``re`` cannot stop.

    Raises:
        TimeoutError: All of them together take longer than `PATIENCE_S`.
    """
    deadline = time.monotonic() + PATIENCE_S
    for name in names:
        yield expression.search(name, timeout=max(deadline - time.monotonic(), SHORTEST_S))


def roots(folders: Sequence[Path]) -> dict[Path, int] | None:
    """Return the part that each of some folders is for; None if they are not called after parts.

    Folders of parts hold folders themselves, and one of them is for training.
    """
    parts = {path: NAMES.get(path.name.lower(), -1) for path in folders}
    if 0 not in parts.values() or -1 in parts.values():
        return None
    is_root = all(any(inner.is_dir() for inner in path.iterdir()) for path in folders)
    return parts if is_root else None


def number_of(names: Sequence[str | int]) -> tuple[Integers, tuple[str, ...]]:
    """Return the number of each name among the sorted names, and those."""
    known, numbers = np.unique(np.array(names), return_inverse=True)
    return numbers.astype(np.int64), tuple(map(str, known.tolist()))
