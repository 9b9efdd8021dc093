"""Making way: when a card grows in place, what is around it makes room, and comes back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from PySide6.QtCore import QRectF

from studio.app.theme.measures import GRID
from studio.app.theme.measures import ROOM_ABOVE as GAP

Boxes: TypeAlias = Mapping[str, tuple[float, float, float, float]]
"""Left, top, width and height of cards by node id."""


Places: TypeAlias = dict[str, tuple[float, float]]


def made_way(boxes: Boxes, node_id: str, card: QRectF) -> Places:
    """Return where other cards go when one gets another place and size.

    What is beside the card, at its right, goes on by as much as its right edge, and all that begins below it
    goes down as far as its lower edge: so growing and shrinking again leaves them in their places. What ends
    above it only goes up if the card would come too near. When the card shrinks nothing moves that would
    then lie on another.
    """
    rects = {i: QRectF(*box) for i, box in boxes.items()}
    old = rects[node_id]
    up = _lack_above(rects, old, card)
    there = {i: rect for i, rect in rects.items() if i != node_id}
    for i, rect in there.items():
        if rect.top() >= old.bottom():
            there[i] = rect.translated(0.0, card.bottom() - old.bottom())
        elif rect.bottom() <= old.top():
            there[i] = rect.translated(0.0, -up)
        elif rect.left() >= old.right():
            there[i] = rect.translated(card.right() - old.right(), 0.0)
    moved = {i: rect for i, rect in there.items() if rect != rects[i]}
    shrinks = card.width() < old.width() or card.height() < old.height()
    if shrinks and any(_hits(rect, i, {**there, node_id: card}) for i, rect in moved.items()):
        return {}
    return {i: (rect.x(), rect.y()) for i, rect in moved.items()}


def _lack_above(rects: Mapping[str, QRectF], old: QRectF, card: QRectF) -> float:
    """Return how far what ends above a card must go up to keep its distance from the card's new place."""
    above = (rect for rect in rects.values() if rect.bottom() <= old.top())
    near = [rect.bottom() for rect in above if rect.left() < card.right() and rect.right() > card.left()]
    lack = max(near, default=card.top() - GAP) + GAP - card.top()
    return math.ceil(max(lack, 0.0) / GRID) * GRID if card.top() < old.top() else 0.0


def _hits(rect: QRectF, node_id: str, others: Mapping[str, QRectF]) -> bool:
    """Say whether a card lies on any other."""
    return any(rect.intersects(other) for i, other in others.items() if i != node_id)
