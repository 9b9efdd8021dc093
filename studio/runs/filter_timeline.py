"""Learned filters over time, in a byte to a weight: what a screen can show apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.runs.records import Array, Filters

MAX_LOOKS = 64
"""Kept of a node; of 64 pictures of 28×28 they take 3 MB."""

_LEVELS = 127


@dataclass(frozen=True, slots=True)
class PackedFilters:
    """Filters at one step, as they are kept.

    Attributes:
        levels: −127 to 127 for −scale to scale; (K, H, W) or (K, H, W, 3) int8.
    """

    run: str
    node: str
    step: int
    levels: Array
    scale: float
    total: int
    order: tuple[int, ...]

    def unpacked(self) -> Filters:
        """Return them as pictures, each weight to 1/254 of the scale."""
        pictures = self.levels.astype(np.float32) * np.float32(self.scale / _LEVELS)
        return Filters(self.run, self.node, self.step, pictures, self.scale, self.total, self.order)


def packed(filters: Filters) -> PackedFilters:
    """Return filters in a byte to a weight; what is no number becomes 0."""
    factor = _LEVELS / filters.scale if filters.scale > 0.0 and np.isfinite(filters.scale) else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        levels = np.nan_to_num(filters.pictures * factor, nan=0.0, posinf=_LEVELS, neginf=-_LEVELS)
    levels = np.clip(np.rint(levels), -_LEVELS, _LEVELS).astype(np.int8)
    return PackedFilters(
        filters.run, filters.node, filters.step, levels, filters.scale, filters.total, filters.order
    )


class FilterTimeline:
    """The looks at one node's filters; what is old is kept more coarsely."""

    def __init__(self) -> None:
        self._looks: list[PackedFilters] = []

    def __len__(self) -> int:
        return len(self._looks)

    @property
    def steps(self) -> list[int]:
        """Step of each look, ascending."""
        return [look.step for look in self._looks]

    def append(self, look: PackedFilters) -> None:
        """Add the newest look. A run that was resumed goes back: later ones are dropped then."""
        while self._looks and self._looks[-1].step >= look.step:
            self._looks.pop()
        if len(self._looks) == MAX_LOOKS:
            del self._looks[1 : MAX_LOOKS // 2 : 2]
        self._looks.append(look)

    def at(self, step: int) -> Filters | None:
        """Return the filters as they were last seen by a step; the first before that."""
        if not self._looks:
            return None
        found = [look for look in self._looks if look.step <= step]
        return (found[-1] if found else self._looks[0]).unpacked()
