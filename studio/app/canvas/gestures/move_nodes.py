"""Drag nodes; they may be dropped on a wire, and with Alt held they leave the wires they are in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.gestures.door import Door
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
from studio.app.canvas.guides import align
from studio.app.canvas.moving import Moving
from studio.app.canvas.overlays import paint_note, paint_space
from studio.app.canvas.ports import PortRef
from studio.app.theme.theme import theme
from studio.app.trials import Seating
from studio.catalog.registry import signatures
from studio.errors import StudioError
from studio.graph import rewiring
from studio.graph.graph import Graph
from studio.graph.node import Edge, id_key

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class MoveNodes(Gesture):
    """The selection moves together and snaps to the grid, or to the edges of its neighbours; Ctrl lets go.

    A piece without wires to others can be dropped on a wire. Alt takes the piece out of its wires first,
    closing the gaps. With Shift held over a block the nodes go into it. A plain click on one node of several
    selected leaves just that one selected.
    """

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: CanvasView, pointer: Pointer, node_id: str) -> None:
        super().__init__(view, pointer)
        self._held = node_id
        self._seat = Seat(view)
        self._door = Door(view)
        self._guides: list[QLineF] = []
        self._spaces: list[QLineF] = []
        self._moving: Moving | None = None
        self._after: Graph | None = None
        self.outcome = NOTHING

    def start(self) -> None:
        """Select the node, unless it is part of the selection already."""
        selection = self.view.selection
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if self.origin.holds(keys):
            self._toggles = True
            self._was_selected = self._held in selection.nodes
            selection.set(selection.nodes | {self._held}, selection.edges, selection.marks)
        else:
            self._toggles = self._was_selected = False
            if self._held not in selection.nodes:
                selection.set([self._held])
        self.view.scene.geometry.raise_nodes(selection.nodes)
        self._outer = rewiring.outer_wires(self.view.scene.graph, selection.nodes)

    @property
    def hidden_edges(self) -> frozenset[Edge]:
        """The wires that would be gone."""
        return frozenset(new_wires(self._after, self.view.scene.graph) if self._after is not None else ())

    def drag(self, pointer: Pointer) -> None:
        """Show the network as it would be if the nodes were let go here."""
        scene, way = self.view.scene, pointer.canvas - self.origin.canvas
        self._guides, self._spaces = [], []
        if not pointer.holds(Qt.KeyboardModifier.ControlModifier):
            way = self._snapped(way)
        self._door.look(pointer, self._carried[0])
        extracted = pointer.holds(Qt.KeyboardModifier.AltModifier) and bool(self._outer)
        onto = None
        if (extracted or not self._outer) and not self._carried[1]:
            onto = self._seat.look(pointer.canvas, self._outer | self._inner())
        self._moving, self._after = self._outcome(way, onto, extracted)
        places = moved_nodes(scene.graph, self._after) if self._after is not None else self._moving.places
        scene.preview(places)
        carried = [scene.graph.marks[i].at(*place) for i, place in self._moving.marks.items()]
        scene.preview_marks(carried if self._after is None else moved_marks(scene.graph, self._after))
        self.learn()

    def learn(self) -> None:
        """Say what the node would make of what flows through the wire that it is held over."""
        self.outcome = NOTHING
        node_id, onto = self.view.selection.single, self._moving.onto if self._moving is not None else None
        if onto is not None and self._after is not None and node_id is not None:
            trial = self.view.trials.of_seat(Seating(onto, self._after, node_id))
            self.outcome = of_seat(self.view, onto, self._after.node(node_id), trial)

    def end(self, pointer: Pointer) -> None:
        """Move the nodes in the design."""
        if self._moving is not None:
            self.cancel()
            if self._door.block is None:
                self.view.commands.move(self._moving)
            else:
                self.view.block_moves.into(self._door.block, self._carried[0])
        elif self._toggles and self._was_selected:
            self.view.selection.toggle(self._held)
        elif not self._toggles:
            self.view.selection.set([self._held])

    def cancel(self) -> None:
        """Show the nodes where they were."""
        self.view.trials.end()
        self.view.scene.preview_end()
        self.view.scene.preview_marks()

    def paint(self, painter: QPainter) -> None:
        """Paint the guides, and the wires that there would be."""
        camera = self.view.camera
        painter.setPen(QPen(theme().color("accent"), 1.0, Qt.PenStyle.DashLine))
        for guide in self._guides:
            painter.drawLine(QLineF(camera.to_screen(guide.p1()), camera.to_screen(guide.p2())))
        for space in self._spaces:
            paint_space(painter, QLineF(camera.to_screen(space.p1()), camera.to_screen(space.p2())))
        if self._after is not None:
            paint_new_wires(painter, self.view, self._after)
        self._door.paint(painter, self.pointer)
        if self.outcome.lines:
            paint_note(painter, self.pointer.screen, self.outcome.lines, self.outcome.role, self.view.size())

    @cached_property
    def _carried(self) -> tuple[frozenset[str], frozenset[str]]:
        """The nodes and marks that move: what is selected, and what lies in selected frames."""
        selection = self.view.selection
        nodes, marks = self.view.marks.contents(selection.marks)
        return selection.nodes | nodes, selection.marks | marks

    def _inner(self) -> frozenset[Edge]:
        """Return the wires among the nodes: they cannot land on those."""
        graph, nodes = self.view.scene.graph, self.view.selection.nodes
        return frozenset(edge for i in nodes for edge in graph.inputs_of(i) if edge.source in nodes)

    def _outcome(self, way: QPointF, onto: Edge | None, extracted: bool) -> tuple[Moving, Graph | None]:
        """Return what the nodes do, and the graph then, if more changes than their places.

        Nodes that cannot go onto a wire go past it.
        """
        graph, size_of = self.view.scene.graph, self.view.scene.size_of
        if onto is not None:
            try:
                level = way + self._levelling(way, onto, extracted)
                moving = Moving(self._places(level), onto, extracted, size_of)
                return moving, moving.result(graph)
            except StudioError:
                pass
        moving = Moving(self._places(way), None, extracted, size_of, self._mark_places(way))
        return moving, moving.result(graph) if extracted else None

    def _places(self, way: QPointF) -> dict[str, tuple[float, float]]:
        nodes = [self.view.scene.graph.node(node_id) for node_id in sorted(self._carried[0], key=id_key)]
        return {node.id: (node.x + way.x(), node.y + way.y()) for node in nodes}

    def _mark_places(self, way: QPointF) -> dict[str, tuple[float, float]]:
        marks = [self.view.scene.graph.marks[mark_id] for mark_id in self._carried[1]]
        return {mark.id: (mark.x + way.x(), mark.y + way.y()) for mark in marks}

    def _levelling(self, way: QPointF, onto: Edge, extracted: bool) -> QPointF:
        """Return how much further the nodes go to keep a straight wire straight.

        Raises:
            GraphError: They are no chain.
        """
        graph, geometry = self.view.scene.graph, self.view.scene.geometry
        signature = signatures(graph)
        if extracted:
            graph = rewiring.extract(graph, self.view.selection.nodes, signature)
        nodes = [graph.node(node_id) for node_id in self.view.selection.ordered()]
        node_id, port = rewiring.ends_of(graph, nodes, signature).entry
        inside = geometry.port_point(PortRef(node_id, "input", port)) - geometry.rect(node_id).topLeft()
        node = graph.node(node_id)
        return level_with(self.view, onto, QPointF(node.x, node.y) + way + inside)

    def _snapped(self, way: QPointF) -> QPointF:
        """Return the way with the held node on the grid, or in line with a card that is near."""
        node = self.view.scene.graph.node(self._held)
        x = snapped(node.x + way.x())
        y = snapped(node.y + way.y())
        width, height = self.view.scene.size(self._held)
        wanted = node.x + way.x(), node.y + way.y(), width, height
        found = align(self.view.scene.geometry, wanted, self._carried[0], self.view.visible_area())
        self._guides, self._spaces = found.guides, found.spaces
        x, y = found.x if found.x is not None else x, found.y if found.y is not None else y
        return QPointF(x - node.x, y - node.y)
