"""What a person can do to wires and chains: take out, cut, swap, and double with what feeds them.

Like `studio.app.canvas.commands`: each is one step of undo, and what cannot be done is said, not raised.
"""

from __future__ import annotations

from collections.abc import Collection

from studio.app.canvas.commands import Commands, amount
from studio.app.document import Document
from studio.app.selection import Selection
from studio.app.theme.measures import COPY_OFFSET
from studio.catalog.registry import signatures
from studio.graph import edits, rewiring, swapping
from studio.graph.block import INPUT, OUTPUT
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, id_key
from studio.graph.placement import beside
from studio.graph.pushing import SizeOf


class RewireCommands:
    """Edits of wires at the level on show.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
        size_of: The size of a node's card.
    """

    def __init__(self, document: Document, selection: Selection, commands: Commands, size_of: SizeOf) -> None:
        self._document = document
        self._selection = selection
        self._commands = commands
        self._size_of = size_of

    def why_not_extract(self) -> str:
        """Return why the selection cannot be taken out of its wires; empty if it can."""
        if not self._selection.nodes:
            return "Select the layers to take out of their wires."
        if rewiring.is_loose(self._document.graph, self._selection.nodes):
            return "The selection has no wires to other layers."
        return ""

    def extract(self) -> None:
        """Take the selection out of its wires, close the gaps, and put it beside."""
        nodes = self._selection.ordered()
        if self._refused(self.why_not_extract()):
            return

        def change(graph: Graph) -> Graph:
            return beside(rewiring.extract(graph, nodes, signatures(graph)), nodes, self._size_of)

        self._commands.attempt(f"Extract {amount(self._document.graph, nodes)}", change)

    def cut(self, wires: Collection[Edge]) -> None:
        """Take wires away that a line was drawn across."""
        if wires:
            what = "a wire" if len(wires) == 1 else f"{len(wires)} wires"
            self._commands.attempt(f"Cut {what}", lambda graph: edits.disconnect(graph, wires))

    def why_not_swap(self) -> str:
        """Return why there is nothing to swap; empty if there is."""
        nodes, edges = len(self._selection.nodes), len(self._selection.edges)
        if nodes in (1, 2) or (not nodes and edges == 2):
            return ""
        return "Select one layer to swap its inputs, two layers, or two wires."

    def swap(self) -> None:
        """Swap the inputs of one node, two nodes, or where two wires end."""
        if self._refused(self.why_not_swap()):
            return
        graph, nodes, edges = self._document.graph, self._selection.ordered(), sorted(self._selection.edges)

        def change(graph: Graph) -> Graph:
            signature = signatures(graph)
            if not nodes:
                return swapping.exchange_targets(graph, edges[0], edges[1], signature)
            if len(nodes) == 2:
                return swapping.exchange_nodes(graph, nodes[0], nodes[1], signature)
            return swapping.rotate_inputs(graph, nodes[0], signature)

        if not nodes:
            what = "wires"
        elif len(nodes) == 2:
            what = " and ".join(graph.node(node_id).name for node_id in nodes)
        else:
            what = f"inputs of {graph.node(nodes[0]).name}"
        self._commands.attempt(f"Swap {what}", change)

    def duplicate_with_inputs(self) -> None:
        """Double the selected nodes; what feeds them from outside feeds the copies too."""
        nodes = [node.id for node in self._nodes() if node.kind not in (INPUT, OUTPUT)]
        if not nodes:
            self._commands.say("Select a layer to duplicate.")
            return
        copies: tuple[str, ...] = ()

        def change(graph: Graph) -> Graph:
            nonlocal copies
            graph, copies = edits.duplicate(graph, nodes, COPY_OFFSET, COPY_OFFSET)
            return rewiring.fed_alike(graph, dict(zip(sorted(nodes, key=id_key), copies, strict=True)))

        label = f"Duplicate {amount(self._document.graph, nodes)} with inputs"
        if self._commands.attempt(label, change):
            self._selection.set(copies)

    def _nodes(self) -> list[Node]:
        return [self._document.graph.node(node_id) for node_id in self._selection.ordered()]

    def _refused(self, reason: str) -> bool:
        """Say a reason, if there is one; return whether there is."""
        if reason:
            self._commands.say(reason)
        return bool(reason)
