"""A layer dragged out of the library: a ghost follows the mouse, and a wire under it takes it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import Card, card_of
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.gestures.insertion import (
    Seat,
    level_with,
    moved_marks,
    moved_nodes,
    new_wires,
    paint_new_wires,
)
from studio.app.canvas.gestures.outcome import NOTHING, of_seat
from studio.app.canvas.grid import snapped
from studio.app.canvas.overlays import paint_note
from studio.app.canvas.ports import PortRef
from studio.app.trials import Seating
from studio.catalog.registry import signatures
from studio.errors import StudioError
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.placement import insert

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


def fresh_card(node: Node, view: CanvasView) -> Card:
    """Return the card of a node that is not in the design yet."""
    return card_of(node, view.scene.graph, None, None, None, None)


class DropLayer(Gesture):
    """Puts a new layer where it is dropped, its card's middle under the cursor.

    Over a wire that it fits, the network is shown as it would be with the layer in it.

    Args:
        kind: The layer's kind.

    Attributes:
        outcome: What would come of it on the wire under the cursor.
    """

    def __init__(self, view: CanvasView, pointer: Pointer, kind: str) -> None:
        super().__init__(view, pointer)
        self._node = self.view.commands.fresh(kind)
        self._card = fresh_card(self._node, self.view)
        self._size = self._card.size()
        self._seat = Seat(self.view)
        self._onto: Edge | None = None
        self._after: Graph | None = None
        self.outcome = NOTHING
        view.trials.end()

    @property
    def hidden_edges(self) -> frozenset[Edge]:
        """The wire that it would go onto: two others take its place."""
        return frozenset(new_wires(self._after, self.view.scene.graph) if self._after is not None else ())

    def move(self, pointer: Pointer) -> None:
        """Look for a wire under the cursor, and show what would come of it."""
        self.pointer = pointer
        view, scene = self.view, self.view.scene
        self._onto, self._after = self._seat.look(pointer.canvas), None
        if self._onto is not None:
            corner = self._corner()
            node = self._node.at(corner.x(), corner.y())
            try:
                self._after = insert(scene.graph, self._onto, [node], signatures(scene.graph), scene.size_of)
            except StudioError:
                self._onto = None  # the layer does not fit here: it is dropped beside the wire
        self.learn()
        after = self._after if self._after is not None else scene.graph
        scene.preview(moved_nodes(scene.graph, after))
        scene.preview_marks(moved_marks(scene.graph, after))
        view.update()

    def learn(self) -> None:
        """Say what the layer would make of what flows through the wire."""
        self.outcome = NOTHING
        if self._onto is not None and self._after is not None:
            trial = self.view.trials.of_seat(Seating(self._onto, self._after, self._node.id))
            self.outcome = of_seat(self.view, self._onto, self._node, trial)

    def end(self, pointer: Pointer) -> None:
        """Add the layer."""
        self.move(pointer)
        self.cancel()
        corner = self._corner()
        if self.view.commands.add(self._node.kind, corner.x(), corner.y(), on=self._onto) is not None:
            self.view.usage.note(self._node.kind)

    def cancel(self) -> None:
        """Show the network as it is."""
        self.view.trials.end()
        self.view.scene.preview_end()
        self.view.scene.preview_marks()

    def paint(self, painter: QPainter) -> None:
        """Paint the ghost, and the wires it would have."""
        camera, corner = self.view.camera, self._corner()
        if self._after is not None:
            node = self._after.node(self._node.id)
            corner = QPointF(node.x, node.y)
            paint_new_wires(painter, self.view, self._after, self._ports(corner))
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        painter.setOpacity(0.7)
        painter.translate(corner)
        paint_card(painter, self._card, camera.zoom, *self._size)
        painter.restore()
        if self.outcome.lines:
            under = camera.rect_to_screen(QRectF(corner, QSizeF(*self._size))).bottomLeft()
            paint_note(painter, under, self.outcome.lines, self.outcome.role, self.view.size())

    def _ports(self, corner: QPointF) -> dict[PortRef, QPointF]:
        """Return where the ghost's ports are."""
        found = {}
        for port, place in zip(self._card.inputs, self._card.port_places("input"), strict=True):
            found[PortRef(self._node.id, "input", port.name)] = corner + place
        for port, place in zip(self._card.outputs, self._card.port_places("output"), strict=True):
            found[PortRef(self._node.id, "output", port.name)] = corner + place
        return found

    def _corner(self) -> QPointF:
        """Return where the card's top left corner goes: on the grid, or level with the wire."""
        corner = centred_on_grid(self.pointer.canvas, self._size)
        if self._onto is None or not self._card.inputs:
            return corner
        port = self._ports(corner)[PortRef(self._node.id, "input", self._card.inputs[0].name)]
        return corner + level_with(self.view, self._onto, port)


def centred_on_grid(middle: QPointF, size: tuple[float, float]) -> QPointF:
    """Return the top left corner, on the grid, of a card with its middle at a point."""
    return QPointF(snapped(middle.x() - size[0] / 2), snapped(middle.y() - size[1] / 2))
