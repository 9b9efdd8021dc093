"""Steps at which something happened very often, thinned for every scale on which they may be looked at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class ThinnedSteps:
    """A growing, ascending series of steps, and of each power of two a choice that lies that far apart.

    A choice only grows at its end: what was chosen stays while the series grows or is moved, so nothing
    shimmers.
    """

    def __init__(self) -> None:
        self._levels: list[list[int]] = [[]]

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def last(self) -> int:
        """The latest; −1 before the first."""
        return self._levels[0][-1] if self._levels[0] else -1

    def append(self, step: int) -> None:
        """Append a step; one that is not later than the last is left out."""
        every = self._levels[0]
        if step <= self.last:
            return
        while every and step - every[0] >= 1 << len(self._levels):
            self._levels.append([every[0]])
        for level, chosen in enumerate(self._levels):
            if chosen and step - chosen[-1] < 1 << level:
                continue
            chosen.append(step)

    def truncate(self, step: int) -> None:
        """Forget those from a step on."""
        for chosen in self._levels:
            del chosen[bisect_left(chosen, step) :]
        while len(self._levels) > 1 and len(self._levels[-1]) < 2:
            del self._levels[-1]

    def between(self, low: float, high: float, apart: float = 1.0) -> list[int]:
        """Return steps from `low` to `high`, no two of them closer than `apart`."""
        level = 0
        while 1 << level < apart:
            level += 1
        chosen = self._levels[level] if level < len(self._levels) else self._levels[0][:1]
        return chosen[bisect_left(chosen, low) : bisect_right(chosen, high)]
