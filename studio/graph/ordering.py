"""Ids in their order, remembered: a frame has no time to sort ten thousand of them after every edit.

A design that was edited has nearly the ids of the one before, so its order is that one with a few put in or
taken out.
"""

from __future__ import annotations

from bisect import insort
from typing import Any, NamedTuple

from immutables import Map

from studio.graph.difference import known_difference
from studio.graph.node import id_key

KEPT = 6
"""Orders of so many maps are remembered."""

FEW = 64
"""So many new ids are put into a remembered order."""

WORTH_IT = 200
"""Fewer ids are simply sorted."""


class _Order(NamedTuple):
    """The keys of a map in their order, and as a set: a set answers four times as fast as the map."""

    of: Map[str, Any]
    keys: tuple[str, ...]
    known: frozenset[str]


_kept: tuple[_Order, ...] = ()
"""The last orders. Exchanged as a whole: other threads ask too."""


def in_order(found: Map[str, Any]) -> tuple[str, ...]:
    """Return the keys of a map by id, the same on every machine."""
    global _kept
    if len(found) < WORTH_IT:
        return tuple(sorted(found, key=id_key))
    kept = _kept
    for order in kept:
        if order.of is found:
            return order.keys
    made = _like_another(found, kept)
    if made is None:
        keys = tuple(sorted(found, key=id_key))
        made = _Order(found, keys, frozenset(keys))
    _kept = (made, *kept[: KEPT - 1])
    return made.keys


def _like_another(found: Map[str, Any], kept: tuple[_Order, ...]) -> _Order | None:
    """Return the order made from that of a map with nearly the same keys; None if none is known."""
    for order in kept:
        if abs(len(order.keys) - len(found)) > FEW:
            continue
        known = order.known
        told = known_difference(order.of, found)
        fresh = [key for key in (told[0] if told is not None else found) if key not in known]
        if len(fresh) > FEW:
            continue
        if not fresh and len(found) == len(known):
            return order._replace(of=found)
        keys = [key for key in order.keys if key in found]
        for key in fresh:
            insort(keys, key, key=id_key)
        return _Order(found, tuple(keys), frozenset(keys))
    return None
