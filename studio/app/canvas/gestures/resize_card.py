"""Drag the right edge of a card to make it wider or narrower."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from studio.app.canvas.cards import detail_at
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.grid import snapped
from studio.app.theme.measures import CARD_EDGE_PX as EDGE_PX
from studio.app.theme.measures import MIN_WIDTH
from studio.app.theme.measures import WIDEST_CARD as WIDEST

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class ResizeCard(Gesture):
    """The edge follows the mouse and snaps to the grid; Ctrl lets go of that."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, view: CanvasView, pointer: Pointer, node_id: str) -> None:
        super().__init__(view, pointer)
        self._node_id = node_id
        self._card = view.scene.geometry.rect(node_id)
        self._width: float | None = None

    def drag(self, pointer: Pointer) -> None:
        """Show the card as wide as the mouse has it."""
        right = self._card.right() + pointer.canvas.x() - self.origin.canvas.x()
        if not pointer.holds(Qt.KeyboardModifier.ControlModifier):
            right = snapped(right)
        self._width = min(max(right - self._card.left(), MIN_WIDTH), WIDEST)
        self.view.scene.preview_width(self._node_id, self._width)

    def end(self, pointer: Pointer) -> None:
        """Keep the width in the design."""
        self.cancel()
        if self._width is None:
            self.view.selection.set([self._node_id])
        else:
            self.view.card_commands.widen(self._node_id, self._width)

    def cancel(self) -> None:
        """Show the card as wide as it was."""
        self.view.scene.preview_width(self._node_id, None)


def right_edge_at(view: CanvasView, place: QPointF) -> str | None:
    """Return the node whose card's right edge is at a canvas point, where it can be dragged."""
    zoom = view.camera.zoom
    if detail_at(zoom) != "near":
        return None
    geometry, near = view.scene.geometry, EDGE_PX / zoom
    slots = geometry.nodes_in(QRectF(place.x() - near, place.y(), 2 * near, 0.0)).tolist()
    for node_id in (geometry.ids[slot] for slot in reversed(slots)):
        card = geometry.rect(node_id)
        if abs(card.right() - place.x()) <= near and not view.scene.cards[node_id].collapsed:
            return node_id
        if card.contains(place):
            return None  # this card lies over the others
    return None
