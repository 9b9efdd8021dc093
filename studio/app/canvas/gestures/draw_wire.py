"""Draw a wire from port to port, or take one by its end and put it elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.gestures.outcome import NOTHING, Outcome, of_source, of_wire
from studio.app.canvas.overlays import paint_note
from studio.app.canvas.ports import PortRef, Side, edge_between
from studio.app.canvas.wire_layer import wire_pen
from studio.app.canvas.wiring import Wiring
from studio.app.theme.measures import SNAP_PX
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, PORT_RING
from studio.graph import edits
from studio.graph.graph import Bend
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class DrawWire(Gesture):
    """One end is held at a port, the other follows the mouse, in either direction.

    Ports that may take it are lit, nodes that have none are dimmed, and the reason stands beside the
    cursor. Dropped on the empty canvas a new wire is announced and forgotten; one that was taken off is
    disconnected.

    Args:
        anchor: The port that is held.
        detached: The wire whose other end was taken off, if it is not a new one.
        via: Dots that the wire is led through from the anchor on.

    Attributes:
        wiring: The ends that the wire may have.
        outcome: What would come of it here.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        view: CanvasView,
        pointer: Pointer,
        anchor: PortRef,
        detached: Edge | None = None,
        via: tuple[Bend, ...] = (),
    ) -> None:
        super().__init__(view, pointer)
        self._via = via
        self._anchor = anchor
        self._detached = detached
        graph = self.view.scene.graph
        if detached is not None:
            graph = edits.disconnect(graph, [detached])
        self.wiring = Wiring(graph, anchor)
        self._target: PortRef | None = None
        self.outcome = NOTHING
        self._tried = False

    @property
    def hidden_edges(self) -> frozenset[Edge]:
        """The wire that was taken off, and the one that would give way."""
        replaced = self.wiring.replaced(self._target) if self._target is not None else None
        hidden = (self._detached if self.dragging else None, replaced)
        return frozenset(edge for edge in hidden if edge is not None)

    def drag(self, pointer: Pointer) -> None:
        """Find out where the wire would end."""
        self._target, self.outcome = None, NOTHING
        if not self._tried:
            self._begin_trials()
        geometry, zoom = self.view.scene.geometry, self.view.camera.zoom
        side: Side = "input" if self._anchor.is_output else "output"
        near = geometry.port_at(pointer.canvas, SNAP_PX / zoom, side=side)
        if near is not None and self.view.scene.cards[near.node].collapsed:
            near = self.wiring.best_on(near.node) or near  # all its ports are in one place
        body = geometry.node_at(pointer.canvas)
        if near is None and body == self._anchor.node:
            return
        if near is None and body is not None:
            near = self.wiring.best_on(body) or next(iter(self.wiring.candidates(body)), None)
            if near is None:
                self._refuse(f'"{self.view.scene.graph.node(body).name}" has no {side}')
        if near is not None:
            self._judge(near)
        elif body is None and self._anchor.is_output:
            self.outcome = of_source(self.view, self._anchor)

    def _begin_trials(self) -> None:
        """Show all ports, and have those in view judged, the nearest first."""
        view, self._tried = self.view, True
        view.scene.reveal_ports(True)
        view.trials.begin(self.wiring.graph)
        geometry, here = view.scene.geometry, self.pointer.canvas
        nodes = [geometry.ids[slot] for slot in geometry.nodes_in(view.visible_area()).tolist()]
        refs = [ref for node_id in nodes for ref in self.wiring.candidates(node_id) if self.wiring.fits(ref)]
        refs.sort(key=lambda ref: (geometry.port_point(ref) - here).manhattanLength())
        view.trials.prepare(edge_between(self._anchor, ref) for ref in refs)

    def learn(self) -> None:
        """Say what the engine found out about the port under the mouse."""
        if self._target is not None:
            self._judge(self._target)

    def end(self, pointer: Pointer) -> None:
        """Draw the wire in the design."""
        if self.dragging:
            self._drop(pointer)
        self.cancel()

    def cancel(self) -> None:
        """Hide again what was shown for the wire."""
        self.view.trials.end()
        self.view.scene.reveal_ports(False)

    def _drop(self, pointer: Pointer) -> None:
        """Let the free end go where it is."""
        commands, geometry = self.view.commands, self.view.scene.geometry
        if self._target is not None:
            edge = edge_between(self._anchor, self._target)
            if self._detached is None or _ends(edge) != _ends(self._detached):
                commands.connect(edge, instead_of=self._detached, via=self._via)
        elif self.outcome.role == "bad":
            self.view.message.emit(f"Not connected: {self.outcome.lines[0]}.")
        elif geometry.node_at(pointer.canvas) is None:
            if self._detached is not None:
                commands.disconnect([self._detached])
            else:
                self.view.wire_dropped_on_canvas.emit(self._anchor, pointer.canvas)

    def paint(self, painter: QPainter) -> None:
        """Paint what is dimmed and lit, the wire, and the reason."""
        if not self.dragging:
            return
        self._paint_ports(painter)
        camera, geometry = self.view.camera, self.view.scene.geometry
        held = QPointF(*self._via[-1]) if self._via else geometry.port_point(self._anchor)
        free = geometry.port_point(self._target) if self._target is not None else self.pointer.canvas
        start, stop = (held, free) if self._anchor.is_output else (free, held)
        role, style = _STYLES[self.outcome.role]
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(wire_pen(theme().color(role), camera.zoom, style))
        painter.drawPath(self.view.scene.course.loose_path(start.x(), start.y(), stop.x(), stop.y()))
        painter.restore()
        if self.outcome.lines:
            paint_note(painter, self.pointer.screen, self.outcome.lines, self.outcome.role, self.view.size())

    def _judge(self, ref: PortRef) -> None:
        """Take a port as the end, or say why not."""
        reason = self.wiring.why_not(ref)
        if reason is not None:
            self._refuse(reason)
            return
        self._target = ref
        edge = edge_between(self._anchor, ref)
        found = of_wire(self.view, edge, self.view.trials.of_wire(edge))
        replaced = self.wiring.replaced(ref)
        if replaced is not None and replaced != self._detached:
            old = self.view.scene.graph.node(replaced.source).name
            found = replace(found, lines=(*found.lines, f'Replaces the wire from "{old}".'))
        self.outcome = found

    def _refuse(self, reason: str) -> None:
        self.outcome = Outcome((reason,), "bad")

    def _paint_ports(self, painter: QPainter) -> None:
        """Dim the nodes on screen that cannot take the wire, and light the ports that can."""
        view, camera = self.view, self.view.camera
        geometry = view.scene.geometry
        veil = theme().color("canvas")
        veil.setAlphaF(0.6)
        for slot in geometry.nodes_in(view.visible_area()).tolist():
            node_id = geometry.ids[slot]
            fitting = [ref for ref in self.wiring.candidates(node_id) if self.wiring.fits(ref)]
            for ref in fitting:
                self._light(painter, ref)
            if not fitting and node_id != self._anchor.node:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(veil)
                card = camera.rect_to_screen(geometry.rect(node_id)).adjusted(-5, -1, 5, 1)
                painter.drawRoundedRect(card, CARD_RADIUS, CARD_RADIUS)

    def _light(self, painter: QPainter, ref: PortRef) -> None:
        """Paint a port that may take the wire: as a ring, as a triangle where it would be a problem."""
        view, is_target = self.view, ref == self._target
        trial = view.trials.known(edge_between(self._anchor, ref))
        warned = trial is not None and trial.severity in ("error", "warning")
        radius = max(PORT_RING * view.camera.zoom / 2 + 1, 3.0) + 2 * is_target
        place = view.camera.to_screen(view.scene.geometry.port_point(ref))
        color = theme().color("warning" if warned else "accent")
        painter.setPen(QPen(color, 2.0))
        painter.setBrush(color if is_target else theme().color("card"))
        if warned:
            corners = (QPointF(0, -1.5), QPointF(1.5, 1.2), QPointF(-1.5, 1.2))
            painter.drawPolygon([place + corner * radius for corner in corners])
        else:
            painter.drawEllipse(place, radius, radius)


_STYLES = {
    "line": ("accent", Qt.PenStyle.SolidLine),
    "warning": ("warning", Qt.PenStyle.DashDotLine),
    "bad": ("bad", Qt.PenStyle.DashLine),
}
"""Colour and stroke of the wire, by how it would turn out."""


def _ends(edge: Edge) -> tuple[str, str, str, str]:
    """Return where a wire begins and ends, whatever its place in the port."""
    return edge.source, edge.source_port, edge.target, edge.target_port


def held_end(edge: Edge, grabbed: PortRef) -> PortRef:
    """Return the end of a wire that stays when the other is taken off."""
    if grabbed.is_output:
        return PortRef(edge.target, "input", edge.target_port)
    return PortRef(edge.source, "output", edge.source_port)
