"""Making room: pushes that begin at new nodes and run on along the flow, as far as they are needed.

Everything is seen along the flow (from `start` to `stop`) and across it (from `top` to `bottom`), so that
networks drawn to the right and downwards are one case.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from typing import TypeAlias

from studio.graph.edits import move
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import Edge, Node

SizeOf: TypeAlias = Callable[[Node], tuple[float, float]]
"""Width and height of a node's card, in canvas pixels."""

GRID = 8.0
GAP = 80.0
"""Distance of two nodes in a chain, where there was more; where there was less, it stays as it was."""

LEAST_GAP = 32.0
"""A wire is never shorter than this between a node that was put on it and its neighbours."""

ROW_GAP = 40.0
"""Distance that cards without a wire between them keep, and rows from each other."""


@dataclass(slots=True)
class Box:
    """A card, or a frame, along the flow and across it.

    Attributes:
        start: Where it begins along the flow.
        stop: Where it ends.
        top: Where it begins across the flow.
        bottom: Where it ends.
        by: How far it is pushed along the flow.
    """

    start: float
    stop: float
    top: float
    bottom: float
    by: float = 0.0

    @property
    def middle(self) -> float:
        """Where its middle is along the flow, before it is pushed."""
        return (self.start + self.stop) / 2

    @property
    def end(self) -> float:
        """Where it ends once it is pushed."""
        return self.stop + self.by

    def push(self, start: float) -> None:
        """Go on so far that it begins at a place, or at the next line of the grid."""
        if start > self.start + self.by:
            self.by = up_to_grid(start) - self.start

    def is_beside(self, other: Box) -> bool:
        """Say whether two boxes share a row."""
        return self.top < other.bottom and other.top < self.bottom


def box_of(node: Node, size_of: SizeOf, *, down: bool) -> Box:
    """Return a node's card as a box; `down` says which way the network is drawn."""
    width, height = size_of(node)
    if down:
        return Box(node.y, node.y + height, node.x, node.x + width)
    return Box(node.x, node.x + width, node.y, node.y + height)


def place_of(node: Node, along: float, across: float, *, down: bool) -> tuple[float, float]:
    """Return where a node is when it goes on along the flow and across it."""
    return (node.x + across, node.y + along) if down else (node.x + along, node.y + across)


def mark_box(mark: Mark, *, down: bool) -> Box:
    """Return a mark as a box."""
    if down:
        return Box(mark.y, mark.y + mark.height, mark.x, mark.x + mark.width)
    return Box(mark.x, mark.x + mark.width, mark.y, mark.y + mark.height)


def holds(frame: Box, card: Box) -> bool:
    """Say whether a card's middle lies in a frame, before anything is pushed."""
    across = (card.top + card.bottom) / 2
    return frame.start <= card.middle <= frame.stop and frame.top <= across <= frame.bottom


def up_to_grid(length: float) -> float:
    """Round a length up to the grid."""
    return math.ceil(length / GRID) * GRID


