"""What puts the selected cards in order: edges in line, equal gaps, a row, a column, the grid.

Each is one step of undo. Cards are taken as they are seen.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.app.canvas import grid
from studio.app.canvas.commands import Commands, amount
from studio.app.document import Document
from studio.app.selection import Selection
from studio.graph import alignment, edits
from studio.graph.alignment import Axis, Boxes, Line, Places
from studio.graph.pushing import GAP, ROW_GAP, SizeOf


class AlignCommands:
    """Edits of places at the level on show.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
        size_of: The size of a node's card.
    """

    def __init__(self, document: Document, selection: Selection, commands: Commands, size_of: SizeOf) -> None:
        self._document = document
        self._selection = selection
        self._commands = commands
        self._size_of = size_of

    def align(self, line: Line) -> None:
        """Put the edges, or the middles, of the selected cards in line."""
        self._place("Align", 2, lambda boxes: alignment.aligned(boxes, line))

    def distribute(self, axis: Axis) -> None:
        """Leave equal gaps between the selected cards."""
        self._place("Distribute", 3, lambda boxes: alignment.distributed(boxes, axis))

    def line_up(self, axis: Axis) -> None:
        """Put the selected cards in one row, or in one column."""
        along = (axis == "down") == (self._document.graph.direction == "down")
        gap = GAP if along else ROW_GAP
        self._place("Line up", 2, lambda boxes: alignment.in_line(boxes, axis, gap))

    def snap(self) -> None:
        """Put the selected cards on the grid."""
        self._place("Snap", 1, lambda boxes: alignment.on_grid(boxes, grid.step()))

    def why_not(self, least: int) -> str:
        """Return why not enough is selected; empty if enough is."""
        words = {
            1: "Select layers first.",
            2: "Select two layers or more.",
            3: "Select three layers or more.",
        }
        return "" if len(self._selection.nodes) >= least else words[least]

    def _place(self, verb: str, least: int, places_of: Callable[[Boxes], Places]) -> None:
        reason = self.why_not(least)
        if reason:
            self._commands.say(reason)
            return
        graph, nodes = self._document.graph, self._selection.ordered()
        found = [graph.node(node_id) for node_id in nodes]
        places = places_of({node.id: (node.x, node.y, *self._size_of(node)) for node in found})
        label = f"{verb} {amount(graph, nodes)}"
        self._commands.attempt(label, lambda graph: edits.move(graph, places))
