"""Which layers a person adds, lately and often, which are pinned, and what the network at hand has."""

from __future__ import annotations

from collections.abc import Sequence

from studio.app.settings import MAX_USED, Settings
from studio.graph.graph import Graph
from studio.zoo.habits import Habits, count

FADING = 0.97
"""How much less each use counts than the one after it."""


class Usage:
    """What was added and pinned, kept in the settings.

    Args:
        settings: Where it is written down; by default nowhere, and it is forgotten at the end.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._used: tuple[str, ...] = settings.preferences.used if settings is not None else ()
        self._pinned: tuple[str, ...] = settings.preferences.pinned if settings is not None else ()
        self._weights = _weights(self._used)
        self._counted: tuple[Graph, Habits] = Graph(), Habits()

    def habits_of(self, design: Graph) -> Habits:
        """Return what feeds what in a network; counted once as long as it stays the same."""
        if self._counted[0] is not design:
            self._counted = design, count([design])
        return self._counted[1]

    @property
    def pinned(self) -> tuple[str, ...]:
        """Kinds that come first, the last pinned last."""
        return self._pinned

    def weight(self, kind: str) -> float:
        """Return how much a layer is used: between 0 and 1, recent uses counting more than old ones."""
        return self._weights.get(kind, 0.0)

    def note(self, kind: str) -> None:
        """Remember that a layer was added."""
        self._used = (*self._used, kind)[-MAX_USED:]
        self._weights = _weights(self._used)
        if self._settings is not None:
            self._settings.change(used=self._used)

    def toggle_pin(self, kind: str) -> bool:
        """Pin a layer, or take its pin off; say whether it is pinned now."""
        pinned = kind not in self._pinned
        self._pinned = (*self._pinned, kind) if pinned else tuple(k for k in self._pinned if k != kind)
        if self._settings is not None:
            self._settings.change(pinned=self._pinned)
        return pinned


def _weights(used: Sequence[str]) -> dict[str, float]:
    """Return the share of each kind in all that was used, the last use counting most."""
    found: dict[str, float] = {}
    worth, total = 1.0, 0.0
    for kind in reversed(used):
        found[kind] = found.get(kind, 0.0) + worth
        total += worth
        worth *= FADING
    return {kind: weight / total for kind, weight in found.items()}
