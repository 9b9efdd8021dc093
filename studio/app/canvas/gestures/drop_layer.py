"""A layer dragged out of the library: a ghost follows the mouse, and wires that it fits on light up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import GRID, Card, card_of
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.wire_layer import wire_pen
from studio.app.canvas.wiring import can_sit_on
from studio.app.theme.theme import theme
from studio.graph.node import Edge, Node

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

REACH_PX = 16.0
"""How near to a wire the cursor must be for the layer to go on it."""


def fresh_card(node: Node, view: CanvasView) -> Card:
    """Return the card of a node that is not in the design yet."""
    return card_of(node, view.scene.graph, None, None, None, None)


class DropLayer(Gesture):
    """Puts a new layer where it is dropped, its card's middle under the cursor.

    Args:
        kind: The layer's kind.
    """

    def __init__(self, view: CanvasView, pointer: Pointer, kind: str) -> None:
        super().__init__(view, pointer)
        self._node = self.view.commands.fresh(kind)
        self._card = fresh_card(self._node, self.view)
        self._size = self._card.size()
        self._onto: Edge | None = None

    def move(self, pointer: Pointer) -> None:
        """Look for a wire under the cursor."""
        self.pointer = pointer
        graph = self.view.scene.graph
        edge = self.view.scene.geometry.edge_at(pointer.canvas, REACH_PX / self.view.camera.zoom)
        self._onto = edge if edge is not None and can_sit_on(graph, self._node, edge) else None

    def end(self, pointer: Pointer) -> None:
        """Add the layer."""
        self.move(pointer)
        corner = self._corner()
        self.view.commands.add(self._node.kind, corner.x(), corner.y(), on=self._onto)

    def paint(self, painter: QPainter) -> None:
        """Paint the ghost, and light the wire it would go on."""
        camera = self.view.camera
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        if self._onto is not None:
            painter.setPen(wire_pen(theme().color("accent"), camera.zoom))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.view.wire_path(self._onto))
        painter.setOpacity(0.7)
        painter.translate(self._corner())
        paint_card(painter, self._card, camera.zoom, *self._size)
        painter.restore()

    def _corner(self) -> QPointF:
        """Return where the card's top left corner goes: on the grid."""
        return centred_on_grid(self.pointer.canvas, self._size)


def centred_on_grid(middle: QPointF, size: tuple[float, float]) -> QPointF:
    """Return the top left corner, on the grid, of a card with its middle at a point."""
    return QPointF(
        round((middle.x() - size[0] / 2) / GRID) * GRID, round((middle.y() - size[1] / 2) / GRID) * GRID
    )
