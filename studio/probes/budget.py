"""How often one may look, so that looking takes no more than its share of training time."""

from __future__ import annotations

MAX_HZ = 15.0
"""More often than this shows nothing more on screen, however cheap it is."""


BESIDE = 1.4
"""What a look costs over the time that it takes itself: caches are emptied, plots are drawn elsewhere."""


MOST_OWED = 3
"""Waits that may be put off."""


class Budget:
    """Decides when to look next, from what looking has cost so far.

    After a look that took t seconds, the next one waits until t is `share` of the time since; so the
    first, slow one (it builds the tapped network) is paid back before the second.

    Args:
        share: Part of training time that looking may take, in [0, 1).
        max_hz: Looks a second at most.
    """

    def __init__(self, share: float, max_hz: float = MAX_HZ) -> None:
        self.share = share
        self.spent_s = 0.0
        self.next_s = 0.0 if share > 0.0 else float("inf")
        self._max_hz = max_hz
        self._owed_s = self._wait_s = 0.0

    def due(self, now_s: float) -> bool:
        """Say whether it is time to look, on the clock that `spend` is told."""
        return now_s >= self.next_s

    def spend(self, now_s: float, cost_s: float) -> None:
        """Note that a look took `cost_s` and ended at `now_s`."""
        self.spent_s += cost_s
        if self.share > 0.0:
            self._wait_s = max(BESIDE * cost_s / self.share - cost_s, 1.0 / self._max_hz)
            self.next_s = now_s + self._wait_s + self._owed_s
            self._owed_s = 0.0

    def hurry(self, now_s: float) -> None:
        """Look at once, as somebody turned to something else; what was still to be waited is waited later.

        Whoever turns all the time has to wait all the same.
        """
        rest_s = self.next_s - now_s
        if 0.0 < rest_s <= MOST_OWED * self._wait_s:
            self._owed_s, self.next_s = rest_s, now_s
