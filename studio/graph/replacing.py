"""Making another layer of a node: its place, its wires and what it was told stay, where they fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from studio.errors import GraphError
from studio.graph.block import INPUT, OUTPUT, TIED_TO
from studio.graph.graph import Graph
from studio.graph.names import MAX_LENGTH, FreeNames
from studio.graph.node import Edge, Node, Value, id_key
from studio.graph.port import PortSpec, SignatureOf, find_port
from studio.graph.wires import rewire, with_port


@dataclass(frozen=True, slots=True)
class Successor:
    """What nodes are to become.

    Attributes:
        kind: Their new kind.
        stem: What a new node of that kind is called, before its number.
        keeps: Says whether an argument of a name may have a value there.
    """

    kind: str
    stem: str
    keeps: Callable[[str, Value], bool]


def replace_kind(
    graph: Graph,
    node_ids: Iterable[str],
    successor: Successor,
    stem_of: Callable[[Node], str],
    signature: SignatureOf,
) -> tuple[Graph, tuple[Edge, ...]]:
    """Return the graph with nodes made into another kind, and the wires that could not stay.

    A wire goes to the port of the same name, else to the one at the same place, else to the first that is
    free and takes it. A name that was only the old kind's gives way to one of the new.

    Args:
        stem_of: Returns what a node of the kind that one has now is called, before its number.

    Raises:
        GraphError: One of them is a port of a block, or is to become one; or there is no such kind.
    """
    lost: list[Edge] = []
    for node_id in sorted(set(node_ids), key=id_key):
        node = graph.node(node_id)
        if node.kind == successor.kind:
            continue
        if {INPUT, OUTPUT} & {node.kind, successor.kind}:
            raise GraphError("A block's port cannot be replaced: add another, or delete it.", node_id=node_id)
        new = _grown_into(graph, node, successor, stem_of)
        graph, gone = exchange(graph, node, new, signature)
        lost += gone
    return graph, tuple(lost)


def _grown_into(graph: Graph, node: Node, successor: Successor, stem_of: Callable[[Node], str]) -> Node:
    """Return a node of the new kind in the place of an old one."""
    name = node.name
    if re.fullmatch(re.escape(stem_of(node)) + "[0-9]*", name):
        taken = FreeNames(other.name for other in graph.nodes.values() if other.id != node.id)
        name = taken.take(successor.stem[:MAX_LENGTH])
    kept = node.arguments.mutate()
    for argument, value in node.arguments.items():
        if argument == TIED_TO or not successor.keeps(argument, value):
            del kept[argument]
    return replace(node, kind=successor.kind, name=name, arguments=kept.finish())


def exchange(
    graph: Graph, old: Node, new: Node, signature: SignatureOf, *, keeps_ties: bool = False
) -> tuple[Graph, list[Edge]]:
    """Return the graph with one node exchanged for one of the same id, and the wires that could not stay.

    Raises:
        GraphError: There is no such kind.
    """
    before, after = signature(old), signature(new)
    incoming, outgoing = graph.inputs_of(old.id), graph.outputs_of(old.id)
    if after is None:
        raise GraphError(f'There is no layer "{new.kind}".', node_id=new.id)
    inputs, outputs = (before.inputs, before.outputs) if before is not None else ((), ())
    moved = {
        **_entering(graph, incoming, inputs, after.inputs, signature),
        **_leaving(graph, outgoing, outputs, after.outputs, signature),
    }
    lost = [edge for edge in (*incoming, *outgoing) if edge not in moved]
    nodes = graph.nodes.mutate()
    nodes[new.id] = new
    for node in graph.nodes.values():
        if node.arguments.get(TIED_TO) == new.id and not keeps_ties:
            nodes[node.id] = node.without_argument(TIED_TO)
    bends = {moved[edge]: points for edge, points in graph.bends.items() if edge in moved}
    graph = rewire(replace(graph, nodes=nodes.finish()), (*incoming, *outgoing), moved.values())
    graph = replace(graph, bends=graph.bends.update(bends))
    for target, port in sorted({(edge.target, edge.target_port) for edge in lost if edge.target != new.id}):
        graph = with_port(graph, target, port, graph.inputs_of(target, port))
    return graph, lost


def _entering(
    graph: Graph,
    wires: Sequence[Edge],
    old: Sequence[PortSpec],
    new: Sequence[PortSpec],
    signature: SignatureOf,
) -> dict[Edge, Edge]:
    """Return where the wires into a node end when it has other ports, without those that cannot stay."""
    places = {port.name: place for place, port in enumerate(old)}
    ordered = sorted(wires, key=lambda edge: (places.get(edge.target_port, len(old)), edge.index))
    room: dict[str, list[Edge]] = {port.name: [] for port in new}

    def fits(edge: Edge, port: PortSpec) -> bool:
        if room[port.name] and not port.variadic:
            return False
        out = _port_out(graph, edge, signature)
        return out is None or port.takes(out.carries)

    def named(edge: Edge) -> Sequence[PortSpec]:
        return [port for port in new if port.name == edge.target_port]

    def at_place(edge: Edge) -> Sequence[PortSpec]:
        return new[places.get(edge.target_port, len(new)) :][:1]

    left = list(ordered)
    for ports_for in (named, at_place, lambda _edge: new):
        for edge in tuple(left):
            port = next((port for port in ports_for(edge) if fits(edge, port)), None)
            if port is not None:
                room[port.name].append(edge)
                left.remove(edge)
    return {
        edge: replace(edge, target_port=name, index=index)
        for name, edges in room.items()
        for index, edge in enumerate(sorted(edges, key=ordered.index))
    }


def _leaving(
    graph: Graph,
    wires: Sequence[Edge],
    old: Sequence[PortSpec],
    new: Sequence[PortSpec],
    signature: SignatureOf,
) -> dict[Edge, Edge]:
    """Return where the wires out of a node begin when it has other ports, without those that cannot stay."""
    places = {port.name: place for place, port in enumerate(old)}
    found: dict[Edge, Edge] = {}
    for edge in wires:
        place = places.get(edge.source_port, len(new))
        port = find_port(tuple(new), edge.source_port) or (new[place] if place < len(new) else None)
        into = signature(graph.node(edge.target))
        target = find_port(into.inputs, edge.target_port) if into is not None else None
        if port is not None and (target is None or target.takes(port.carries)):
            found[edge] = replace(edge, source_port=port.name)
    return found


def _port_out(graph: Graph, edge: Edge, signature: SignatureOf) -> PortSpec | None:
    ports = signature(graph.node(edge.source))
    return find_port(ports.outputs, edge.source_port) if ports is not None else None
