"""What a person can do to the network on the canvas, each as one step of undo.

A command that cannot be carried out changes nothing and says why; it never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from studio.app.canvas.moving import Moving
from studio.app.document import Document
from studio.app.selection import Selection
from studio.app.theme.measures import COPY_OFFSET
from studio.catalog.registry import signatures, spec_of
from studio.errors import StudioError
from studio.graph import edits
from studio.graph.block import INPUT, OUTPUT
from studio.graph.graph import Bend, Graph
from studio.graph.marks import remove_marks
from studio.graph.node import Edge, Node, Value
from studio.graph.placement import insert, usual_size
from studio.graph.pushing import SizeOf
from studio.graph.rewiring import same_ends

STEMS = {INPUT: "input", OUTPUT: "output"}
"""Names of a block's ports; those of layers come from the catalog."""


class Commands:
    """Edits of the document that keep the selection where a person expects it.

    Args:
        say: Called with a sentence when a command cannot be carried out, or did something unseen.
        size_of: The size of a node's card, to make room by.
    """

    def __init__(
        self,
        document: Document,
        selection: Selection,
        say: Callable[[str], None],
        size_of: SizeOf = usual_size,
    ) -> None:
        self._document = document
        self._selection = selection
        self._say = say
        self._size_of = size_of

    @property
    def graph(self) -> Graph:
        """What is on show."""
        return self._document.graph

    def say(self, words: str) -> None:
        """Tell the person something."""
        self._say(words)

    def attempt(self, label: str, change: Callable[[Graph], Graph]) -> bool:
        """Edit what is on show; say why if that cannot be."""
        return self._attempt(self._document.edit, label, change)

    def attempt_design(self, label: str, change: Callable[[Graph], Graph]) -> bool:
        """Edit the whole network; say why if that cannot be."""
        return self._attempt(self._document.edit_design, label, change)

    def _attempt(
        self,
        edit: Callable[[str, Callable[[Graph], Graph]], None],
        label: str,
        change: Callable[[Graph], Graph],
    ) -> bool:
        try:
            edit(label, change)
        except StudioError as error:
            self._say(error.message)
            return False
        return True

    def fresh(self, kind: str, x: float = 0.0, y: float = 0.0) -> Node:
        """Return a node of a kind, named as its layer is usually called; it is not in the network yet."""
        spec = spec_of(Node("", kind, ""), self.graph.blocks)
        name = STEMS.get(kind) or (spec.stem if spec is not None else None)
        return edits.new_node(self.graph, kind, name=name, x=x, y=y)

    def add(
        self, kind: str, x: float, y: float, *, on: Edge | None = None, after: str | None = None
    ) -> str | None:
        """Add a layer, and select it.

        Args:
            on: A wire to put it on; what follows makes room.
            after: A node whose output feeds it, if the two fit.

        Returns:
            The new node's id; None if it could not be added.
        """
        if kind in (INPUT, OUTPUT) and not self._document.level:
            self._say("A block's port belongs inside a block: double-click one to go in.")
            return None
        node = self.fresh(kind, x, y)

        def change(graph: Graph) -> Graph:
            if on is not None:
                return insert(graph, on, [node], signatures(graph), self._size_of)
            graph = edits.add_node(graph, node)
            return _fed_by(graph, node.id, after) if after is not None else graph

        if not self.attempt(f"Add {node.name}", change):
            return None
        self._selection.set([node.id])
        return node.id

    def delete(self, *, reconnect: bool) -> None:
        """Delete what is selected; with `reconnect`, close the gaps in chains."""
        nodes, edges, marks = self._selection.ordered(), self._selection.edges, self._selection.marks
        if self._selection.is_empty:
            self._say("Nothing is selected.")
            return

        def change(graph: Graph) -> Graph:
            # A wire that goes with its node must not be missing when the gap is closed.
            loose = [edge for edge in edges if not {edge.source, edge.target} & set(nodes)]
            graph = remove_marks(edits.disconnect(graph, loose), marks)
            if reconnect:
                return edits.remove_and_reconnect(graph, nodes, signatures(graph))
            return edits.remove_nodes(graph, nodes)

        self.attempt(f"Delete {amount(self.graph, nodes, edges, marks)}", change)

    def duplicate(self) -> None:
        """Double the selected nodes, with the wires between them, and select the copies."""
        nodes, marks = self._selection.ordered(), self._selection.marks
        if not nodes and not marks:
            self._say("Select a layer to duplicate.")
            return
        piece = edits.subgraph(self.graph, nodes, marks)
        what = amount(self.graph, nodes, marks=marks)
        self.paste(piece, COPY_OFFSET, COPY_OFFSET, f"Duplicate {what}")

    def paste(self, piece: Graph, dx: float, dy: float, label: str = "") -> None:
        """Put a copy of a piece into what is on show, and select it; a block's ports only inside a block."""
        if not self._document.level:
            kept = [node.id for node in piece.nodes.values() if node.kind not in (INPUT, OUTPUT)]
            piece = edits.subgraph(piece, kept, piece.marks)
            if not kept and not piece.marks:
                self._say("A block's port belongs inside a block.")
                return
        copies: tuple[str, ...] = ()

        def change(graph: Graph) -> Graph:
            nonlocal copies
            graph, copies = edits.paste(graph, piece, dx, dy)
            return graph

        before = self.graph.marks
        if self.attempt(label or f"Paste {amount(piece, list(piece.nodes), marks=piece.marks)}", change):
            self._selection.set(copies, marks=[mark for mark in self.graph.marks if mark not in before])

    def move(self, moving: Moving) -> None:
        """Put nodes and marks elsewhere, perhaps out of their wires and onto another."""
        verb = "Insert" if moving.onto is not None else "Extract" if moving.extracted else "Move"
        what = amount(self.graph, list(moving.places), marks=moving.marks)
        self.attempt(f"{verb} {what}", moving.result)

    def nudge(self, dx: float, dy: float) -> None:
        """Push the selected nodes and marks a little."""
        nodes = [self.graph.node(node_id) for node_id in self._selection.ordered()]
        marks = [self.graph.marks[mark_id] for mark_id in self._selection.marks]
        self.move(
            Moving(
                {node.id: (node.x + dx, node.y + dy) for node in nodes},
                marks={mark.id: (mark.x + dx, mark.y + dy) for mark in marks},
            )
        )

    def rename(self, node_id: str, name: str) -> bool:
        """Rename a node; say why if it cannot have that name."""
        return self.attempt(f"Rename to {name}", lambda graph: edits.rename(graph, node_id, name))

    def connect(self, edge: Edge, *, instead_of: Edge | None = None, via: tuple[Bend, ...] = ()) -> bool:
        """Draw a wire, perhaps in the place of another, whose dots it takes over, or through dots."""

        def change(graph: Graph) -> Graph:
            index, dots = None, via
            if instead_of is not None:
                dots = via or graph.bends.get(instead_of, ())
                graph = edits.disconnect(graph, [instead_of])
                if (instead_of.target, instead_of.target_port) == (edge.target, edge.target_port):
                    rest = graph.inputs_of(edge.target, edge.target_port)
                    index = sum(other.index < instead_of.index for other in rest)
            graph = edits.connect(
                graph,
                edge.source,
                edge.source_port,
                edge.target,
                edge.target_port,
                signatures(graph),
                index=index,
            )
            return edits.bend(graph, same_ends(graph, edge), dots) if dots else graph

        names = (self.graph.node(end).name for end in (edge.source, edge.target))
        return self.attempt("Connect " + " to ".join(names), change)

    def disconnect(self, wires: Iterable[Edge]) -> None:
        """Take wires away."""
        doomed = list(wires)
        self.attempt("Disconnect", lambda graph: edits.disconnect(graph, doomed))

    def switch(
        self, setting: str, value: Value, node_ids: Iterable[str], names: tuple[str, str], nothing: str
    ) -> None:
        """Give a setting a value on all nodes that have it, or its default again if all have that value.

        Args:
            names: Of the two steps, with ``{}`` for what is switched.
            nothing: What to say when none of the nodes has the setting.
        """
        nodes = [self.graph.node(node_id) for node_id in node_ids]
        chosen = [
            node for node in nodes if (spec := spec_of(node, self.graph.blocks)) and spec.setting(setting)
        ]
        if not chosen:
            self._say(nothing)
            return
        back = all(node.arguments.get(setting) is value for node in chosen)

        def change(graph: Graph) -> Graph:
            for node in chosen:
                graph = (
                    edits.reset_argument(graph, node.id, setting)
                    if back
                    else edits.set_argument(graph, node.id, setting, value)
                )
            return graph

        self.attempt(names[back].format(amount(self.graph, [node.id for node in chosen])), change)

    def select_all(self) -> None:
        """Select every node and mark."""
        self._selection.set(self.graph.nodes, marks=self.graph.marks)


def _fed_by(graph: Graph, node_id: str, source: str) -> Graph:
    """Return the graph with a node fed by another, where their first free ports fit."""
    signature = signatures(graph)
    giver, taker = signature(graph.node(source)), signature(graph.node(node_id))
    if giver is None or taker is None:
        return graph
    for out in giver.outputs:
        for port in taker.inputs:
            edge = Edge(source, out.name, node_id, port.name)
            if edits.why_not(graph, edge, signature) is None:
                return edits.connect(graph, source, out.name, node_id, port.name, signature)
    return graph


def amount(graph: Graph, nodes: list[str], edges: Collection[Edge] = (), marks: Collection[str] = ()) -> str:
    """Return ``conv1`` for one node, ``3 layers`` for several; without nodes ``wire``, ``2 notes``."""
    if len(nodes) == 1:
        return graph.node(nodes[0]).name
    if nodes:
        return f"{len(nodes)} layers"
    if marks:
        kinds = {graph.marks[mark_id].kind for mark_id in marks}
        word = kinds.pop() if len(kinds) == 1 else "mark"
        return word if len(marks) == 1 else f"{len(marks)} {word}s"
    return "wire" if len(edges) == 1 else f"{len(edges)} wires"
