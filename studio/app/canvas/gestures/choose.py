"""Which gesture a press begins: what lies under the mouse decides, and which keys and button are held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt

from studio.app.canvas.dots import Dot
from studio.app.canvas.gestures.cross_wires import AddDots, SliceWires
from studio.app.canvas.gestures.draw_wire import DrawWire, held_end
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.gestures.marquee import Marquee
from studio.app.canvas.gestures.move_dot import MoveDot
from studio.app.canvas.gestures.move_marks import MoveMarks, ResizeMark
from studio.app.canvas.gestures.move_nodes import MoveNodes
from studio.app.canvas.gestures.open_problem import OpenFinding, OpenProblem, badge_at, sign_at
from studio.app.canvas.gestures.pan import Pan
from studio.app.canvas.gestures.press_button import PressButton
from studio.app.canvas.gestures.resize_card import ResizeCard, right_edge_at
from studio.app.canvas.marks.mark_scene import Hit
from studio.app.canvas.ports import PortRef, ports_of
from studio.app.theme.measures import PORT_PX, WIRE_PX
from studio.app.theme.measures import WIRE_END_PX as END_PX
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.port import find_port

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


def choose(view: CanvasView, pointer: Pointer, button: Qt.MouseButton) -> Gesture | None:
    """Return the gesture that a press begins, or None."""
    if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and view.space_held):
        return Pan(view, pointer)
    if button == Qt.MouseButton.RightButton:
        return _by_right_button(view, pointer)
    if button != Qt.MouseButton.LeftButton:
        return None
    pressed = view.card_buttons.at(pointer.screen)
    if pressed is not None:
        return PressButton(view, pointer, pressed)
    signed = sign_at(view, pointer.canvas)
    if signed is not None:
        return OpenProblem(view, pointer, signed)
    badged = badge_at(view, pointer.canvas)
    if badged is not None:
        return OpenFinding(view, pointer, badged)
    geometry, zoom = view.scene.geometry, view.camera.zoom
    # From afar ports are smaller than a finger: there a press takes the node.
    port = geometry.port_at(pointer.canvas, PORT_PX / max(zoom, 0.5)) if zoom > 0.2 else None
    if port is not None:
        return _at_port(view, pointer, port)
    wide = right_edge_at(view, pointer.canvas)
    if wide is not None:
        return ResizeCard(view, pointer, wide)
    node_id = geometry.node_at(pointer.canvas)
    if node_id is not None:
        return MoveNodes(view, pointer, node_id)
    if pointer.holds(Qt.KeyboardModifier.AltModifier):
        return SliceWires(view, pointer)
    dot = view.scene.dots.at(pointer.canvas, zoom)
    if dot is not None:
        return _at_dot(view, pointer, dot)
    hit = mark_at(view, pointer.canvas)
    if hit is not None:
        return _at_mark(view, pointer, hit)
    edge = geometry.edge_at(pointer.canvas, WIRE_PX / zoom)
    if edge is not None:
        return _at_wire(view, pointer, edge)
    return Marquee(view, pointer)


def _by_right_button(view: CanvasView, pointer: Pointer) -> Gesture | None:
    """Draw a line across wires, if a key is held; without one the button asks for a menu."""
    if pointer.holds(Qt.KeyboardModifier.ControlModifier):
        return SliceWires(view, pointer)
    return AddDots(view, pointer) if pointer.holds(Qt.KeyboardModifier.ShiftModifier) else None


def _at_dot(view: CanvasView, pointer: Pointer, dot: Dot) -> Gesture:
    """Move a dot; with Shift, draw another wire from the same source that goes by the dots up to here."""
    if not pointer.holds(Qt.KeyboardModifier.ShiftModifier):
        return MoveDot(view, pointer, dot)
    source = PortRef(dot.edge.source, "output", dot.edge.source_port)
    return DrawWire(view, pointer, source, via=view.scene.dots.points(dot.edge)[: dot.place + 1])


def _at_mark(view: CanvasView, pointer: Pointer, hit: Hit) -> Gesture:
    """Move a mark, or pull at its edge."""
    if hit.part == "body":
        return MoveMarks(view, pointer, hit.mark)
    return ResizeMark(view, pointer, hit)


def mark_at(view: CanvasView, place: QPointF) -> Hit | None:
    """Return the mark that a press at a canvas point takes: nodes, ports and wires go before it."""
    geometry, reach = view.scene.geometry, WIRE_PX / view.camera.zoom
    if geometry.node_at(place) is not None:
        return None
    note = view.scene.marks.at(place, reach, "note", "arrow")
    if note is not None or geometry.edge_at(place, reach) is not None:
        return note
    return view.scene.marks.at(place, reach, "frame")


def _at_port(view: CanvasView, pointer: Pointer, port: PortRef) -> Gesture:
    """Take off the wire of an input that is full; begin a new one at any other port."""
    graph = view.scene.graph
    if view.scene.cards[port.node].collapsed:
        port = _with_wire(graph, port)
    present = () if port.is_output else graph.inputs_of(port.node, port.port)
    inputs, _ = ports_of(graph.node(port.node), graph)
    spec = find_port(inputs, port.port)
    if present and not (spec is not None and spec.variadic):
        return DrawWire(view, pointer, held_end(present[-1], port), present[-1])
    return DrawWire(view, pointer, port)


def _with_wire(graph: Graph, port: PortRef) -> PortRef:
    """Return that port of a side that has a wire: on a collapsed card all of them are in one place."""
    if port.is_output:
        wires = [edge.source_port for edge in graph.outputs_of(port.node)]
    else:
        wires = [edge.target_port for edge in graph.inputs_of(port.node)]
    return replace(port, port=wires[0]) if wires else port


def _at_wire(view: CanvasView, pointer: Pointer, edge: Edge) -> Gesture:
    """Select a wire; near one of its ends, that end can be dragged elsewhere."""
    selection = view.selection
    if pointer.holds(Qt.KeyboardModifier.ShiftModifier):
        selection.set(selection.nodes, selection.edges | {edge}, selection.marks)
    elif pointer.holds(Qt.KeyboardModifier.ControlModifier):
        selection.set(selection.nodes, selection.edges ^ {edge}, selection.marks)
    else:
        selection.set(edges=[edge])
    source = PortRef(edge.source, "output", edge.source_port)
    target = PortRef(edge.target, "input", edge.target_port)
    for end in (target, source):
        gap = view.scene.geometry.port_point(end) - pointer.canvas
        if np.hypot(gap.x(), gap.y()) * view.camera.zoom <= END_PX:
            return DrawWire(view, pointer, held_end(edge, end), edge)
    return Gesture(view, pointer)
