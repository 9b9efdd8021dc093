"""Replacing selected nodes by another kind: the edit, what it would lose, and the search that offers it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from studio.app.canvas import adding
from studio.app.canvas.layer_finder import LayerFinder
from studio.app.canvas.mark_offers import MARK
from studio.app.canvas.ports import PortRef
from studio.app.canvas.wants import Want
from studio.app.facts import Facts
from studio.app.search.fit import Anchor, Fit, Level, why_unsuited
from studio.app.search.ranking import Candidate, Context
from studio.catalog.registry import signatures, spec_of
from studio.catalog.spec import LayerSpec
from studio.graph import edits
from studio.graph.block import INPUT, OUTPUT
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value, id_key
from studio.graph.port import find_port
from studio.graph.problems import listing
from studio.graph.replacing import Successor, replace_kind

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

MOST_JUDGED = 50
"""Of more selected nodes the first are looked at to say what fits."""


def replaced(graph: Graph, node_ids: Iterable[str], spec: LayerSpec) -> tuple[Graph, tuple[Edge, ...]]:
    """Return the graph with nodes made into a layer, and the wires that could not stay.

    Raises:
        GraphError: One of them is a port of a block.
    """

    def keeps(name: str, value: Value) -> bool:
        setting = spec.setting(name)
        if setting is None:
            return False
        return is_expression(value) or setting.why_not(setting.coerce(value)) is None

    def stem_of(node: Node) -> str:
        known = spec_of(node, graph.blocks)
        return known.stem if known is not None else node.kind

    return replace_kind(graph, node_ids, Successor(spec.kind, spec.stem, keeps), stem_of, signatures(graph))


def judged(spec: LayerSpec, graph: Graph, node_ids: Sequence[str], facts: Facts) -> Fit:
    """Return how well a layer would do in the place of some nodes: what it would lose, and what it wants."""
    after, lost = replaced(graph, node_ids, spec)
    if lost:
        amount = sum(len(graph.inputs_of(i)) + len(graph.outputs_of(i)) for i in node_ids)
        wires = "wire" if amount == 1 else "wires"
        return Fit(Level.UNFIT, reason=f"would lose {len(lost)} of {amount} {wires}")
    for node_id in node_ids:
        for edge in after.inputs_of(node_id):
            port = find_port(spec.inputs, edge.target_port)
            anchor = _giver(graph, edge, facts)
            reason = why_unsuited(anchor, port) if anchor is not None and port is not None else ""
            if reason:
                return Fit(Level.UNSUITED, reason=reason)
    return Fit(Level.FITS)


class ReplaceSearch(LayerFinder):
    """Finds a layer, and puts it in the place of what is selected."""

    name = "search.replace"
    title = "Replace by"
    foot = "Enter replaces  ·  Ctrl+P pins  ·  Esc closes"

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._nodes: list[str] = []
        self._specs: list[LayerSpec] = []

    def open(self) -> None:
        """Offer what the selected nodes could become."""
        view, graph = self._view, self._view.scene.graph
        nodes = [graph.node(node_id) for node_id in view.selection.ordered()]
        reason = why_not_replace(nodes)
        if reason:
            view.message.emit(reason)
            return
        self.close()
        self._nodes = [node.id for node in nodes]
        self._specs = _successors(graph, nodes)
        self.context = self._context(graph, nodes)
        self.show_at(self._corner(), f"Replace {_amount(nodes)} by…")
        self.keep_clear_of(self._nodes[0])

    def offered(self) -> list[LayerSpec]:
        """Return the layers and blocks that the nodes are not already."""
        return self._specs

    def heading(self, candidate: Candidate, query: str) -> str:
        """Return what would become of the wires."""
        return {
            Level.FITS: "Keeps all wires",
            Level.UNSUITED: "Keeps all wires, but wants something else",
            Level.UNFIT: "Loses wires",
            Level.REFUSED: "Cannot be here",
        }[candidate.fit.level]

    def take(self, candidate: Candidate, stay: bool) -> None:
        """Replace the nodes, in one step; say which wires could not stay."""
        view, spec = self._view, candidate.spec
        if candidate.fit.level == Level.REFUSED:
            view.message.emit(f"{spec.title} {candidate.fit.reason}.")
            return
        self.close()
        nodes = [view.scene.graph.nodes[i] for i in self._nodes if i in view.scene.graph]
        before = view.scene.graph
        lost: tuple[Edge, ...] = ()

        def change(graph: Graph) -> Graph:
            nonlocal lost
            graph, lost = replaced(graph, [node.id for node in nodes], spec)
            return graph

        if not view.commands.attempt(f"Replace {_amount(nodes)} by {spec.title}", change):
            return
        self.usage.note(spec.kind)
        view.selection.set(node.id for node in nodes)
        if lost:
            view.message.emit(_farewell(before, lost))

    def _context(self, graph: Graph, nodes: Sequence[Node]) -> Context:
        """Return what to judge layers by: neighbours that stay, families that are replaced."""
        view, some = self._view, [node.id for node in nodes[:MOST_JUDGED]]
        edges = [edge for i in some for edge in (*graph.inputs_of(i), *graph.outputs_of(i))]
        # A small piece: to try two hundred layers in a large network would take long.
        piece = edits.subgraph(graph, {*some, *(end for edge in edges for end in (edge.source, edge.target))})
        givers = (PortRef(e.source, "output", e.source_port) for e in edges if e.source not in some)
        takers = (PortRef(e.target, "input", e.target_port) for e in edges if e.target not in some)
        context = adding.context_at(view, Want((*givers, *takers)))
        specs = [spec_of(node, graph.blocks) for node in nodes]
        families = {spec.family for spec in specs if spec is not None}
        return Context(
            context.anchors,
            refused=context.refused,
            own=context.own,
            judge=lambda spec: judged(spec, piece, some, view.facts),
            like=families.pop() if len(families) == 1 else "",
        )

    def _corner(self) -> QPoint:
        view = self._view
        card = view.camera.rect_to_screen(view.scene.geometry.rect(self._nodes[0]))
        return card.bottomLeft().toPoint() if view.rect().contains(card.center().toPoint()) else QPoint()


def why_not_replace(nodes: Sequence[Node]) -> str:
    """Return why nodes cannot be replaced, as a sentence; empty if they can."""
    if not nodes:
        return "Select what is to be replaced."
    if any(node.kind in (INPUT, OUTPUT) for node in nodes):
        return "A block's port cannot be replaced: add another, or delete it."
    return ""


def _successors(graph: Graph, nodes: Sequence[Node]) -> list[LayerSpec]:
    kinds = {node.kind for node in nodes}
    gone = {INPUT, OUTPUT} | (kinds if len(kinds) == 1 else set())
    return [
        spec for spec in adding.offered(graph) if spec.kind not in gone and not spec.kind.startswith(MARK)
    ]


def _giver(graph: Graph, edge: Edge, facts: Facts) -> Anchor | None:
    """Return the port that a wire comes from."""
    node = graph.node(edge.source)
    spec = spec_of(node, graph.blocks)
    port = find_port(spec.outputs, edge.source_port) if spec is not None else None
    if port is None:
        return None
    return Anchor(node.id, node.name, node.kind, "output", port, facts.shape_on(graph, edge))


def _amount(nodes: Sequence[Node]) -> str:
    return nodes[0].name if len(nodes) == 1 else f"{len(nodes)} layers"


def _farewell(before: Graph, lost: Iterable[Edge]) -> str:
    """Say which wires could not stay."""
    ordered = sorted(lost, key=lambda edge: (id_key(edge.source), id_key(edge.target)))
    names = [f"{before.node(e.source).name} → {before.node(e.target).name}" for e in ordered]
    return f"{'A wire' if len(names) == 1 else f'{len(names)} wires'} could not stay: {listing(names)}."
