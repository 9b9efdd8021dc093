"""Where legends go: at an edge of the canvas, clear of its cards and of what lies in its corners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QRect, QRectF, QSize

from studio.app.theme.tokens import CANVAS_INSET, SPACE

if TYPE_CHECKING:
    from studio.app.canvas.display import CanvasDisplay

STEP = 24
"""Places along an edge are tried at this distance."""


class Legend(Protocol):
    """A widget that says what colours mean."""

    @property
    def is_wanted(self) -> bool:
        """Whether it has anything to say."""

    def size(self) -> QSize:
        """Return how large it is."""

    def pos(self) -> QPoint:
        """Return where it is."""

    def isVisible(self) -> bool:
        """Say whether it is on show."""

    def move(self, place: QPoint, /) -> None:
        """Put it somewhere."""

    def setVisible(self, visible: bool, /) -> None:
        """Show or hide it."""


def place_legends(view: CanvasDisplay, legends: Sequence[Legend], taken: Iterable[QRect]) -> None:
    """Show the legends that have something to say, each where it covers nothing, or as little as may be.

    A legend stays where it is as long as no card comes under it.

    Args:
        taken: What lies over the canvas already.
    """
    taken = list(taken)
    for legend in legends:
        wanted = legend.is_wanted and len(view.scene.graph) > 0
        if wanted:
            here = legend.pos() if legend.isVisible() else None
            place = _place(view, legend.size(), here, taken)
            wanted = place is not None
            if place is not None:
                legend.move(place)
                taken.append(QRect(place, legend.size()).adjusted(-SPACE, -SPACE, SPACE, SPACE))
        legend.setVisible(wanted)


def _place(view: CanvasDisplay, size: QSize, here: QPoint | None, taken: list[QRect]) -> QPoint | None:
    """Return the first place without a card, else the one with the fewest; None if there is no room."""
    best: tuple[int, QPoint] | None = None
    for place in ([here] if here is not None else []) + edge_places(view.size(), size):
        box = QRect(place, size)
        if not view.rect().contains(box) or any(box.intersects(other) for other in taken):
            continue
        under = view.camera.rect_to_canvas(QRectF(box))
        covered = len(view.scene.geometry.nodes_in(under))
        if not covered:
            return place
        if best is None or covered < best[0]:
            best = covered, place
    return best[1] if best is not None else None


def edge_places(room: QSize, size: QSize) -> list[QPoint]:
    """Return places along the edges of a room: up the left and the right one, then along the others."""
    right = room.width() - size.width() - CANVAS_INSET
    bottom = room.height() - size.height() - CANVAS_INSET
    down = list(range(bottom, CANVAS_INSET - 1, -STEP))
    across = list(range(CANVAS_INSET, right + 1, STEP))
    return [
        *(QPoint(CANVAS_INSET, y) for y in down),
        *(QPoint(right, y) for y in down),
        *(QPoint(x, bottom) for x in across),
        *(QPoint(x, CANVAS_INSET) for x in across),
    ]
