"""Putting nodes into wires and taking them out: whole pieces, with what they were part of closed behind them.

A *piece* is some nodes with the wires among them. It goes onto a wire by its one free way in and its one
free way out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import dist

from studio.errors import GraphError
from studio.graph.edits import add_node
from studio.graph.graph import Bend, Graph
from studio.graph.node import Edge, Node, id_key
from studio.graph.port import PortSpec, Signature, SignatureOf
from studio.graph.problems import listing
from studio.graph.reach import downstream
from studio.graph.wires import bend, connect, disconnect, with_port
from studio.graph.wiring import misfit, why_not


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a piece goes onto a wire.

    Attributes:
        entry: Id of the node that the wire is led to, and the name of its input.
        exit: Id of the node that the wire goes on from, and the name of its output.
    """

    entry: tuple[str, str]
    exit: tuple[str, str]


def ends_of(graph: Graph, nodes: Sequence[Node], signature: SignatureOf) -> Ends:
    """Return the free way into a piece and the free way out of it.

    Nodes need not be in the graph yet.

    Raises:
        GraphError: The piece has wires to others, or has no or several ways in or out; the message says so.
    """
    own = {node.id for node in nodes}
    for edge in sorted(outer_wires(graph, own)):
        inner = graph.node(edge.target if edge.target in own else edge.source)
        raise GraphError(f'"{inner.name}" has wires already: hold Alt to take it out of them.')
    firsts = [node for node in nodes if not graph.inputs_of(node.id)]
    lasts = [node for node in nodes if not graph.outputs_of(node.id)]
    for found, side in ((firsts, "begins"), (lasts, "ends")):
        if len(found) != 1:
            names = listing([node.name for node in found]) or "nothing"
            raise GraphError(f"This is no single chain: it {side} at {names}.")
    ports_in, ports_out = signature(firsts[0]), signature(lasts[0])
    for node, ports in ((firsts[0], _inputs(ports_in)), (lasts[0], _outputs(ports_out))):
        if not ports:
            raise GraphError(
                f'"{node.name}" cannot sit on a wire: it needs an input and an output.', node_id=node.id
            )
    return Ends(
        (firsts[0].id, _inputs(ports_in)[0].name),
        (lasts[0].id, _outputs(ports_out)[0].name),
    )


def _inputs(ports: Signature | None) -> tuple[PortSpec, ...]:
    return ports.inputs if ports is not None else ()


def _outputs(ports: Signature | None) -> tuple[PortSpec, ...]:
    return ports.outputs if ports is not None else ()


def outer_wires(graph: Graph, node_ids: Collection[str]) -> frozenset[Edge]:
    """Return the wires between some nodes and others."""
    return frozenset(_crossing(graph, node_ids))


def is_loose(graph: Graph, node_ids: Collection[str]) -> bool:
    """Say whether there are no wires between some nodes and others."""
    return next(_crossing(graph, node_ids), None) is None


def _crossing(graph: Graph, node_ids: Collection[str]) -> Iterator[Edge]:
    for node_id in node_ids:
        yield from (edge for edge in graph.inputs_of(node_id) if edge.source not in node_ids)
        yield from (edge for edge in graph.outputs_of(node_id) if edge.target not in node_ids)


def insert_piece(graph: Graph, edge: Edge, nodes: Sequence[Node], signature: SignatureOf) -> Graph:
    """Return the graph with a piece on a wire: what fed the wire feeds it, and it feeds the rest.

    Nodes that are not there yet are added. The wire keeps its place among those of its port.

    Raises:
        GraphError: The wire does not exist, the piece has no single way through, or a flow does not match.
    """
    if not graph.has_edge(edge):
        raise GraphError("The wire to insert on is gone.", node_id=edge.target, port=edge.target_port)
    if any(node.id in (edge.source, edge.target) for node in nodes):
        raise GraphError("A layer cannot go onto a wire of its own.")
    ends = ends_of(graph, nodes, signature)
    dots = graph.bends.get(edge, ())
    for node in nodes:
        if node.id not in graph:
            graph = add_node(graph, node)
    graph = connect(graph, edge.source, edge.source_port, *ends.entry, signature)
    onward = replace(edge, source=ends.exit[0], source_port=ends.exit[1])
    reason = why_not(graph, onward, signature)
    if reason is not None:
        raise GraphError(f"Cannot insert: {reason}.", node_id=ends.exit[0])
    wires = graph.inputs_of(edge.target, edge.target_port)
    graph = with_port(
        graph, edge.target, edge.target_port, [onward if wire == edge else wire for wire in wires]
    )
    if not dots:
        return graph
    before = _dots_before(graph, edge, dots, graph.node(ends.entry[0]))
    leading = same_ends(graph, Edge(edge.source, edge.source_port, *ends.entry))
    return bend(bend(graph, leading, dots[:before]), onward, dots[before:])


