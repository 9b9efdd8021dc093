"""Adding a layer that was searched for: where it would be wired, where it goes, and the edit itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.cards import card_of
from studio.app.canvas.grid import snapped
from studio.app.canvas.mark_offers import MARKS
from studio.app.canvas.placing import place_for
from studio.app.canvas.ports import PortRef, Side, edge_between, ports_of
from studio.app.canvas.wants import Link, Want, fit_joining, fit_on_wire
from studio.app.search.fit import Anchor, Fit
from studio.app.search.ranking import Context
from studio.app.theme.measures import PLACE_GAP as GAP
from studio.catalog import blocks as block_specs
from studio.catalog.registry import layers, signatures
from studio.catalog.spec import LayerSpec
from studio.graph import edits
from studio.graph.block import INPUT, OUTPUT, PREFIX
from studio.graph.definitions import reach
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import find_port

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


def offered(graph: Graph) -> list[LayerSpec]:
    """Return all that can be added: the catalog's layers, the network's own blocks, and notes."""
    blocks = (block_specs.spec_of(graph.blocks[name]) for name in sorted(graph.blocks))
    return [*layers().values(), *blocks, *MARKS]


def context_at(view: CanvasView, want: Want) -> Context:
    """Return where a layer is wanted: at some ports, in this network, at this level."""
    graph, document = view.scene.graph, view.document
    roles = {"input"} if document.level else set()
    known = layers()
    kinds = {node.kind for node in graph.nodes.values()}
    roles |= {known[kind].role for kind in kinds if kind in known}
    anchors = tuple(anchor for ref in want.refs if (anchor := anchor_at(view, ref)) is not None)
    return Context(
        anchors,
        has_input="input" in roles,
        refused=why_refused(document.design, document.block),
        own=view.usage.habits_of(document.design),
        judge=_judge(view, want, anchors),
    )


def _judge(view: CanvasView, want: Want, anchors: tuple[Anchor, ...]) -> Callable[[LayerSpec], Fit] | None:
    """Return what says how a layer fits, where that is not a matter of one port."""
    if want.on is not None and anchors:
        end = anchor_at(view, PortRef(want.on.target, "input", want.on.target_port))
        return lambda spec: fit_on_wire(spec, anchors[0], end)
    if want.joins and anchors:
        return lambda spec: fit_joining(spec, anchors)[0]
    return None


def anchor_at(view: CanvasView, ref: PortRef) -> Anchor | None:
    """Return a port as a search sees it; None if it is gone."""
    graph = view.scene.graph
    if ref.node not in graph:
        return None
    node = graph.node(ref.node)
    inputs, outputs = ports_of(node, graph)
    port = find_port(outputs if ref.is_output else inputs, ref.port)
    if port is None:
        return None
    flowing = Edge(ref.node, ref.port, ref.node, ref.port)
    shape = view.facts.shape_on(graph, flowing) if ref.is_output else None
    return Anchor(node.id, node.name, node.kind, ref.side, port, shape)


def why_refused(design: Graph, inside: str) -> Mapping[str, str]:
    """Return why some kinds cannot be added at a level, by kind.

    Args:
        inside: Name of the block whose inside the level is; empty for the network itself.
    """
    if not inside:
        return dict.fromkeys((INPUT, OUTPUT), "belongs inside a block")
    holders = (name for name in design.blocks if inside in reach(design.blocks, [name]))
    return {f"{PREFIX}{name}": f"would put {inside} into itself" for name in holders}


def add_wired(view: CanvasView, node: Node, links: Sequence[Link]) -> str | None:
    """Add a layer, wired to some ports, and select it; one step of undo.

    Returns:
        Its id; None if it could not be added.
    """

    def change(graph: Graph) -> Graph:
        graph = edits.add_node(graph, node)
        for ref, port in links:
            own: Side = "input" if ref.is_output else "output"
            edge = edge_between(ref, PortRef(node.id, own, port))
            ends = edge.source, edge.source_port, edge.target, edge.target_port
            graph = edits.connect(graph, *ends, signatures(graph))
        return graph

    if not view.commands.attempt(f"Add {node.name}", change):
        return None
    view.selection.set([node.id])
    return node.id


def size_of(view: CanvasView, node: Node) -> tuple[float, float]:
    """Return the size that a node's card will have."""
    return card_of(node, view.scene.graph, None, None, None, None).size()


def with_port_at(view: CanvasView, node: Node, side: Side, port: str, place: QPointF) -> Node:
    """Return a node put so that one of its ports lies at a point, as near as the grid allows."""
    card = card_of(node, view.scene.graph, None, None, None, None)
    ports = card.inputs if side == "input" else card.outputs
    names = [each.name for each in ports]
    here = card.port_places(side)[names.index(port)] if port in names else QPointF()
    return node.at(snapped(place.x() - here.x()), snapped(place.y() - here.y()))


def beside(view: CanvasView, node: Node, anchor: PortRef | None, middle: QPointF) -> Node:
    """Return a node put behind the one it is wired to, before it where it feeds it, or near a point."""
    geometry, size = view.scene.geometry, size_of(view, node)
    if anchor is None or anchor.is_output:
        corner = place_for(geometry, size, anchor.node if anchor is not None else None, middle)
    else:
        card = geometry.rect(anchor.node)
        centre = QPointF(card.left() - GAP - size[0] / 2, card.top() + size[1] / 2)
        if geometry.course.down:
            centre = QPointF(card.center().x(), card.top() - GAP - size[1] / 2)
        corner = place_for(geometry, size, None, centre)
    return node.at(corner.x(), corner.y())


def is_free(view: CanvasView, node: Node) -> bool:
    """Say whether a node's card would lie on no other."""
    width, height = size_of(view, node)
    return not len(view.scene.geometry.nodes_in(QRectF(node.x, node.y, width, height)))
