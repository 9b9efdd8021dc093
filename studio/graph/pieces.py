"""Copying and pasting: a piece of a graph with all that it needs to mean the same elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.graph.block import TIED_TO
from studio.graph.definitions import carried, import_blocks, with_kind
from studio.graph.graph import Graph
from studio.graph.marks import add_mark
from studio.graph.names import FreeNames, last_number
from studio.graph.node import Edge, Node, id_key
from studio.graph.wires import rewire


def subgraph(graph: Graph, node_ids: Iterable[str], mark_ids: Iterable[str] = ()) -> Graph:
    """Return some nodes with the wires between them and the blocks they need: what copying takes along.

    A layer that uses the weights of one that stays behind has weights of its own in the copy.

    Args:
        graph: A level.
        node_ids: The nodes.
        mark_ids: Frames, notes and arrows that go with them.
    """
    kept = set(node_ids)
    nodes = [graph.node(node_id) for node_id in sorted(kept, key=id_key)]
    own = {node_id: node_id for node_id in kept}
    loose = [retied(node, own) for node in nodes]
    wires = _inner_wires(graph, nodes, kept)
    bends = {wire: graph.bends[old] for old, wire in wires.items() if old in graph.bends}
    marks = [graph.marks[mark_id] for mark_id in sorted(set(mark_ids), key=id_key)]
    return Graph.of(loose, wires.values(), carried(graph, nodes), marks, bends, graph.direction)


def _tie(node: Node) -> str | None:
    """Return the id of the node whose weights a node uses."""
    tied = node.arguments.get(TIED_TO)
    return tied if isinstance(tied, str) else None


def _inner_wires(graph: Graph, nodes: Iterable[Node], kept: set[str]) -> dict[Edge, Edge]:
    """Return the wires among some nodes, and what each is once those of a port are numbered without gaps."""
    inner: dict[tuple[str, str], list[Edge]] = {}
    for node in nodes:
        for edge in graph.inputs_of(node.id):
            if edge.source in kept:
                inner.setdefault((edge.target, edge.target_port), []).append(edge)
    return {edge: replace(edge, index=place) for wires in inner.values() for place, edge in enumerate(wires)}


def paste(graph: Graph, piece: Graph, dx: float, dy: float) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with a copy of `piece` in it, and the ids of the new nodes.

    Ids are new, names are kept where free, inner wires and marks come along, and so do the blocks: one that
    is here already is shared, a different one of the same name comes in under a free name.

    Raises:
        GraphError: A block of the piece contains itself.
    """
    graph, blocks = import_blocks(graph, piece, sorted(piece.blocks))
    names = FreeNames(node.name for node in graph.nodes.values())
    first = last_number(graph) + 1
    ids = {node.id: f"n{number}" for number, node in enumerate(piece.ordered(), first)}
    nodes = graph.nodes.mutate()
    for node in piece.ordered():
        copy = replace(with_kind(node, blocks), id=ids[node.id], name=names.take(node.name))
        nodes[copy.id] = retied(copy, ids).at(node.x + dx, node.y + dy)
    edges = {e: replace(e, source=ids[e.source], target=ids[e.target]) for e in piece.edges()}
    graph = rewire(replace(graph, nodes=nodes.finish()), (), edges.values())
    bends = {edges[e]: tuple((x + dx, y + dy) for x, y in points) for e, points in piece.bends.items()}
    graph = replace(graph, bends=graph.bends.update(bends))
    for mark in sorted(piece.marks.values(), key=lambda mark: id_key(mark.id)):
        graph = add_mark(graph, replace(mark, x=mark.x + dx, y=mark.y + dy))
    return graph, tuple(ids.values())


def retied(node: Node, ids: Mapping[str, str]) -> Node:
    """Return a copy of a node tied to the copy of what it was tied to; a tie to anything else is off."""
    tied = _tie(node)
    if tied is None:
        return node
    return node.with_argument(TIED_TO, ids[tied]) if tied in ids else node.without_argument(TIED_TO)


def duplicate(
    graph: Graph, node_ids: Iterable[str], dx: float = 24.0, dy: float = 24.0
) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with some nodes doubled, and the ids of the copies.

    A copy of a layer that uses another's weights uses them too.
    """
    chosen = sorted(set(node_ids), key=id_key)
    graph, copies = paste(graph, subgraph(graph, chosen), dx, dy)
    nodes = graph.nodes.mutate()
    for node_id, copy in zip(chosen, copies, strict=True):
        tied = _tie(graph.nodes[node_id])
        if tied is not None and TIED_TO not in graph.nodes[copy].arguments:
            nodes[copy] = graph.nodes[copy].with_argument(TIED_TO, tied)
    return replace(graph, nodes=nodes.finish()), copies
