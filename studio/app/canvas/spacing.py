"""Equal gaps: a dragged card snaps to where it is as far from its neighbour as that is from the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF

from studio.app.canvas.wires import Array
from studio.app.theme.measures import SPACING_ASIDE as ASIDE

CLOSE = 1e-3


@dataclass(frozen=True)
class Spacing:
    """Where a card has equal gaps.

    Attributes:
        start: Where it begins along the axis.
        gaps: Lines that show the equal gaps, from card to card.
    """

    start: float
    gaps: list[QLineF]


def equally_spaced(
    boxes: Array, card: tuple[float, float, float, float], reach: float, *, down: bool
) -> Spacing | None:
    """Return where a card has equal gaps to the cards in its row, or in its column, if that is near.

    Args:
        boxes: Left, top, right, bottom of the cards that stay, (N, 4).
        card: x, y, width, height of the one that is dragged.
        reach: How far it may be from there.
        down: Its column is meant, not its row.
    """
    x, y, width, height = card
    start, size, cross, breadth = (y, height, x, width) if down else (x, width, y, height)
    if down:
        boxes = boxes[:, [1, 0, 3, 2]]
    row = boxes[(boxes[:, 1] < cross + breadth) & (boxes[:, 3] > cross)]
    row = row[np.argsort(row[:, 0], kind="stable")]
    before = row[row[:, 2] <= start + reach][:, ::2]
    after = row[row[:, 0] >= start + size - reach][:, ::2]
    wanted: list[float] = []
    if len(before) > 1:
        wanted.append(before[-1, 1] + before[-1, 0] - before[-2, 1])
    if len(after) > 1:
        wanted.append(after[0, 0] - (after[1, 0] - after[0, 1]) - size)
    if len(before) and len(after):
        wanted.append((before[-1, 1] + after[0, 0] - size) / 2)
    near = [place for place in wanted if abs(place - start) <= reach]
    if not near:
        return None
    best = float(min(near, key=lambda place: abs(place - start)))
    cards = [*before[-2:].tolist(), [best, best + size], *after[:2].tolist()]
    return Spacing(best, _lines(cards, best, cross + breadth + ASIDE, down=down))


def _lines(cards: list[list[float]], start: float, level: float, *, down: bool) -> list[QLineF]:
    """Return the gaps between cards in a row that are as wide as one beside the dragged card."""
    gaps = [(one[1], other[0]) for one, other in pairwise(cards)]
    beside = [stop - begin for begin, stop in gaps if stop == start] or [gaps[0][1] - gaps[0][0]]
    equal = [gap for gap in gaps if abs(gap[1] - gap[0] - beside[0]) < CLOSE]
    if down:
        return [QLineF(level, begin, level, stop) for begin, stop in equal]
    return [QLineF(begin, level, stop, level) for begin, stop in equal]
