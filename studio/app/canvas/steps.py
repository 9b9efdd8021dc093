"""Going about the canvas by keys: from a node to the next one in a direction, and along a node's wires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from PySide6.QtCore import QObject, QPointF

from studio.app.canvas.geometry import Geometry
from studio.graph.graph import Graph
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Direction: TypeAlias = Literal["left", "right", "up", "down"]

WAYS: dict[Direction, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}

ASIDE = 2.0
"""How much more a step aside counts than a step ahead."""


FARTHEST_ASIDE = 4.0
"""How much further aside than ahead a node may lie."""


class Steps(QObject):
    """What the keyboard is at, on a canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._walked: str | None = None
        self._wire: Edge | None = None
        view.document.opened.connect(self._forget)
        view.document.level_changed.connect(self._forget)

    def go(self, direction: Direction) -> None:
        """Select the next node in a direction, ringed; from nothing, the one in the middle of the view."""
        view, geometry = self._view, self._view.scene.geometry
        here = view.selection.single
        if here is not None:
            there = neighbour(geometry, here, direction)
        else:
            there = nearest(geometry, view.visible_area().center())
        if there is None:
            view.message.emit("There is nothing further." if len(geometry.ids) else "The canvas is empty.")
            return
        view.keyboard_node = there
        view.selection.set([there])
        if not view.visible_area().contains(geometry.rect(there)):
            view.reveal(there)

    def next_wire(self, by: int) -> None:
        """Select the next wire of the selected node, or of the one whose wires were walked along before."""
        view, graph = self._view, self._view.scene.graph
        node_id = view.selection.single or self._walked_along()
        if node_id is None:
            view.message.emit("Select a layer to go along its wires.")
            return
        wires = wires_of(graph, node_id)
        if not wires:
            view.selection.set([node_id])
            view.message.emit(f'"{graph.node(node_id).name}" has no wires.')
            return
        here = next((wires.index(edge) for edge in view.selection.edges if edge in wires), None)
        place = (0 if by > 0 else -1) if here is None else (here + by) % len(wires)
        self._walked, self._wire = node_id, wires[place]
        view.selection.set(edges=[wires[place]])
        self._show(wires[place])

    def _forget(self) -> None:
        """Be nowhere: ids are those of another level."""
        self._walked = self._wire = None

    def _walked_along(self) -> str | None:
        """Return the node whose wire is selected, or was until it was deleted."""
        view, wire = self._view, self._wire
        if wire is None or self._walked not in view.scene.graph or view.selection.nodes:
            return None
        goes_on = wire in view.selection.edges or not view.scene.graph.has_edge(wire)
        return self._walked if goes_on else None

    def _show(self, edge: Edge) -> None:
        """Bring a wire into view, if neither of its ends is."""
        view = self._view
        ends = [view.scene.geometry.rect(node_id) for node_id in (edge.source, edge.target)]
        if not any(view.visible_area().intersects(end) for end in ends):
            middle = (ends[0].center() + ends[1].center()) / 2
            view.set_camera(view.camera.centred(middle, view.size().toSizeF()))


def wires_of(graph: Graph, node_id: str) -> list[Edge]:
    """Return a node's wires: those that come in, then those that go out."""
    return [*graph.inputs_of(node_id), *graph.outputs_of(node_id)]


def neighbour(geometry: Geometry, node_id: str, direction: Direction) -> str | None:
    """Return the nearest node that lies in a direction of another; None if there is none.

    A node lies there if its middle is further that way, and not further aside than ahead; if there is
    none, one counts that is further aside.
    """
    right, down = WAYS[direction]
    middles = (geometry.boxes[:, :2] + geometry.boxes[:, 2:]) / 2
    gaps = middles - middles[geometry.slot(node_id)]
    ahead = gaps @ np.array([right, down], dtype=float)
    aside = np.abs(gaps @ np.array([down, right], dtype=float))
    for most_aside in (1.0, FARTHEST_ASIDE):
        slots = np.flatnonzero((ahead > 0) & (aside <= most_aside * ahead))
        if len(slots):
            return geometry.ids[int(slots[np.argmin(ahead[slots] + ASIDE * aside[slots])])]
    return None


def nearest(geometry: Geometry, point: QPointF) -> str | None:
    """Return the node whose middle is nearest to a point."""
    if not len(geometry.ids):
        return None
    middles = (geometry.boxes[:, :2] + geometry.boxes[:, 2:]) / 2
    return geometry.ids[int(np.argmin(np.hypot(middles[:, 0] - point.x(), middles[:, 1] - point.y())))]