def _dots_before(graph: Graph, edge: Edge, dots: tuple[Bend, ...], node: Node) -> int:
    """Return how many of a wire's dots come before a node that goes onto it: where the detour is least."""
    source, target = graph.node(edge.source), graph.node(edge.target)
    way = [(source.x, source.y), *dots, (target.x, target.y)]
    here = node.x, node.y
    detours = [dist(one, here) + dist(here, other) - dist(one, other) for one, other in pairwise(way)]
    return detours.index(min(detours))


def same_ends(graph: Graph, edge: Edge) -> Edge:
    """Return the wire between the same ports; its number among those of its port may be another."""
    ends = edge.source, edge.source_port
    for wire in graph.inputs_of(edge.target, edge.target_port):
        if (wire.source, wire.source_port) == ends:
            return wire
    return edge


def extract(graph: Graph, node_ids: Iterable[str], signature: SignatureOf) -> Graph:
    """Return the graph with some nodes taken out of their wires, and the gaps closed.

    Nodes that are wired to each other stay so, and come out as one piece. What fed a piece feeds all that
    it led to, at the same place among a port's wires. Where the flows do not match, or several things fed
    the piece, the gap stays open.
    """
    for piece in pieces(graph, node_ids):
        graph = _extract_piece(graph, piece, signature)
    return graph


def pieces(graph: Graph, node_ids: Iterable[str]) -> list[set[str]]:
    """Return some nodes parted into those that hang together by wires among them."""
    left = set(node_ids)
    found = []
    for first in sorted(left, key=id_key):
        piece, stack = set[str](), [first]
        while stack:
            node_id = stack.pop()
            if node_id in left:
                left.discard(node_id)
                piece.add(node_id)
                stack += [edge.source for edge in graph.inputs_of(node_id)]
                stack += [edge.target for edge in graph.outputs_of(node_id)]
        if piece:
            found.append(piece)
    return found


def _extract_piece(graph: Graph, piece: set[str], signature: SignatureOf) -> Graph:
    """Return the graph with one piece out of its wires."""
    outer = outer_wires(graph, piece)
    feeds = {(edge.source, edge.source_port) for edge in outer if edge.target in piece}
    fed = sorted({(edge.target, edge.target_port) for edge in outer if edge.source in piece})
    wires_at = {place: graph.inputs_of(*place) for place in fed}
    old, leading = graph.bends, [edge for edge in outer if edge.target in piece]
    graph = disconnect(graph, outer)
    if len(feeds) != 1:
        return graph
    source, source_port = next(iter(feeds))
    dots = old.get(leading[0], ()) if len(leading) == 1 else ()
    first = {edge.target for edge in leading}
    through = first | downstream(graph, first)

    def led_past(wire: Edge) -> tuple[Edge, tuple[Bend, ...]] | None:
        """Return a wire as it is without the piece, and the dots that it takes over."""
        if wire.source not in piece:
            return wire, ()
        # It closes no cycle, if the path that it stands for was there before.
        past = replace(wire, source=source, source_port=source_port)
        if wire.source not in through or misfit(graph, past, signature) is not None:
            return None
        return past, dots + old.get(wire, ())

    for place, wires in wires_at.items():
        kept = [found for wire in wires if (found := led_past(wire)) is not None]
        graph = with_port(graph, *place, [wire for wire, _ in kept])
        bent = {replace(wire, index=i): points for i, (wire, points) in enumerate(kept) if points}
        graph = replace(graph, bends=graph.bends.update(bent))
    return graph


def fed_alike(graph: Graph, twins: Mapping[str, str]) -> Graph:
    """Return the graph with copies fed like their originals: wires from other nodes lead to them too.

    Args:
        graph: The graph, with the wires among the copies.
        twins: Id of each copy by that of its original.
    """
    for original, copy in twins.items():
        for port in dict.fromkeys(edge.target_port for edge in graph.inputs_of(original)):
            wires = [
                replace(edge, source=twins.get(edge.source, edge.source), target=copy)
                for edge in graph.inputs_of(original, port)
            ]
            graph = with_port(graph, copy, port, wires)
    return graph
