"""What differs between two maps of which one was made from the other."""

from __future__ import annotations

from typing import TypeVar

from immutables import Map

V = TypeVar("V")


def difference(old: Map[str, V], new: Map[str, V]) -> tuple[list[str], list[str]]:
    """Return the keys whose value is another object now or that are new, and those that are gone.

    Values are told apart by identity: what an edit did not touch is shared.
    """
    if old is new:
        return [], []
    before = old.get
    changed = [key for key, value in new.items() if before(key) is not value]
    num_kept = len(new) - sum(key not in old for key in changed)
    gone = [key for key in old if key not in new] if num_kept < len(old) else []
    return changed, gone
