"""Where a layer goes that was chosen without a place: behind the selected one, or in free space in view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.geometry import Geometry
from studio.app.canvas.grid import snapped
from studio.app.theme.measures import GRID
from studio.app.theme.measures import PLACE_GAP as GAP
from studio.app.theme.measures import PLACE_STEP as FURTHER

TRIES = 64


def place_for(geometry: Geometry, size: tuple[float, float], after: str | None, middle: QPointF) -> QPointF:
    """Return the top left corner for a card of a size.

    Args:
        after: The node that it follows: it goes right of it and level with it, or below in a network that
            runs down.
        middle: Where it goes otherwise. If a place is taken, it goes as little further as there is room.
    """
    down = geometry.course.down and after is not None
    if after is not None:
        card = geometry.rect(after)
        start = QPointF(card.right() + GAP, card.top())
        if down:
            start = QPointF(card.center().x() - size[0] / 2, card.bottom() + GAP)
    else:
        start = middle - QPointF(size[0] / 2, size[1] / 2)
    place = QPointF(snapped(start.x()), snapped(start.y()))
    for _ in range(TRIES):
        around = QRectF(place.x(), place.y(), *size).adjusted(-GRID, -GRID, GRID, GRID)
        if not len(geometry.nodes_in(around)):
            break
        place += QPointF(size[0] + GRID, 0) if down else QPointF(0, FURTHER)
    return place
