"""Every way to change a graph: pure functions from a graph to a graph.

They keep what a graph must never break (wires end at nodes, ids and wires are unique, no wire closes a
cycle, a port that takes one wire has one) and raise `GraphError` rather than break it. Whether the
result is a sensible network is for `studio.graph.topology` and the compiler to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from immutables import Map, MapMutation

from studio.errors import GraphError
from studio.graph.graph import Graph, sort_incoming
from studio.graph.names import MAX_LENGTH, FreeNames, why_not_name
from studio.graph.node import Edge, Node, Value, id_key
from studio.graph.port import SignatureOf, find_port
from studio.graph.problems import Fix
from studio.graph.wiring import misfit, unfit_wires
from studio.graph.wiring import reaches as reaches
from studio.graph.wiring import why_not as why_not


def next_id(graph: Graph) -> str:
    """Return an id that no node has: ``n`` and the next number."""
    return f"n{_last_number(graph) + 1}"


def _last_number(graph: Graph) -> int:
    """Return the largest number among ids such as ``n12``; 0 if there is none."""
    numbers = (int(node_id[1:]) for node_id in graph.nodes if re.fullmatch(r"n[0-9]{1,15}", node_id))
    return max(numbers, default=0)


def free_name(graph: Graph, wanted: str) -> str:
    """Return `wanted`, or `wanted` with the next free number: ``conv`` → ``conv1`` → ``conv2``."""
    return FreeNames(node.name for node in graph.nodes.values()).take(wanted)


def new_node(
    graph: Graph,
    kind: str,
    *,
    name: str | None = None,
    arguments: Mapping[str, Value] | None = None,
    x: float = 0.0,
    y: float = 0.0,
) -> Node:
    """Return a node with a free id and name, ready for `add_node`.

    Raises:
        GraphError: A name was given that no layer can have.
    """
    if name is not None:
        _check_name(name)
    wanted = name or re.sub(r"[^a-z0-9_]", "", kind.lower()).lstrip("0123456789_") or "node"
    return Node(next_id(graph), kind, free_name(graph, wanted[:MAX_LENGTH]), Map(arguments or {}), x, y)


def add_node(graph: Graph, node: Node) -> Graph:
    """Return the graph with one more node.

    Raises:
        GraphError: Its id is taken.
    """
    if node.id in graph:
        raise GraphError(f'There already is a node with the id "{node.id}".', node_id=node.id)
    return replace(graph, nodes=graph.nodes.set(node.id, node))


def replace_node(graph: Graph, node: Node) -> Graph:
    """Return the graph with the node of the same id replaced."""
    if graph.node(node.id) == node:
        return graph
    return replace(graph, nodes=graph.nodes.set(node.id, node))


def remove_nodes(graph: Graph, node_ids: Iterable[str]) -> Graph:
    """Return the graph without some nodes and without the wires that ended there."""
    doomed = set(node_ids)
    for node_id in sorted(doomed, key=id_key):
        graph.node(node_id)
    edges = [edge for node_id in doomed for edge in (*graph.inputs_of(node_id), *graph.outputs_of(node_id))]
    graph = disconnect(graph, edges)
    nodes = graph.nodes.mutate()
    for node_id in doomed:
        del nodes[node_id]
    return replace(graph, nodes=nodes.finish())


def remove_and_reconnect(graph: Graph, node_ids: Iterable[str], signature: SignatureOf) -> Graph:
    """Return the graph without some nodes, with each gap in a chain closed.

    A node with one wire in and any number out is taken out of its wires: what fed it feeds all that it
    fed, at the same place among a port's wires. Where the flows do not match, or several wires came
    in, the gap stays open.
    """
    for node_id in sorted(set(node_ids), key=id_key):
        graph = _bridge(graph, node_id, signature)
    return graph


def _bridge(graph: Graph, node_id: str, signature: SignatureOf) -> Graph:
    """Return the graph without one node, with its only wire in leading to where its wires out led."""
    feeds = [edge for edge in graph.inputs_of(node_id) if edge.source != node_id]
    fed = sorted({(edge.target, edge.target_port) for edge in graph.outputs_of(node_id)})
    wires_at = {place: graph.inputs_of(*place) for place in fed if place[0] != node_id}
    graph = remove_nodes(graph, [node_id])
    if len(feeds) != 1:
        return graph
    source, source_port = feeds[0].source, feeds[0].source_port
    for (target, port), wires in wires_at.items():
        kept = []
        for wire in wires:
            if wire.source == node_id:
                wire = replace(wire, source=source, source_port=source_port)
                # It cannot close a cycle: the path it stands for was there before.
                if wire.source == target or misfit(graph, wire, signature) is not None:
                    continue
            kept.append(wire)
        graph = _with_port(graph, target, port, kept)
    return graph


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
        return _with_port(graph, target, target_port, [edge])
    wires = list(graph.inputs_of(target, target_port))
    wires.insert(len(wires) if index is None else max(index, 0), edge)
    return _with_port(graph, target, target_port, wires)


def disconnect(graph: Graph, edges: Iterable[Edge]) -> Graph:
    """Return the graph without some wires; a wire that is not there is ignored.

    The wires left at a port close ranks: they are numbered from 0 without gaps.
    """
    gone = {edge for edge in edges if graph.has_edge(edge)}
    for target, port in sorted({(edge.target, edge.target_port) for edge in gone}):
        left = [edge for edge in graph.inputs_of(target, port) if edge not in gone]
        graph = _with_port(graph, target, port, left)
    return graph


def _with_port(graph: Graph, target: str, port: str, wires: Iterable[Edge]) -> Graph:
    """Return the graph with exactly these wires into a port, in this order."""
    numbered = [replace(wire, index=place) for place, wire in enumerate(wires)]
    return _rewire(graph, graph.inputs_of(target, port), numbered)


def _rewire(graph: Graph, removed: Iterable[Edge], added: Iterable[Edge]) -> Graph:
    """Return the graph with some wires exchanged for others that are known to be sound."""
    gone, new = set(removed), set(added)
    if gone == new:
        return graph
    into, out = _by_end(new, "target"), _by_end(new, "source")
    incoming, outgoing = graph.incoming.mutate(), graph.outgoing.mutate()
    for node_id in {edge.target for edge in gone | new}:
        left = (edge for edge in graph.inputs_of(node_id) if edge not in gone)
        _put(incoming, node_id, sort_incoming({*left, *into.get(node_id, ())}))
    for node_id in {edge.source for edge in gone | new}:
        left = (edge for edge in graph.outputs_of(node_id) if edge not in gone)
        _put(outgoing, node_id, tuple(sorted({*left, *out.get(node_id, ())})))
    return replace(graph, incoming=incoming.finish(), outgoing=outgoing.finish())


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


def set_argument(graph: Graph, node_id: str, argument: str, value: Value) -> Graph:
    """Return the graph with one argument of one node set."""
    return replace_node(graph, graph.node(node_id).with_argument(argument, value))


def reset_argument(graph: Graph, node_id: str, argument: str) -> Graph:
    """Return the graph with one argument of one node back at its default."""
    return replace_node(graph, graph.node(node_id).without_argument(argument))


def rename(graph: Graph, node_id: str, name: str) -> Graph:
    """Return the graph with a node renamed.

    Raises:
        GraphError: No layer can have that name, or another node has it.
    """
    _check_name(name, node_id)
    for other in graph.nodes.values():
        if other.name == name and other.id != node_id:
            raise GraphError(f'Another layer is called "{name}" already.', node_id=other.id)
    return replace_node(graph, replace(graph.node(node_id), name=name))


def _check_name(name: str, node_id: str | None = None) -> None:
    reason = why_not_name(name)
    if reason is not None:
        raise GraphError(f'"{name}" {reason}.', node_id=node_id)


def move(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Graph:
    """Return the graph with some nodes at other places, given as top left corners by id."""
    nodes = graph.nodes.mutate()
    for node_id, (x, y) in places.items():
        nodes[node_id] = graph.node(node_id).at(x, y)
    return replace(graph, nodes=nodes.finish())


def subgraph(graph: Graph, node_ids: Iterable[str]) -> Graph:
    """Return some nodes with the wires between them: what copying takes along."""
    kept = set(node_ids)
    nodes = [graph.node(node_id) for node_id in sorted(kept, key=id_key)]
    inner: dict[tuple[str, str], list[Edge]] = {}
    for node in nodes:
        for edge in graph.inputs_of(node.id):
            if edge.source in kept:
                inner.setdefault((edge.target, edge.target_port), []).append(edge)
    edges = (replace(edge, index=place) for wires in inner.values() for place, edge in enumerate(wires))
    return Graph.of(nodes, edges)


def paste(graph: Graph, piece: Graph, dx: float, dy: float) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with a copy of `piece` in it, and the ids of the new nodes.

    Ids are new, names are kept where free, inner wires come along.
    """
    names = FreeNames(node.name for node in graph.nodes.values())
    first = _last_number(graph) + 1
    ids = {node.id: f"n{number}" for number, node in enumerate(piece.ordered(), first)}
    nodes = graph.nodes.mutate()
    for node in piece.ordered():
        copy = replace(node, id=ids[node.id], name=names.take(node.name))
        nodes[copy.id] = copy.at(node.x + dx, node.y + dy)
    edges = [replace(edge, source=ids[edge.source], target=ids[edge.target]) for edge in piece.edges()]
    return _rewire(replace(graph, nodes=nodes.finish()), (), edges), tuple(ids.values())


