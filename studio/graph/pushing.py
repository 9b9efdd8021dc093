"""Making room: pushes that begin at new nodes and run on along the flow, as far as they are needed.

Everything is seen along the flow (from `start` to `stop`) and across it (from `top` to `bottom`), so that
networks drawn to the right and downwards are one case.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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

    Args:
        graph: The graph, wired already.
        new: The nodes that came in.
        edge: The wire that they came onto.
        size_of: The size of a node's card.
    """

    def __init__(self, graph: Graph, new: set[str], edge: Edge, size_of: SizeOf) -> None:
        self._graph = graph
        self._new = new
        self._down = graph.direction == "down"
        self._boxes = {node.id: box_of(node, size_of, down=self._down) for node in graph.nodes.values()}
        self._source, self._target = self._boxes[edge.source], self._boxes[edge.target]
        self._piece = _hull(self._boxes[node_id] for node_id in new)
        self._across = 0.0
        old = (node_id for node_id in graph.nodes if node_id not in new)
        self._order = sorted(old, key=lambda node_id: (self._boxes[node_id].start, node_id))
        self._starts = [self._boxes[node_id].start for node_id in self._order]
        self._frames = self._find_frames()

    def settle(self) -> None:
        """Place the new nodes, then push all that is after them."""
        if self._target.start < self._source.stop:
            self._join_a_row()
        self._place()
        self._run_on()
        while self._grow_frames():
            self._run_on()

    # The new nodes ---------------------------------------------------------------------------------

    def _join_a_row(self) -> None:
        """Put the new nodes into the row they are nearer to, if the wire runs back and they are in the way.

        Such a wire leads from the end of one row to the beginning of the next, and there is no room
        between rows.
        """
        piece, source, target = self._piece, self._source, self._target
        around = replace(piece, top=piece.top - 2 * GRID, bottom=piece.bottom + 2 * GRID)
        others = (self._boxes[node_id] for node_id in self._order)
        if not any(_overlap(around, box) for box in others):
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
        beside = [self._boxes[node_id] for node_id in self._order if self._boxes[node_id].is_beside(piece)]
        before = [box for box in beside if box.middle < middle and box is not target]
        for box in before:
            self._clear(box, gap if box is source else LEAST_GAP)
        if room >= 0:
            self._clear(source, gap)
        for box in beside:
            if box.middle >= middle and box is not source:
                self._make_way(box, gap if box is target else LEAST_GAP)
        if room >= 0:
            self._make_way(target, gap)
        for node_id in self._new:
            self._boxes[node_id].by = piece.by

    def _clear(self, before: Box, gap: float) -> None:
        """Put the new nodes on until they are behind a card."""
        self._piece.push(before.stop + gap)

    def _make_way(self, after: Box, gap: float) -> None:
        """Push a card until it is behind the new nodes."""
        after.push(self._piece.end + gap)

    # What follows ----------------------------------------------------------------------------------

    def _run_on(self) -> None:
        """Push what follows each pushed card, the first along the flow first."""
        for node_id in self._order:
            box = self._boxes[node_id]
            if box.by <= 0:
                continue
            for edge in self._graph.outputs_of(node_id):
                if edge.target not in self._new:
                    _keep_gap(box, self._boxes[edge.target], GAP)
            first = bisect_left(self._starts, box.stop)
            past = bisect_left(self._starts, box.end + ROW_GAP)
            for other in self._order[first:past]:
                if self._boxes[other].is_beside(box):
                    _keep_gap(box, self._boxes[other], ROW_GAP)

    # Frames ----------------------------------------------------------------------------------------

    def _find_frames(self) -> list[_Frame]:
        """Return the frames with what lies in them."""
        found = []
        for mark in self._graph.marks.values():
            if mark.kind == "frame":
                box = _mark_box(mark, down=self._down)
                inside = {i for i, card in self._boxes.items() if _holds(box, card)}
                found.append(_Frame(mark, box, inside))
        return sorted(found, key=lambda frame: (frame.box.start, frame.mark.id))

    def _grow_frames(self) -> bool:
        """Let frames go and grow with what they hold; say whether that pushed a card outside of them."""
        pushed = False
        for frame in self._frames:
            if not frame.inside:
                continue
            held = [self._boxes[node_id] for node_id in frame.inside]
            frame.shift = min(box.by for box in held)
            ends = max(box.end for box in held), max(box.stop for box in held)
            edge = max(frame.box.stop - ends[1], GRID)
            frame.box.by = max(frame.box.by, ends[0] + edge - frame.box.stop)
            for node_id in self._order:
                box = self._boxes[node_id]
                if frame.box.by > 0 and node_id not in frame.inside and box.is_beside(frame.box):
                    before = box.by
                    _keep_gap(frame.box, box, ROW_GAP)
                    pushed |= box.by > before
        return pushed

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
                if mark is not frame.mark and _holds(frame.box, _mark_box(mark, down=self._down)):
                    right, down = (0.0, frame.shift) if self._down else (frame.shift, 0.0)
                    found[mark.id] = mark.at(mark.x + right, mark.y + down)
        return found


@dataclass(slots=True)
class _Frame:
    """A frame and what lies in it.

    Attributes:
        mark: The frame.
        box: The same as a box; `by` is how far its end goes.
        inside: Ids of the nodes in it.
        shift: How far its beginning goes: as far as all that it holds.
    """

    mark: Mark
    box: Box
    inside: set[str]
    shift: float = 0.0

    def grown(self, *, down: bool) -> Mark:
        """Return the frame as it is in the end."""
        mark, longer = self.mark, self.box.by - self.shift
        if down:
            return replace(mark, y=mark.y + self.shift, height=mark.height + longer)
        return replace(mark, x=mark.x + self.shift, width=mark.width + longer)


def _mark_box(mark: Mark, *, down: bool) -> Box:
    if down:
        return Box(mark.y, mark.y + mark.height, mark.x, mark.x + mark.width)
    return Box(mark.x, mark.x + mark.width, mark.y, mark.y + mark.height)


def _holds(frame: Box, card: Box) -> bool:
    """Say whether a card's middle lies in a frame."""
    across = (card.top + card.bottom) / 2
    return frame.start <= card.middle <= frame.stop and frame.top <= across <= frame.bottom


def _overlap(one: Box, other: Box) -> bool:
    return one.is_beside(other) and one.start < other.stop and other.start < one.stop


def _keep_gap(box: Box, after: Box, most: float) -> None:
    """Push what is after a pushed box so far that it keeps its distance, or as much of it as is usual."""
    if after.start >= box.stop:
        after.push(box.end + min(after.start - box.stop, most))
