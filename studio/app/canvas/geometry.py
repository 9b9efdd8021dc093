"""Where everything is, in NumPy arrays: which cards and wires a rectangle shows, and what lies under a point.

Rows follow `ids` and `edges`. Rows of nodes are in painting order: the last lies on top.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from studio.app.canvas import wires
from studio.app.canvas.courses import Course
from studio.app.canvas.lanes import lanes_round
from studio.app.canvas.ports import PortRef, Side
from studio.app.canvas.wires import Array
from studio.app.theme.measures import LANE_NEAR as NEAR
from studio.app.theme.measures import PORT_LINE, WIRE_CLEAR
from studio.graph.graph import Bend
from studio.graph.node import Edge

MANY_SHIFTED = 64
"""When more cards have moved than this, all wires are looked at."""


Slots = NDArray[np.intp]
Places = Mapping[str, float]
"""How far along its side of the card each port sits, from the top or the left, by name, in order."""


class Geometry:
    """Boxes of cards, places of ports and courses of wires, kept in step by small changes.

    Attributes:
        ids: Node id of each row of `boxes`.
        boxes: Left, top, right, bottom, (N, 4).
        edges: Wire of each row of `points`, `samples` and `edge_boxes`.
        points: Control points, (E, 8, 2); see `studio.app.canvas.wires`.
        samples: Points along the wires, (E, S, 2).
        edge_boxes: Left, top, right, bottom, (E, 4).
        course: How wires run. In a network that runs down all that is computed with is turned.

    What moves leaves the places it left and the places it came to in a list that whoever paints takes.
    """

    def __init__(self) -> None:
        self.course = Course()
        self.ids: list[str] = []
        self.boxes: Array = np.empty((0, 4))
        self.edges: list[Edge] = []
        self.points: Array = np.empty((0, 8, 2))
        self.samples: Array = np.empty((0, 2 * wires.SAMPLES, 2))
        self.edge_boxes: Array = np.empty((0, 4))
        self._paths: list[QPainterPath | None] = []
        self._lines: list[QLineF | None] = []
        self._blocks: list[QRectF | None] = []
        self._extent: QRectF | None = None
        self._dirty: list[Array] = []
        self._shifted: list[Array] = []
        self._slot: dict[str, int] = {}
        self._edge_slot: dict[Edge, int] = {}
        self._ends: Array = np.empty((0, 2))  # how far along their sides ports are: source, target
        self._over: Array = np.empty(0)  # places of lanes round the cards in the way, NaN for none
        self._links: Slots = np.empty((0, 2), dtype=np.intp)  # slots of source and target
        self._ports: dict[str, dict[Side, Places]] = {}
        self._bends: dict[Edge, tuple[Bend, ...]] = {}

    # Changes

    def set_course(self, course: Course) -> None:
        """Have all wires run in another style, or another way."""
        if course != self.course:
            self.course = course
            self._route(np.arange(len(self.edges)))

    def set_nodes(self, boxes: Mapping[str, tuple[float, float, float, float]]) -> None:
        """Add nodes, or move and resize them: x, y, width, height by id."""
        fresh = [node_id for node_id in boxes if node_id not in self._slot]
        for node_id in fresh:
            self._slot[node_id] = len(self.ids)
            self.ids.append(node_id)
            self._blocks.append(None)
        if fresh:
            self.boxes = np.concatenate([self.boxes, np.zeros((len(fresh), 4))])
        if not boxes:
            return
        slots = np.fromiter((self._slot[node_id] for node_id in boxes), dtype=np.intp, count=len(boxes))
        given = np.array(list(boxes.values()), dtype=float)
        before = self.boxes[slots]
        self.boxes[slots, :2] = given[:, :2]
        self.boxes[slots, 2:] = given[:, :2] + given[:, 2:]
        self._extent = None
        self._dirty += before, self.boxes[slots]
        self._shifted += before, self.boxes[slots]
        for slot in slots.tolist():
            self._blocks[slot] = None
        self._route(self._edges_at(slots))

    def set_ports(self, node_id: str, inputs: Places, outputs: Places) -> None:
        """Say where a node's ports sit. Call it before `set_nodes` and `add_edges`."""
        self._ports[node_id] = {"input": inputs, "output": outputs}

    def remove_nodes(self, node_ids: Iterable[str]) -> None:
        """Take nodes out; their wires must be gone already."""
        slots = sorted({self._slot[node_id] for node_id in node_ids}, reverse=True)
        if not slots:
            return
        keep = np.ones(len(self.ids), dtype=bool)
        keep[slots] = False
        renumber = np.cumsum(keep) - 1
        self._extent = None
        self._dirty.append(self.boxes[~keep])
        self._shifted.append(self.boxes[~keep])
        self.boxes = self.boxes[keep]
        for slot in slots:
            node_id = self.ids.pop(slot)
            del self._blocks[slot], self._slot[node_id]
            self._ports.pop(node_id, None)
        self._slot.update((self.ids[slot], slot) for slot in range(slots[-1], len(self.ids)))
        self._links = renumber[self._links]

    def add_edges(self, edges: Iterable[Edge]) -> None:
        """Add wires between nodes that are there."""
        fresh = [edge for edge in edges if edge not in self._edge_slot]
        if not fresh:
            return
        first = len(self.edges)
        self._edge_slot.update({edge: first + place for place, edge in enumerate(fresh)})
        self.edges.extend(fresh)
        self._paths.extend([None] * len(fresh))
        self._lines.extend([None] * len(fresh))
        links = np.array([[self._slot[e.source], self._slot[e.target]] for e in fresh], dtype=np.intp)
        ends = np.array([self._heights(edge) for edge in fresh])
        self._links = np.concatenate([self._links, links])
        self._ends = np.concatenate([self._ends, ends])
        grown = len(fresh)
        self._over = np.concatenate([self._over, np.full(grown, np.nan)])
        self.points = np.concatenate([self.points, np.zeros((grown, *self.points.shape[1:]))])
        self.samples = np.concatenate([self.samples, np.zeros((grown, *self.samples.shape[1:]))])
        self.edge_boxes = np.concatenate([self.edge_boxes, np.zeros((grown, 4))])
        self._route(np.arange(first, first + grown))

    def remove_edges(self, edges: Iterable[Edge]) -> None:
        """Take wires out."""
        rows = sorted({self._edge_slot[edge] for edge in edges if edge in self._edge_slot}, reverse=True)
        if not rows:
            return
        self._dirty.append(self.edge_boxes[rows])
        for row in rows:
            self._bends.pop(self.edges[row], None)
            self._fill_with_last(row)
        count = len(self.edges)
        self._links, self._ends, self._over = self._links[:count], self._ends[:count], self._over[:count]
        self.points, self.samples = self.points[:count], self.samples[:count]
        self.edge_boxes = self.edge_boxes[:count]

    def _fill_with_last(self, row: int) -> None:
        """Put the last wire into a row whose wire goes: rows have no order, and the rest stay as they are."""
        last = len(self.edges) - 1
        del self._edge_slot[self.edges[row]]
        if row != last:
            self._edge_slot[self.edges[last]] = row
        kept: tuple[list[Any], ...] = self.edges, self._paths, self._lines
        for each in kept:
            each[row] = each[last]
            each.pop()
        for array in (self._links, self._ends, self._over, self.points, self.samples, self.edge_boxes):
            array[row] = array[last]

    def set_bends(self, bends: Mapping[Edge, tuple[Bend, ...]]) -> None:
        """Lead wires through points; none let a wire find its own way. Some may be gone already."""
        for edge, points in bends.items():
            if points and edge in self._edge_slot:
                self._bends[edge] = tuple(points)
            else:
                self._bends.pop(edge, None)
        rows = [row for row in map(self._edge_slot.get, bends) if row is not None]
        self._route(np.array(sorted(rows), dtype=np.intp))

    def raise_nodes(self, node_ids: Iterable[str]) -> None:
        """Put nodes on top of all others."""
        raised = np.zeros(len(self.ids), dtype=bool)
        raised[[self._slot[node_id] for node_id in node_ids]] = True
        order = np.concatenate([np.flatnonzero(~raised), np.flatnonzero(raised)])
        self.boxes = self.boxes[order]
        self._blocks = [self._blocks[slot] for slot in order.tolist()]
        self._dirty.append(self.boxes[int((~raised).sum()) :])
        self.ids = [self.ids[slot] for slot in order.tolist()]
        self._slot = {node_id: slot for slot, node_id in enumerate(self.ids)}
        self._links = np.argsort(order)[self._links]

    def refresh_ends(self, node_ids: Iterable[str]) -> None:
        """Take over new port heights of nodes for the wires that end there."""
        slots = np.array([self._slot[node_id] for node_id in node_ids], dtype=np.intp)
        touched = self._edges_at(slots)
        for place in touched:
            self._ends[place] = self._heights(self.edges[place])
        self._route(touched)

    def _heights(self, edge: Edge) -> tuple[float, float]:
        return (
            self._ports[edge.source]["output"].get(edge.source_port, PORT_LINE),
            self._ports[edge.target]["input"].get(edge.target_port, PORT_LINE),
        )

    def _edges_at(self, slots: Slots) -> Slots:
        """Return the rows of wires that end at any of these nodes."""
        if not len(self.edges):
            return np.empty(0, dtype=np.intp)
        touched = np.zeros(len(self.ids), dtype=bool)
        touched[slots] = True
        return np.flatnonzero(touched[self._links].any(axis=1))

    def mind_cards(self) -> None:
        """Lay those wires anew that now have a card in their way, or have it no longer."""
        rows = self._near_shifted()
        over = self._lanes_round(rows)
        known = self._over[rows]
        self._route(rows[~((over == known) | (np.isnan(over) & np.isnan(known)))])

    def _near_shifted(self) -> Slots:
        """Return the wires near cards that came, went or moved since the last call."""
        shifted, self._shifted = np.concatenate([np.empty((0, 4)), *self._shifted]), []
        if len(shifted) > MANY_SHIFTED:
            return np.arange(len(self.edges))
        near = np.zeros(len(self.edges), dtype=bool)
        for left, top, right, bottom in shifted.tolist():
            card = QRectF(left, top, right - left, bottom - top)
            # A card matters to a wire that it lies on, and to one that looks for its way round others.
            near[self.edges_in(card.adjusted(-WIRE_CLEAR, -WIRE_CLEAR, WIRE_CLEAR, WIRE_CLEAR))] = True
            rows = self.edges_in(card.adjusted(-NEAR, -NEAR, NEAR, NEAR))
            near[rows[~np.isnan(self._over[rows])]] = True
        return np.flatnonzero(near)

    def _lanes_round(self, rows: Slots) -> Array:
        """Return by which lanes wires go round the cards in their way."""
        return lanes_round(
            self._ends_of(rows), self._links[rows], self.course.boxes(self.boxes), self.course.rules
        )

    def _ends_of(self, rows: Slots) -> Array:
        """Return x, y of the output port and x, y of the input port of some wires, (E, 4)."""
        source, target = self._boxes_at(rows)
        heights = source[:, 1] + self._ends[rows, 0], target[:, 1] + self._ends[rows, 1]
        return np.stack([source[:, 2], heights[0], target[:, 0], heights[1]], axis=1)

    def _boxes_at(self, rows: Slots) -> tuple[Array, Array]:
        """Return the cards at both ends of some wires, turned as the course says."""
        source, target = (self.course.boxes(self.boxes[self._links[rows, end]]) for end in (0, 1))
        return source, target

    def _route(self, rows: Slots) -> None:
        """Compute the course of some wires."""
        if not len(rows):
            return
        source, target = self._boxes_at(rows)
        self._dirty.append(self.edge_boxes[rows])
        self._over[rows] = self._lanes_round(rows)
        points = self.course.routes(self._ends_of(rows), source, target, self._over[rows])
        self.points[rows] = self.course.points(points)
        self.samples[rows] = self.course.sample(self.points[rows])
        for row in rows.tolist() if self._bends else ():
            if self.edges[row] in self._bends:
                self.samples[row] = self.course.bent_sample(self._spans(row), self.samples.shape[1])
        self.edge_boxes[rows] = wires.bounds(self.samples[rows])
        self._dirty.append(self.edge_boxes[rows])
        for row in rows.tolist():
            self._paths[row] = self._lines[row] = None

    def _spans(self, row: int) -> Array:
        """Return the pieces of a wire that is led through points."""
        return self.course.bent_spans(self._ends_of(np.array([row]))[0], self._bends[self.edges[row]])

    def take_dirty(self) -> Array:
        """Return left, top, right, bottom of all that changed since the last call, (K, 4)."""
        dirty, self._dirty = self._dirty, []
        return np.concatenate(dirty) if dirty else np.empty((0, 4))

    def touch(self, node_ids: Iterable[str]) -> None:
        """Say that some cards look different, where they are."""
        slots = [self._slot[node_id] for node_id in node_ids]
        if slots:
            self._dirty.append(self.boxes[slots])

    def soil(self, areas: Iterable[QRectF]) -> None:
        """Say that some areas look different."""
        boxes = [(area.left(), area.top(), area.right(), area.bottom()) for area in areas]
        if boxes:
            self._dirty.append(np.array(boxes, dtype=float))

    # Questions

    def path(self, row: int) -> QPainterPath:
        """Return the course of the wire in a row."""
        kept = self._paths[row]
        if kept is None:
            is_bent = self.edges[row] in self._bends
            course = self.course
            kept = course.bent_path(self._spans(row)) if is_bent else course.path(self.points[row])
            self._paths[row] = kept
        return kept

    def line(self, row: int) -> QLineF:
        """Return the straight line between the ends of the wire in a row."""
        kept = self._lines[row]
        if kept is None:
            first, last = self.points[row, [0, -1]].tolist()
            kept = self._lines[row] = QLineF(*first, *last)
        return kept

    def block(self, slot: int) -> QRectF:
        """Return the card in a row; the same object until it moves."""
        kept = self._blocks[slot]
        if kept is None:
            left, top, right, bottom = self.boxes[slot].tolist()
            kept = self._blocks[slot] = QRectF(left, top, right - left, bottom - top)
        return kept

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._slot

    def slot(self, node_id: str) -> int:
        """Return the row of a node."""
        return self._slot[node_id]

    def edge_slot(self, edge: Edge) -> int | None:
        """Return the row of a wire, or None if it is not there."""
        return self._edge_slot.get(edge)

    def rect(self, node_id: str) -> QRectF:
        """Return the card of a node."""
        left, top, right, bottom = self.boxes[self._slot[node_id]].tolist()
        return QRectF(left, top, right - left, bottom - top)

    def extent(self, node_ids: Iterable[str] | None = None) -> QRectF:
        """Return the smallest rectangle around some cards, or around all."""
        if node_ids is not None:
            slots = np.array([self._slot[node_id] for node_id in node_ids], dtype=np.intp)
            return _around_all(self.boxes[slots])
        if self._extent is None:
            self._extent = _around_all(self.boxes)
        return QRectF(self._extent)

    def nodes_in(self, area: QRectF) -> Slots:
        """Return the rows of the cards that touch a rectangle, in painting order."""
        return _touching(self.boxes, area)

    def edges_in(self, area: QRectF) -> Slots:
        """Return the rows of the wires whose bounds touch a rectangle."""
        return _touching(self.edge_boxes, area)

    def edges_inside(self, area: QRectF) -> list[Edge]:
        """Return the wires that lie in a rectangle from end to end."""
        left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
        low, high = self.edge_boxes[:, :2], self.edge_boxes[:, 2:]
        inside = (low >= (left, top)).all(axis=1) & (high <= (right, bottom)).all(axis=1)
        return [self.edges[row] for row in np.flatnonzero(inside).tolist()]

    def links_of(self, rows: Slots) -> Slots:
        """Return the node rows at both ends of some wires, (E, 2)."""
        return self._links[rows]

    def node_at(self, point: QPointF) -> str | None:
        """Return the topmost node under a point."""
        found = self.nodes_in(QRectF(point, point))
        return self.ids[found[-1]] if len(found) else None

    def edge_at(self, point: QPointF, tolerance: float, without: Collection[Edge] = ()) -> Edge | None:
        """Return the nearest wire within `tolerance` of a point, some left out."""
        rows = self.edges_in(_around(point, tolerance))
        if without:
            rows = rows[[self.edges[row] not in without for row in rows.tolist()]]
        if not len(rows):
            return None
        gaps = wires.distances(self.samples[rows], point.x(), point.y())
        best = int(np.argmin(gaps))
        return self.edges[rows[best]] if gaps[best] <= tolerance else None

    def port_at(self, point: QPointF, radius: float, *, side: Side | None = None) -> PortRef | None:
        """Return the nearest port within `radius` of a point, perhaps only of one side."""
        best: tuple[float, PortRef] | None = None
        for slot in self.nodes_in(_around(point, radius)):
            for ref in self.ports_of(self.ids[slot]):
                if side is not None and ref.side != side:
                    continue
                gap = point - self.port_point(ref)
                distance = float(np.hypot(gap.x(), gap.y()))
                if distance > radius:
                    continue
                # Of cards the upper one is meant; of ports in one place, as on a collapsed card, the first.
                upper = best is not None and best[0] == distance and best[1].node != ref.node
                if best is None or distance < best[0] or upper:
                    best = (distance, ref)
        return best[1] if best else None

    def ports_of(self, node_id: str) -> list[PortRef]:
        """Return all ports of a node: inputs, then outputs."""
        return [
            PortRef(node_id, side, name) for side, ports in self._ports[node_id].items() for name in ports
        ]

    def offsets(self) -> dict[Edge, tuple[float, float]]:
        """Return how far along the sides of its two cards each wire ends."""
        return {edge: (out, into) for edge, (out, into) in zip(self.edges, self._ends.tolist(), strict=True)}

    def port_point(self, ref: PortRef) -> QPointF:
        """Return where a port is."""
        left, top, right, bottom = self.boxes[self._slot[ref.node]].tolist()
        along = self._ports[ref.node][ref.side].get(ref.port, PORT_LINE)
        if self.course.down:
            return QPointF(left + along, bottom if ref.is_output else top)
        return QPointF(right if ref.is_output else left, top + along)


def _around_all(boxes: Array) -> QRectF:
    """Return the smallest rectangle around some boxes."""
    if not len(boxes):
        return QRectF()
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    return QRectF(left, top, right - left, bottom - top)


def _touching(boxes: Array, area: QRectF) -> Slots:
    """Return the rows of boxes that touch an area, edges included."""
    left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
    return np.flatnonzero(
        (boxes[:, 0] <= right) & (boxes[:, 2] >= left) & (boxes[:, 1] <= bottom) & (boxes[:, 3] >= top)
    )


def _around(point: QPointF, radius: float) -> QRectF:
    return QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
