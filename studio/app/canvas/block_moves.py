"""What moves nodes into a block and out of it.

Like `studio.app.canvas.commands`: each is one step of undo, and what cannot be done is said, not raised.
"""

from __future__ import annotations

from collections.abc import Collection

from studio.app.canvas.commands import Commands, amount
from studio.app.document import Document
from studio.app.selection import Selection
from studio.catalog.registry import signatures
from studio.errors import StudioError
from studio.graph.block import block_name
from studio.graph.graph import Graph
from studio.graph.moving_in import move_in
from studio.graph.moving_out import move_out


class BlockMoves:
    """Edits that take nodes across the edge of a block.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
    """

    def __init__(self, document: Document, selection: Selection, commands: Commands) -> None:
        self._document = document
        self._selection = selection
        self._commands = commands

    def why_not_into(self, block_id: str, nodes: Collection[str]) -> str:
        """Return why nodes cannot move into a block of the level on show; empty if they can."""
        design = self._document.design
        try:
            move_in(design, self._document.level, nodes, block_id, signatures(design))
        except StudioError as error:
            return error.message
        return ""

    def into(self, block_id: str, nodes: Collection[str]) -> bool:
        """Move nodes into a block of the level on show, and select it; say whether that could be."""
        graph, level = self._document.graph, self._document.level
        label = f"Move {amount(graph, sorted(nodes))} into {graph.node(block_id).name}"

        def change(design: Graph) -> Graph:
            return move_in(design, level, nodes, block_id, signatures(design))

        done = self._commands.attempt_design(label, change)
        if done:
            self._selection.set([block_id])
        return done

    def why_not_take_in(self) -> str:
        """Return why the selection is not a block and nodes to move into it; empty if it is."""
        blocks = self._selected_blocks()
        if len(blocks) != 1 or len(self._selection.nodes) < 2:
            return "Select a block, and the layers to move into it."
        return ""

    def take_in(self) -> None:
        """Move the other selected nodes into the selected block."""
        reason = self.why_not_take_in()
        if reason:
            self._commands.say(reason)
            return
        (block_id,) = self._selected_blocks()
        self.into(block_id, self._selection.nodes - {block_id})

    def _selected_blocks(self) -> list[str]:
        graph = self._document.graph
        return [i for i in self._selection.nodes if block_name(graph.node(i)) is not None]

    def why_not_out(self) -> str:
        """Return why nothing can move out of the block on show; empty if something can."""
        if not self._document.level:
            return "Only inside a block."
        return "" if self._selection.nodes else "Select the layers to move out of the block."

    def out(self) -> None:
        """Move the selected nodes out of the block on show, go there, and select them."""
        reason = self.why_not_out()
        if reason:
            self._commands.say(reason)
            return
        nodes, level = self._selection.ordered(), self._document.level
        made: tuple[str, ...] = ()

        def change(design: Graph) -> Graph:
            nonlocal made
            design, made = move_out(design, level, nodes)
            return design

        label = f"Move {amount(self._document.graph, nodes)} out of {self._document.block}"
        if self._commands.attempt_design(label, change):
            self._document.leave()
            self._selection.set(made)
