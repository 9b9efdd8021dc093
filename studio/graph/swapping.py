"""Exchanging wires: among the inputs of one node, between two nodes, or the targets of two wires.

What would not fit, or close a cycle, is refused in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.errors import GraphError
from studio.graph.edits import move
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec, SignatureOf
from studio.graph.wires import rewire, with_port
from studio.graph.wiring import misfit, why_not


def rotate_inputs(graph: Graph, node_id: str, signature: SignatureOf) -> Graph:
    """Return the graph with each wire into a node led to its next input, and the last to the first.

    Two wires change places. A single wire goes to the next input that takes it.

    Raises:
        GraphError: There is nothing to exchange, or an input does not take what it would get.
    """
    node = graph.node(node_id)
    wires = _in_port_order(graph, node, signature)
    if not wires:
        raise GraphError(f'Nothing is wired to "{node.name}".', node_id=node_id)
    if len(wires) == 1:
        return _to_next_port(graph, node, wires[0], signature)
    moved = [
        replace(taker, source=giver.source, source_port=giver.source_port)
        for giver, taker in zip(wires, [*wires[1:], wires[0]], strict=True)
    ]
    return _checked(graph, wires, moved, signature)


def _in_port_order(graph: Graph, node: Node, signature: SignatureOf) -> list[Edge]:
    """Return the wires into a node, top to bottom."""
    order = {port.name: place for place, port in enumerate(_inputs(node, signature))}
    wires = graph.inputs_of(node.id)
    return sorted(wires, key=lambda edge: (order.get(edge.target_port, len(order)), edge.index))


def _to_next_port(graph: Graph, node: Node, wire: Edge, signature: SignatureOf) -> Graph:
    names = [port.name for port in _inputs(node, signature)]
    place = names.index(wire.target_port) if wire.target_port in names else 0
    for name in [*names[place + 1 :], *names[:place]]:
        moved = replace(wire, target_port=name)
        if misfit(graph, moved, signature) is None:
            return rewire(graph, [wire], [moved])
    raise GraphError(f'"{node.name}" has no other input for its one wire.', node_id=node.id)


def exchange_nodes(graph: Graph, one: str, other: str, signature: SignatureOf) -> Graph:
    """Return the graph with two nodes in each other's place: in its wires, and on the canvas.

    The first input of one stands for the first of the other, and so on. It cannot close a cycle.

    Raises:
        GraphError: One has not the ports that the other's wires need, or they do not take what flows there.
    """
    pair = {one: graph.node(one), other: graph.node(other)}
    partner = {one: pair[other], other: pair[one]}
    wires = {e for i in pair for e in (*graph.inputs_of(i), *graph.outputs_of(i))}
    moved = []
    for edge in sorted(wires):
        changed = edge
        if edge.source in pair:
            port = _counterpart(
                pair[edge.source], partner[edge.source], edge.source_port, "output", signature
            )
            changed = replace(changed, source=partner[edge.source].id, source_port=port)
        if edge.target in pair:
            port = _counterpart(pair[edge.target], partner[edge.target], edge.target_port, "input", signature)
            changed = replace(changed, target=partner[edge.target].id, target_port=port)
        moved.append(changed)
    graph = _checked(graph, wires, moved, signature)
    places = {i: (partner[i].x, partner[i].y) for i in pair}
    return move(graph, places)


def _counterpart(node: Node, partner: Node, port: str, side: str, signature: SignatureOf) -> str:
    """Return the name of the port that stands at the same place on the other node."""
    ours, theirs = (
        (_inputs(node, signature), _inputs(partner, signature))
        if side == "input"
        else (_outputs(node, signature), _outputs(partner, signature))
    )
    place = next((place for place, spec in enumerate(ours) if spec.name == port), 0)
    if place >= len(theirs):
        raise GraphError(
            f'"{partner.name}" has no {side} for the wire at "{port}" of "{node.name}".', node_id=partner.id
        )
    return theirs[place].name


def exchange_targets(graph: Graph, one: Edge, other: Edge, signature: SignatureOf) -> Graph:
    """Return the graph with two wires ending where the other ended.

    Raises:
        GraphError: A wire is gone, an end does not take what it would get, or it would close a cycle.
    """
    for edge in (one, other):
        if not graph.has_edge(edge):
            raise GraphError("A wire is gone.", node_id=edge.target, port=edge.target_port)
    moved = [
        replace(other, source=one.source, source_port=one.source_port),
        replace(one, source=other.source, source_port=other.source_port),
    ]
    bare = rewire(graph, [one, other], ())
    for edge in moved:
        reason = why_not(bare, edge, signature)
        if reason is not None:
            raise GraphError(f"Cannot swap: {reason}.", node_id=edge.target, port=edge.target_port)
        bare = rewire(bare, (), [edge])
    return rewire(graph, [one, other], moved)


def _checked(graph: Graph, old: Iterable[Edge], new: list[Edge], signature: SignatureOf) -> Graph:
    """Return the graph with wires exchanged for others that close no cycle, if their ends fit."""
    for edge in new:
        found = misfit(graph, edge, signature)
        if found is not None:
            raise GraphError(f"Cannot swap: {found.reason}.", node_id=found.node, port=found.port)
    graph = rewire(graph, old, new)
    for target, port in sorted({(edge.target, edge.target_port) for edge in new}):
        wires = graph.inputs_of(target, port)
        spec = next((s for s in _inputs(graph.node(target), signature) if s.name == port), None)
        if spec is not None and not spec.variadic and len(wires) > 1:
            raise GraphError(f'Cannot swap: "{graph.node(target).name}" takes one wire at "{port}".')
        graph = with_port(graph, target, port, wires)
    return graph


def _inputs(node: Node, signature: SignatureOf) -> tuple[PortSpec, ...]:
    ports = signature(node)
    return ports.inputs if ports is not None else ()


def _outputs(node: Node, signature: SignatureOf) -> tuple[PortSpec, ...]:
    ports = signature(node)
    return ports.outputs if ports is not None else ()
