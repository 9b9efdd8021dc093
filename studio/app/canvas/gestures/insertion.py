"""Something held over a wire: what would come of it is shown before it is let go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from studio.app.canvas import wires
from studio.app.canvas.ports import PortRef
from studio.app.canvas.wire_layer import wire_pen
from studio.app.theme.measures import INSERT_REACH_PX as REACH_PX
from studio.app.theme.measures import LEVEL_REACH as LEVEL
from studio.app.theme.theme import theme
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class Seat:
    """The wire under the cursor that what is held would go onto.

    Once found it stays while the cursor is near its course as it was then: the room that is made for what
    is held moves the wire, and must not move it away from under the cursor.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._edge: Edge | None = None
        self._course: wires.Array = wires.NO_COURSE

    def look(self, point: QPointF, without: Collection[Edge] = ()) -> Edge | None:
        """Return the wire at a canvas point, some left out; None if there is none near."""
        geometry, reach = self._view.scene.geometry, REACH_PX / self._view.camera.zoom
        kept = self._edge is not None and self._edge not in without
        if kept and wires.distances(self._course, point.x(), point.y())[0] <= reach:
            return self._edge
        self._edge = geometry.edge_at(point, reach, without)
        row = geometry.edge_slot(self._edge) if self._edge is not None else None
        self._course = geometry.samples[[row]] if row is not None else wires.NO_COURSE
        return self._edge


def level_with(view: CanvasView, edge: Edge, port: QPointF) -> QPointF:
    """Return how far a port has to go to keep a straight wire straight; nothing if it is not near."""
    geometry = view.scene.geometry
    start = geometry.port_point(PortRef(edge.source, "output", edge.source_port))
    stop = geometry.port_point(PortRef(edge.target, "input", edge.target_port))
    down = view.scene.graph.direction == "down"
    bent = abs(stop.x() - start.x()) if down else abs(stop.y() - start.y())
    way = QPointF(start.x() - port.x(), 0.0) if down else QPointF(0.0, start.y() - port.y())
    return way if bent < 1.0 and way.manhattanLength() <= LEVEL else QPointF()


def moved_nodes(old: Graph, new: Graph) -> dict[str, tuple[float, float]]:
    """Return where nodes of a graph are in another, for those that are elsewhere there."""
    places = {}
    for node_id, node in new.nodes.items():
        before = old.nodes.get(node_id)
        if before is not None and before is not node and (before.x, before.y) != (node.x, node.y):
            places[node_id] = node.x, node.y
    return places


def moved_marks(old: Graph, new: Graph) -> list[Mark]:
    """Return the marks of a graph that another has at another place, or in another size."""
    return [mark for mark in new.marks.values() if old.marks.get(mark.id) not in (None, mark)]


def new_wires(old: Graph, new: Graph) -> list[Edge]:
    """Return the wires of a graph that another has not."""
    found: list[Edge] = []
    for node_id, edges in new.incoming.items():
        before = old.incoming.get(node_id, ())
        if edges is not before:
            found += [edge for edge in edges if edge not in before]
    return found


def paint_new_wires(
    painter: QPainter,
    view: CanvasView,
    new: Graph,
    ghosts: Mapping[PortRef, QPointF] | None = None,
) -> None:
    """Paint the wires that the network would have and has not.

    Args:
        painter: Paints in widget coordinates.
        view: Where the network is shown.
        new: What it would become.
        ghosts: Where the ports are of nodes that it has not yet.
    """
    geometry, found = view.scene.geometry, ghosts or {}

    def point(ref: PortRef) -> QPointF:
        return found[ref] if ref in found else geometry.port_point(ref)

    painter.save()
    painter.setTransform(view.camera.transform(), combine=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(wire_pen(theme().color("accent"), view.camera.zoom))
    for edge in new_wires(view.scene.graph, new):
        start = point(PortRef(edge.source, "output", edge.source_port))
        stop = point(PortRef(edge.target, "input", edge.target_port))
        painter.drawPath(view.scene.course.loose_path(start.x(), start.y(), stop.x(), stop.y()))
    painter.restore()
