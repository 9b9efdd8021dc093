"""Drag nodes; a lone one may be dropped on a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.cards import GRID
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.guides import align
from studio.app.canvas.wire_layer import wire_pen
from studio.app.canvas.wiring import can_sit_on
from studio.app.theme.theme import theme
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class MoveNodes(Gesture):
    """The selection moves together and snaps to the grid, or to the edges of its neighbours; Alt lets go.

    A plain click on one node of several selected leaves just that one selected.
    """

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: CanvasView, pointer: Pointer, node_id: str) -> None:
        super().__init__(view, pointer)
        self._held = node_id
        self._places: dict[str, tuple[float, float]] = {}
        self._guides: list[QLineF] = []
        self._onto: Edge | None = None

    def start(self) -> None:
        """Select the node, unless it is part of the selection already."""
        selection = self.view.selection
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if self.origin.holds(keys):
            self._toggles = True
            self._was_selected = self._held in selection.nodes
            selection.set(selection.nodes | {self._held}, selection.edges)
        else:
            self._toggles = self._was_selected = False
            if self._held not in selection.nodes:
                selection.set([self._held])
        self.view.scene.geometry.raise_nodes(selection.nodes)

    def drag(self, pointer: Pointer) -> None:
        """Show the nodes where the mouse has them."""
        graph, selection = self.view.scene.graph, self.view.selection
        way = pointer.canvas - self.origin.canvas
        if not pointer.holds(Qt.KeyboardModifier.AltModifier):
            way = self._snapped(way)
        else:
            self._guides = []
        nodes = [graph.node(node_id) for node_id in selection.nodes]
        self._places = {node.id: (node.x + way.x(), node.y + way.y()) for node in nodes}
        self.view.scene.preview(self._places)
        self._onto = self._wire_under(pointer)

    def end(self, pointer: Pointer) -> None:
        """Move the nodes in the design."""
        if self._places:
            self.view.scene.preview_end(self._places)
            self.view.commands.move(self._places, onto=self._onto)
        elif self._toggles and self._was_selected:
            self.view.selection.toggle(self._held)
        elif not self._toggles:
            self.view.selection.set([self._held])

    def cancel(self) -> None:
        """Show the nodes where they were."""
        self.view.scene.preview_end(self._places)

    def paint(self, painter: QPainter) -> None:
        """Paint the guides, and light the wire that the node would land on."""
        camera = self.view.camera
        painter.setPen(QPen(theme().color("accent"), 1.0, Qt.PenStyle.DashLine))
        for guide in self._guides:
            painter.drawLine(QLineF(camera.to_screen(guide.p1()), camera.to_screen(guide.p2())))
        if self._onto is not None:
            painter.save()
            painter.setTransform(camera.transform(), combine=True)
            painter.setPen(wire_pen(theme().color("accent"), camera.zoom))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.view.wire_path(self._onto))
            painter.restore()

    def _snapped(self, way: QPointF) -> QPointF:
        """Return the way with the held node on the grid, or in line with a card that is near."""
        node = self.view.scene.graph.node(self._held)
        x = float(round((node.x + way.x()) / GRID) * GRID)
        y = float(round((node.y + way.y()) / GRID) * GRID)
        width, height = self.view.scene.size(self._held)
        wanted = node.x + way.x(), node.y + way.y(), width, height
        found = align(self.view.scene.geometry, wanted, self.view.selection.nodes, self.view.visible_area())
        self._guides = found.guides
        x, y = found.x if found.x is not None else x, found.y if found.y is not None else y
        return QPointF(x - node.x, y - node.y)

    def _wire_under(self, pointer: Pointer) -> Edge | None:
        """Return the wire that a lone, unconnected node would be dropped on."""
        graph = self.view.scene.graph
        if len(self._places) != 1 or graph.inputs_of(self._held) or graph.outputs_of(self._held):
            return None
        edge = self.view.scene.geometry.edge_at(pointer.canvas, 12 / self.view.camera.zoom)
        return edge if edge is not None and can_sit_on(graph, graph.node(self._held), edge) else None
