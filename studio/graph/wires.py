"""Drawing and taking off wires: the part of `studio.graph.edits` that keeps their order and their index.

The wires of a port are numbered from 0 without gaps, and both indexes of a graph (by target, by source)
hold the same wires.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from immutables import MapMutation

from studio.errors import GraphError
from studio.graph.graph import Bend, Graph, sort_incoming
from studio.graph.node import Edge
from studio.graph.port import SignatureOf, find_port
from studio.graph.wiring import why_not


def connect(
    graph: Graph,
    source: str,
    source_port: str,
    target: str,
    target_port: str,
    signature: SignatureOf,
    *,
    index: int | None = None,
) -> Graph:
    """Return the graph with one more wire.

    A port that takes a single wire gives up the one it has. A variadic port takes the new wire at
    `index` (others make room), or after its last.

    Raises:
        GraphError: The wire cannot be drawn; the message is `why_not`'s.
    """
    edge = Edge(source, source_port, target, target_port)
    reason = why_not(graph, edge, signature)
    if reason is not None:
        raise GraphError(f"Cannot connect: {reason}.", node_id=target, port=target_port)
    ports = signature(graph.node(target))
    port = find_port(ports.inputs, target_port) if ports else None
    if port is None or not port.variadic:
        return with_port(graph, target, target_port, [edge])
    wires = list(graph.inputs_of(target, target_port))
    wires.insert(len(wires) if index is None else max(index, 0), edge)
    return with_port(graph, target, target_port, wires)


def disconnect(graph: Graph, edges: Iterable[Edge]) -> Graph:
    """Return the graph without some wires; a wire that is not there is ignored.

    The wires left at a port close ranks: they are numbered from 0 without gaps.
    """
    gone = {edge for edge in edges if graph.has_edge(edge)}
    for target, port in sorted({(edge.target, edge.target_port) for edge in gone}):
        left = [edge for edge in graph.inputs_of(target, port) if edge not in gone]
        graph = with_port(graph, target, port, left)
    return graph


def with_port(graph: Graph, target: str, port: str, wires: Iterable[Edge]) -> Graph:
    """Return the graph with exactly these wires into a port, in this order."""
    numbered = [replace(wire, index=place) for place, wire in enumerate(wires)]
    return rewire(graph, graph.inputs_of(target, port), numbered)


def rewire(graph: Graph, removed: Iterable[Edge], added: Iterable[Edge]) -> Graph:
    """Return the graph with some wires exchanged for others that are known to be sound."""
    gone, new = set(removed), set(added)
    if gone == new:
        return graph
    graph = _with_bends_moved(graph, gone, new)
    into, out = _by_end(new, "target"), _by_end(new, "source")
    incoming, outgoing = graph.incoming.mutate(), graph.outgoing.mutate()
    for node_id in {edge.target for edge in gone | new}:
        left = (edge for edge in graph.inputs_of(node_id) if edge not in gone)
        _put(incoming, node_id, sort_incoming({*left, *into.get(node_id, ())}))
    for node_id in {edge.source for edge in gone | new}:
        left = (edge for edge in graph.outputs_of(node_id) if edge not in gone)
        _put(outgoing, node_id, tuple(sorted({*left, *out.get(node_id, ())})))
    return replace(graph, incoming=incoming.finish(), outgoing=outgoing.finish())


def bend(graph: Graph, edge: Edge, points: Iterable[Bend]) -> Graph:
    """Return the graph with a wire led through exactly these points; none lets it find its own way.

    Raises:
        GraphError: There is no such wire.
    """
    if not graph.has_edge(edge):
        raise GraphError("The wire to bend is gone.", node_id=edge.target, port=edge.target_port)
    kept = tuple(points)
    if kept == graph.bends.get(edge, ()):
        return graph
    bends = graph.bends.set(edge, kept) if kept else graph.bends.delete(edge)
    return replace(graph, bends=bends)


def shifted_bends(graph: Graph, ways: Mapping[str, Bend]) -> Graph:
    """Return the graph with the bends of wires moved along whose two nodes go the same way.

    Args:
        graph: The graph.
        ways: How far nodes move, right and down, by id.
    """
    bends = graph.bends.mutate()
    for edge, points in graph.bends.items():
        way = ways.get(edge.source)
        if way is not None and way == ways.get(edge.target):
            bends[edge] = tuple((x + way[0], y + way[1]) for x, y in points)
    return replace(graph, bends=bends.finish())


def _with_bends_moved(graph: Graph, gone: set[Edge], new: set[Edge]) -> Graph:
    """Return the graph with the bends of wires that go: those that only change their number keep them."""
    bent = [edge for edge in gone if edge in graph.bends and edge not in new]
    if not bent:
        return graph
    bends = graph.bends.mutate()
    kept = {replace(edge, index=0): edge for edge in sorted(new - gone, reverse=True)}
    moved = [(kept.get(replace(edge, index=0)), bends.pop(edge)) for edge in bent]
    for edge, points in moved:
        if edge is not None:
            bends[edge] = points
    return replace(graph, bends=bends.finish())


def _by_end(edges: Iterable[Edge], end: Literal["source", "target"]) -> dict[str, list[Edge]]:
    """Return wires by the id of the node at one of their ends."""
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(getattr(edge, end), []).append(edge)
    return found


def _put(index: MapMutation[str, tuple[Edge, ...]], key: str, edges: tuple[Edge, ...]) -> None:
    """Set the wires of a node in an index, which has no entry for a node without any."""
    if edges:
        index[key] = edges
    elif key in index:
        del index[key]
