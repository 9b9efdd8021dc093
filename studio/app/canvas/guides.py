"""Alignment: when a dragged card is nearly in line with another, it snaps there, and a line shows why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QRectF

from studio.app.canvas.geometry import Geometry
from studio.app.canvas.spacing import CLOSE, equally_spaced
from studio.app.canvas.wires import Array
from studio.app.theme.measures import GUIDE_REACH as REACH

MOST_CARDS = 600
"""With more cards than this in view there is always one in line: only the grid counts."""


@dataclass(frozen=True)
class Alignment:
    """Where a card snaps to.

    Attributes:
        x: Its left edge, or None if nothing is in line across.
        y: Its top edge, or None.
        guides: Lines that show with what it is in line.
        spaces: Lines across gaps that are equal.
    """

    x: float | None = None
    y: float | None = None
    guides: list[QLineF] = field(default_factory=list)
    spaces: list[QLineF] = field(default_factory=list)


def align(
    geometry: Geometry, card: tuple[float, float, float, float], moving: Collection[str], area: QRectF
) -> Alignment:
    """Return where a card (x, y, width, height) snaps to among the cards that stay in an area.

    Across, left edges, middles and right edges align; down, top edges, where the ports are in line too.
    Where nothing is in line, equal gaps to the cards in the same row or column count.
    """
    slots = [slot for slot in geometry.nodes_in(area).tolist() if geometry.ids[slot] not in moving]
    if not slots or len(slots) > MOST_CARDS:
        return Alignment()
    boxes = geometry.boxes[slots]
    x, y, width, height = card
    columns = np.stack([boxes[:, 0] - x, boxes[:, ::2].mean(axis=1) - x - width / 2, boxes[:, 2] - x - width])
    rows = boxes[:, 1] - y
    guides: list[QLineF] = []
    found_x = found_y = None
    which, row = np.unravel_index(int(np.abs(columns).argmin()), columns.shape)
    if abs(columns[which, row]) <= REACH:
        found_x = x + float(columns[which, row])
        at = found_x + (0.0, width / 2, width)[int(which)]
        low, high = min(y, float(boxes[row, 1])), max(y + height, float(boxes[row, 3]))
        guides.append(QLineF(at, low - 16, at, high + 16))
    nearest = int(np.abs(rows).argmin())
    if abs(rows[nearest]) <= REACH:
        found_y = y + float(rows[nearest])
        low, high = min(x, float(boxes[nearest, 0])), max(x + width, float(boxes[nearest, 2]))
        guides.append(QLineF(low - 16, found_y, high + 16, found_y))
    spaces: list[QLineF] = []
    found_x = _spaced(boxes, card, found_x, spaces, down=False)
    found_y = _spaced(boxes, card, found_y, spaces, down=True)
    return Alignment(found_x, found_y, guides, spaces)


def _spaced(
    boxes: Array,
    card: tuple[float, float, float, float],
    found: float | None,
    spaces: list[QLineF],
    *,
    down: bool,
) -> float | None:
    """Return where a card is, along one axis, with equal gaps too; being in line goes before."""
    spacing = equally_spaced(boxes, card, REACH, down=down)
    if spacing is None or (found is not None and abs(found - spacing.start) > CLOSE):
        return found
    spaces += spacing.gaps
    return spacing.start
