"""What a person can do with blocks: go in and out, group and ungroup, part, switch off, add ports.

Like `studio.app.canvas.commands`: each is one step of undo, and what cannot be done is said, not raised.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.app.canvas.commands import Commands
from studio.app.canvas.ports import Side
from studio.app.document import Document
from studio.app.selection import Selection
from studio.catalog.registry import signatures
from studio.errors import GraphError
from studio.graph import block_ports, definitions, grouping, ungrouping
from studio.graph.block import ENABLED, FROZEN, PREFIX, block_name, why_not_block_name
from studio.graph.graph import Graph

GROUP = "Block"
"""What a new block is called until the person says otherwise."""


class BlockCommands:
    """Edits of blocks at the level on show.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
    """

    def __init__(self, document: Document, selection: Selection, commands: Commands) -> None:
        self._document = document
        self._selection = selection
        self._commands = commands

    # Levels ---------------------------------------------------------------------------------------

    def is_block(self, node_id: str) -> bool:
        """Say whether a node of the level on show is an instance of a block."""
        graph = self._document.graph
        return node_id in graph and block_name(graph.node(node_id)) is not None

    @property
    def selected(self) -> str | None:
        """The one block that is selected, or None."""
        single = self._selection.single
        return single if single is not None and self.is_block(single) else None

    def enter(self, node_id: str | None = None) -> None:
        """Show the inside of a block, by default of the selected one."""
        node_id = node_id or self.selected
        if node_id is None:
            self._commands.say("Select a block to look inside.")
            return
        try:
            self._document.enter(node_id)
        except GraphError as error:
            self._commands.say(error.message)

    def leave(self) -> None:
        """Show what the present block lies in, with the block selected."""
        if self._document.level:
            node_id = self._document.level[-1]
            self._document.leave()
            self._selection.set([node_id])

    # Grouping -------------------------------------------------------------------------------------

    def why_not_group(self) -> str:
        """Return why the selection cannot become a block; empty if it can."""
        graph = self._document.graph
        return grouping.why_not_group(graph, self._selection.nodes, signatures(graph)) or ""

    def free_name(self) -> str:
        """Return a name that the next block could have."""
        return definitions.free_block_name(self._document.design, GROUP)

    def why_not_name(self, name: str) -> str | None:
        """Return why a new block cannot have a name, as a sentence; None if it can."""
        reason = why_not_block_name(name)
        if reason is not None:
            return f'"{name}" {reason}.'
        return f'There is a block "{name}" already.' if name in self._document.design.blocks else None

    def group(self, name: str) -> str | None:
        """Make a block of the selection, and select it; return its id, or None if it cannot be."""
        level, chosen = self._document.level, self._selection.ordered()

        def change(design: Graph) -> Graph:
            return grouping.group_at(design, level, chosen, name, signatures(design))

        if not self._commands.attempt_design(f"Group as {name}", change):
            return None
        # It is the only one of its kind, whatever its id: that may be one of a node that went into it.
        kind = f"{PREFIX}{name}"
        made = next(node.id for node in self._document.graph.nodes.values() if node.kind == kind)
        self._selection.set([made])
        return made

    def ungroup(self) -> None:
        """Put what is inside the selected block in its place, and select it."""
        node_id = self.selected
        if node_id is None:
            self._commands.say("Select a block to ungroup.")
            return
        parts: tuple[str, ...] = ()

        def change(graph: Graph) -> Graph:
            nonlocal parts
            graph, parts = ungrouping.ungroup(graph, node_id, signatures(graph))
            return graph

        if self._commands.attempt(f"Ungroup {self._document.graph.node(node_id).name}", change):
            self._selection.set(parts)

    def make_unique(self) -> None:
        """Give the selected block a definition of its own."""
        node_id = self.selected
        if node_id is None:
            self._commands.say("Select a block to make unique.")
            return
        name = block_name(self._document.graph.node(node_id)) or ""
        if len(definitions.instances(self._document.design, name)) < 2:
            self._commands.say(f'No other block is linked to "{name}": it is unique already.')
            return
        if self._commands.attempt("Make unique", lambda graph: definitions.make_unique(graph, node_id)):
            now = block_name(self._document.graph.node(node_id))
            self._commands.say(f'It is a "{now}" now, and no longer follows "{name}".')

    def add_port(self, side: Side) -> str | None:
        """Add a port to the block on show, and select it; return its node's id."""
        block, before = self._document.block, self._document.graph.nodes
        if not block:
            self._commands.say("Only a block has ports: double-click one to go in.")
            return None
        self._commands.attempt_design(
            f"Add block {side}", lambda design: block_ports.add_port(design, block, side)
        )
        made = next((node_id for node_id in self._document.graph.nodes if node_id not in before), None)
        if made is not None:
            self._selection.set([made])
        return made

    # Nodes ----------------------------------------------------------------------------------------

    def bypass(self, node_ids: Iterable[str] | None = None) -> None:
        """Switch nodes off, or on again if all are off; by default the selected ones."""
        chosen = self._selection.ordered() if node_ids is None else node_ids
        nothing = "Select layers or blocks that data can go past."
        self._commands.switch(ENABLED, False, chosen, ("Switch {} off", "Switch {} on"), nothing)

    def freeze(self, node_ids: Iterable[str] | None = None) -> None:
        """Keep training from changing the weights of nodes, or let it again if all are frozen."""
        chosen = self._selection.ordered() if node_ids is None else node_ids
        nothing = "Select layers or blocks that have weights."
        self._commands.switch(FROZEN, True, chosen, ("Freeze {}", "Unfreeze {}"), nothing)

    def import_blocks(self, other: Graph, names: list[str]) -> None:
        """Take over blocks of another network, with all that they contain."""
        found: dict[str, str] = {}

        def change(design: Graph) -> Graph:
            nonlocal found
            design, found = definitions.import_blocks(design, other, names)
            return design

        what = f"block {names[0]}" if len(names) == 1 else f"{len(names)} blocks"
        if self._commands.attempt_design(f"Import {what}", change):
            came = ", ".join(sorted(found.values()))
            self._commands.say(f"In the library under Blocks: {came}.")
