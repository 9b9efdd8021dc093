"""What differs between two maps of which one was made from the other."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from immutables import Map

V = TypeVar("V")


KEPT = 4


class _Known(NamedTuple):
    old: Map[str, Any]
    new: Map[str, Any]
    changed: list[str]
    gone: list[str]


_kept: tuple[_Known, ...] = ()
"""The last answers: several listeners ask the same of one edit. Exchanged as a whole, for other threads."""


def difference(old: Map[str, V], new: Map[str, V]) -> tuple[list[str], list[str]]:
    """Return the keys whose value is another object now or that are new, and those that are gone.

    Values are told apart by identity: what an edit did not touch is shared. The lists are not to be changed.
    """
    known = known_difference(old, new)
    if known is not None:
        return known
    before = old.get
    changed = [key for key, value in new.items() if before(key) is not value]
    num_kept = len(new) - sum(key not in old for key in changed)
    gone = [key for key in old if key not in new] if num_kept < len(old) else []
    remember(old, new, changed, gone)
    return changed, gone


def remember(old: Map[str, V], new: Map[str, V], changed: list[str], gone: list[str]) -> None:
    """Take note of a difference that whoever made the one of the other knows without looking."""
    global _kept
    _kept = (_Known(old, new, changed, gone), *_kept[: KEPT - 1])


def known_difference(old: Map[str, V], new: Map[str, V]) -> tuple[list[str], list[str]] | None:
    """Return the difference if it was asked for lately, else None."""
    if old is new:
        return [], []
    for known in _kept:
        if known.old is old and known.new is new:
            return known.changed, known.gone
        if known.old is new and known.new is old:  # an undo
            back = [key for key in known.changed if key in new]
            return [*back, *known.gone], [key for key in known.changed if key not in new]
    return None