def _hull(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around some."""
    found = list(boxes)
    return Box(
        min(box.start for box in found),
        max(box.stop for box in found),
        min(box.top for box in found),
        max(box.bottom for box in found),
    )


class Push:
    """How far everything goes when some nodes came onto a wire.

    Boxes are made only of cards that the push comes near to: a network has many more.

    Args:
        graph: The graph, wired already.
        new: The nodes that came in.
        edge: The wire that they came onto.
        size_of: The size of a node's card.
    """

    def __init__(self, graph: Graph, new: set[str], edge: Edge, size_of: SizeOf) -> None:
        self._graph = graph
        self._new = new
        self._size_of = size_of
        self._down = graph.direction == "down"
        self._boxes: dict[str, Box] = {}
        self._edge = edge
        self._source, self._target = self._box(edge.source), self._box(edge.target)
        self._piece = _hull(self._box(node_id) for node_id in new)
        self._across = 0.0
        self._queue: list[tuple[float, str]] = []
        frames = (mark for mark in graph.marks.values() if mark.kind == "frame")
        self._frames = [_Frame(mark, mark_box(mark, down=self._down)) for mark in frames]
        self._frames.sort(key=lambda frame: (frame.box.start, frame.mark.id))

    def _box(self, node_id: str) -> Box:
        found = self._boxes.get(node_id)
        if found is None:
            found = box_of(self._graph.nodes[node_id], self._size_of, down=self._down)
            self._boxes[node_id] = found
        return found

    @cached_property
    def _order(self) -> list[tuple[float, str]]:
        """Where each card but the new ones begins along the flow, and its node, from the first on."""
        nodes = self._graph.nodes.values()
        if self._down:
            return sorted((node.y, node.id) for node in nodes if node.id not in self._new)
        return sorted((node.x, node.id) for node in nodes if node.id not in self._new)

    def settle(self) -> None:
        """Place the new nodes, then push all that is after them."""
        if self._target.start < self._source.stop:
            self._join_a_row()
        self._place()
        self._run_on()
        while self._grow_frames():
            self._run_on()

    # The new nodes ---------------------------------------------------------------------------------

    def _beside_piece(self, margin: float) -> list[str]:
        """Return the nodes in the row of the new ones, up to where those end; a margin widens the row."""
        piece = self._piece
        bottom, top = piece.bottom + margin, piece.top - margin
        past = bisect_left(self._order, (piece.end + GAP, ""))
        found = []
        for _, node_id in self._order[:past]:
            node = self._graph.nodes[node_id]
            if (node.x if self._down else node.y) < bottom and self._box(node_id).bottom > top:
                found.append(node_id)
        return found

    def _join_a_row(self) -> None:
        """Put the new nodes into the row they are nearer to, if they are in the way of a card.

        A wire that runs back leads from the end of one row to the beginning of the next, and there is no
        room between rows.
        """
        piece, source, target = self._piece, self._source, self._target
        cards = (self._box(node_id) for node_id in self._beside_piece(2 * GRID))
        if not any(card.start < piece.stop and piece.start < card.stop for card in cards):
            return
        near_source = abs(piece.middle - source.stop) < abs(piece.middle - target.start)
        end = source if near_source else target
        self._across = end.top - piece.top
        start = source.stop + GAP if near_source else target.start
        piece.by = start - piece.start
        piece.top, piece.bottom = piece.top + self._across, piece.bottom + self._across

    def _place(self) -> None:
        """Clear the new nodes of what is before them, and push what they were put on."""
        piece, source, target = self._piece, self._source, self._target
        room = target.start - source.stop
        gap = max(min(room, GAP), LEAST_GAP) if room >= 0 else GAP
        middle = piece.middle + piece.by
        for box in map(self._box, self._beside_piece(0.0)):
            if box.middle < middle and box is not target:
                piece.push(box.stop + (gap if box is source else LEAST_GAP))
        if room >= 0:
            piece.push(source.stop + gap)
        after = [i for i in self._beside_piece(0.0) if self._box(i).middle >= middle]
        for node_id in after:
            if node_id != self._edge.source:
                self._push(node_id, piece.end + (gap if node_id == self._edge.target else LEAST_GAP))
        if room >= 0:
            self._push(self._edge.target, piece.end + gap)
        for node_id in self._new:
            self._box(node_id).by = piece.by

    # What follows ----------------------------------------------------------------------------------

    def _push(self, node_id: str, start: float) -> bool:
        """Push a card until it begins at a place, and look later at what follows it; say whether it moved."""
        box = self._box(node_id)
        before = box.by
        box.push(start)
        if box.by > before:
            heappush(self._queue, (box.start, node_id))
        return box.by > before

    def _run_on(self) -> None:
        """Push what follows each pushed card, the first along the flow first."""
        while self._queue:
            _, node_id = heappop(self._queue)
            box = self._box(node_id)
            for edge in self._graph.outputs_of(node_id):
                if edge.target not in self._new:
                    self._keep_gap(box, edge.target, GAP)
            for other in self._between(box.stop, box.end + ROW_GAP):
                if self._box(other).is_beside(box):
                    self._keep_gap(box, other, ROW_GAP)

    def _between(self, first: float, past: float) -> list[str]:
        """Return the nodes whose cards begin at places along the flow."""
        rows = slice(bisect_left(self._order, (first, "")), bisect_left(self._order, (past, "")))
        return [node_id for _, node_id in self._order[rows]]

    def _keep_gap(self, box: Box, node_id: str, most: float) -> bool:
        """Push what is after a pushed box so far that it keeps its distance, or as much of it as is usual."""
        after = self._box(node_id)
        gap = after.start - box.stop
        return gap >= 0 and self._push(node_id, box.end + min(gap, most))

    # Frames ----------------------------------------------------------------------------------------

    def _grow_frames(self) -> bool:
        """Let frames go and grow with what they hold; say whether that pushed a card outside of them."""
        pushed = False
        moved = [box for box in self._boxes.values() if box.by > 0]
        for frame in self._frames:
            if not any(holds(frame.box, box) for box in moved):
                continue
            inside = self._inside(frame)
            held = [self._box(node_id) for node_id in inside]
            frame.shift = min(box.by for box in held)
            edge = max(frame.box.stop - max(box.stop for box in held), GRID)
            frame.box.by = max(frame.box.by, max(box.end for box in held) + edge - frame.box.stop)
            for node_id in self._between(frame.box.stop, frame.box.end + ROW_GAP):
                if node_id not in inside and self._box(node_id).is_beside(frame.box):
                    pushed |= self._keep_gap(frame.box, node_id, ROW_GAP)
        return pushed

    def _inside(self, frame: _Frame) -> frozenset[str]:
        """Return the nodes in a frame: those whose card's middle is."""
        if frame.inside is None:
            past = bisect_left(self._order, (frame.box.stop, ""))
            near = [*self._new, *(node_id for _, node_id in self._order[:past])]
            frame.inside = frozenset(i for i in near if holds(frame.box, self._box(i)))
        return frame.inside

    def pushed(self) -> Graph:
        """Return the graph with everything where it was pushed to."""
        places = {}
        for node_id, box in self._boxes.items():
            across = self._across if node_id in self._new else 0.0
            if box.by or across:
                places[node_id] = place_of(self._graph.node(node_id), box.by, across, down=self._down)
        graph = move(self._graph, places)
        changed = self._carried()
        changed |= {frame.mark.id: frame.grown(down=self._down) for frame in self._frames if frame.box.by}
        return replace(graph, marks=graph.marks.update(changed)) if changed else graph

    def _carried(self) -> dict[str, Mark]:
        """Return the marks that go along with the frame that they lie in."""
        found: dict[str, Mark] = {}
        for frame in self._frames:
            for mark in self._graph.marks.values() if frame.shift else ():
                if mark is not frame.mark and holds(frame.box, mark_box(mark, down=self._down)):
                    right, down = (0.0, frame.shift) if self._down else (frame.shift, 0.0)
                    found[mark.id] = mark.at(mark.x + right, mark.y + down)
        return found


@dataclass(slots=True)
class _Frame:
    """A frame and what lies in it.

    Attributes:
        mark: The frame.
        box: The same as a box; `by` is how far its end goes.
        inside: Ids of the nodes in it, once they were looked for.
        shift: How far its beginning goes: as far as all that it holds.
    """

    mark: Mark
    box: Box
    inside: frozenset[str] | None = None
    shift: float = 0.0

    def grown(self, *, down: bool) -> Mark:
        """Return the frame as it is in the end."""
        mark, longer = self.mark, self.box.by - self.shift
        if down:
            return replace(mark, y=mark.y + self.shift, height=mark.height + longer)
        return replace(mark, x=mark.x + self.shift, width=mark.width + longer)
