"""Making way: when a card grows in place, what is around it makes room, and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from PySide6.QtCore import QRectF

Boxes: TypeAlias = Mapping[str, tuple[float, float, float, float]]
"""Left, top, width and height of cards by node id."""

Places: TypeAlias = dict[str, tuple[float, float]]


def made_way(boxes: Boxes, node_id: str, card: QRectF) -> Places:
    """Return where other cards go when one gets another place and size.

    What is beside the card, at its right, goes on by as much as its right edge; all that begins below it
    goes down, and all that ends above it goes up, as far as those edges. So growing and shrinking again
    leaves everything in its place. When the card shrinks nothing moves that would then lie on another.
    """
    rects = {i: QRectF(*box) for i, box in boxes.items()}
    old = rects[node_id]
    there = {i: rect for i, rect in rects.items() if i != node_id}
    for i, rect in there.items():
        if rect.top() >= old.bottom():
            there[i] = rect.translated(0.0, card.bottom() - old.bottom())
        elif rect.bottom() <= old.top():
            there[i] = rect.translated(0.0, card.top() - old.top())
        elif rect.left() >= old.right():
            there[i] = rect.translated(card.right() - old.right(), 0.0)
    moved = {i: rect for i, rect in there.items() if rect != rects[i]}
    shrinks = card.width() < old.width() or card.height() < old.height()
    if shrinks and any(_hits(rect, i, {**there, node_id: card}) for i, rect in moved.items()):
        return {}
    return {i: (rect.x(), rect.y()) for i, rect in moved.items()}


def _hits(rect: QRectF, node_id: str, others: Mapping[str, QRectF]) -> bool:
    """Say whether a card lies on any other."""
    return any(rect.intersects(other) for i, other in others.items() if i != node_id)