def duplicate(
    graph: Graph, node_ids: Iterable[str], dx: float = 24.0, dy: float = 24.0
) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with some nodes doubled, and the ids of the copies."""
    return paste(graph, subgraph(graph, node_ids), dx, dy)


def insert_on_edge(graph: Graph, edge: Edge, node: Node, signature: SignatureOf) -> Graph:
    """Return the graph with a node placed on a wire: what fed the wire feeds it, and it feeds the rest.

    The node is added if it is not there yet. The wire keeps its place among those of its port.

    Raises:
        GraphError: The wire does not exist, the node has no input or output, or a flow does not match.
    """
    if not graph.has_edge(edge):
        raise GraphError("The wire to insert on is gone.", node_id=edge.target, port=edge.target_port)
    ports = signature(node)
    if ports is None or not ports.inputs or not ports.outputs:
        raise GraphError(
            f'"{node.name}" cannot sit on a wire: it needs an input and an output.', node_id=node.id
        )
    if node.id not in graph:
        graph = add_node(graph, node)
    graph = connect(graph, edge.source, edge.source_port, node.id, ports.inputs[0].name, signature)
    onward = replace(edge, source=node.id, source_port=ports.outputs[0].name)
    reason = why_not(graph, onward, signature)
    if reason is not None:
        raise GraphError(f"Cannot insert: {reason}.", node_id=node.id)
    wires = graph.inputs_of(edge.target, edge.target_port)
    return _with_port(
        graph, edge.target, edge.target_port, [onward if wire == edge else wire for wire in wires]
    )


def apply_fix(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Return the graph with a problem's suggestion carried out.

    Raises:
        GraphError: The graph has changed since, so that the suggestion no longer fits.
    """
    if fix.action == "set":
        return set_argument(graph, fix.node, fix.argument, fix.value)
    if fix.action == "rename":
        return rename(graph, fix.node, str(fix.value))
    wires = graph.inputs_of(fix.node, fix.port)
    if not wires:
        raise GraphError("The wire that the suggestion was about is gone.", node_id=fix.node, port=fix.port)
    if fix.action == "disconnect":
        return disconnect(graph, unfit_wires(graph, fix.node, fix.port, signature))
    edge = wires[0]
    target, source = graph.node(fix.node), graph.node(edge.source)
    node = new_node(
        graph,
        fix.kind,
        arguments=dict(fix.arguments),
        x=(source.x + target.x) / 2,
        y=(source.y + target.y) / 2,
    )
    return insert_on_edge(graph, edge, node, signature)
