"""A block under dragged nodes, which they go into if Shift is held."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.gestures.gesture import Pointer
from studio.app.canvas.overlays import paint_note
from studio.app.theme.measures import DOOR_SPREAD as SPREAD
from studio.app.theme.measures import OUTLINE
from studio.app.theme.theme import theme
from studio.graph.block import block_name

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class Door:
    """Finds the block under the cursor, and says whether the nodes can go into it.

    Attributes:
        block: The block that the nodes would go into; None if there is none.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._why_not = ""
        self.block: str | None = None

    def look(self, pointer: Pointer, nodes: Collection[str]) -> None:
        """Look for a block under the cursor, other than the nodes themselves."""
        found = None
        if pointer.holds(Qt.KeyboardModifier.ShiftModifier):
            found = self._block_at(pointer.canvas, nodes)
        if found is not None and found != self.block:
            self._why_not = self._view.block_moves.why_not_into(found, nodes)
        self.block = found

    def _block_at(self, point: QPointF, nodes: Collection[str]) -> str | None:
        geometry, graph = self._view.scene.geometry, self._view.scene.graph
        under = (geometry.ids[slot] for slot in geometry.nodes_in(QRectF(point, point)).tolist())
        blocks = [i for i in under if i not in nodes and block_name(graph.node(i)) is not None]
        return blocks[-1] if blocks else None

    def paint(self, painter: QPainter, pointer: Pointer) -> None:
        """Paint an outline around the block, and what would happen or why it cannot."""
        if self.block is None:
            return
        role = "bad" if self._why_not else "accent"
        card = self._view.camera.rect_to_screen(self._view.scene.geometry.rect(self.block))
        radius = self._view.scene.cards[self.block].radius * self._view.camera.zoom + SPREAD
        painter.setPen(QPen(theme().color(role), OUTLINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card.adjusted(-SPREAD, -SPREAD, SPREAD, SPREAD), radius, radius)
        words = self._why_not or f"moves into {self._view.scene.graph.node(self.block).name}"
        paint_note(painter, pointer.screen, [words], role, self._view.size())
