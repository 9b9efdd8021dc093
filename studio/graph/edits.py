"""The everyday ways to change a graph: pure functions from a graph to a graph.

What concerns wires alone is in `studio.graph.wires`, copying in `studio.graph.pieces`, and blocks in
`studio.graph.grouping`, `studio.graph.ungrouping`, `studio.graph.definitions` and
`studio.graph.block_arguments`. What mends a problem is in `studio.graph.fixes`.

They keep what a graph must never break (wires end at nodes, ids and wires are unique, no wire closes a
cycle, a port that takes one wire has one) and raise `GraphError` rather than break it. Whether the
result is a sensible network is for `studio.graph.topology` and the compiler to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from immutables import Map

from studio.errors import GraphError
from studio.graph.block import PREFIX, TIED_TO
from studio.graph.difference import remember
from studio.graph.graph import Bend, Direction, Graph
from studio.graph.names import MAX_LENGTH, FreeNames, last_number, names_of, why_not_name
from studio.graph.node import Edge, Node, Value, id_key
from studio.graph.pieces import duplicate as duplicate
from studio.graph.pieces import paste as paste
from studio.graph.pieces import subgraph as subgraph
from studio.graph.port import SignatureOf
from studio.graph.wires import bend as bend
from studio.graph.wires import connect as connect
from studio.graph.wires import disconnect as disconnect
from studio.graph.wires import shifted_bends, with_port
from studio.graph.wiring import misfit
from studio.graph.wiring import reaches as reaches
from studio.graph.wiring import why_not as why_not


def next_id(graph: Graph) -> str:
    """Return an id that no node has: ``n`` and the next number."""
    return f"n{last_number(graph) + 1}"


def free_name(graph: Graph, wanted: str) -> str:
    """Return `wanted`, or `wanted` with the next free number: ``conv`` → ``conv1`` → ``conv2``."""
    return FreeNames(names_of(graph.nodes)).take(wanted)


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
    wanted = (
        name or re.sub(r"[^a-z0-9_]", "", kind.removeprefix(PREFIX).lower()).lstrip("0123456789_") or "node"
    )
    return Node(next_id(graph), kind, free_name(graph, wanted[:MAX_LENGTH]), Map(arguments or {}), x, y)


def add_node(graph: Graph, node: Node) -> Graph:
    """Return the graph with one more node.

    Raises:
        GraphError: Its id is taken.
    """
    if node.id in graph:
        raise GraphError(f'There already is a node with the id "{node.id}".', node_id=node.id)
    return _with_node(graph, node)


def replace_node(graph: Graph, node: Node) -> Graph:
    """Return the graph with the node of the same id replaced."""
    if graph.node(node.id) == node:
        return graph
    return _with_node(graph, node)


def _with_node(graph: Graph, node: Node) -> Graph:
    """Return the graph with one node new or exchanged; the views need not look for it."""
    nodes = graph.nodes.set(node.id, node)
    remember(graph.nodes, nodes, [node.id], [])
    return replace(graph, nodes=nodes)


def remove_nodes(graph: Graph, node_ids: Iterable[str]) -> Graph:
    """Return the graph without some nodes and without the wires that ended there.

    A layer that used the weights of one of them has weights of its own from now on: were it to keep the
    id, it would be tied to whatever gets that id next.
    """
    doomed = set(node_ids)
    for node_id in sorted(doomed, key=id_key):
        graph.node(node_id)
    edges = [edge for node_id in doomed for edge in (*graph.inputs_of(node_id), *graph.outputs_of(node_id))]
    graph = disconnect(graph, edges)
    nodes = graph.nodes.mutate()
    for node_id in doomed:
        del nodes[node_id]
    for node in graph.nodes.values():
        if node.id not in doomed and node.arguments.get(TIED_TO) in doomed:
            nodes[node.id] = node.without_argument(TIED_TO)
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
    """Return the graph without one node, with its only wire in leading to where its wires out led.

    That wire goes by the dots of those that it stands for.
    """
    feeds = [edge for edge in graph.inputs_of(node_id) if edge.source != node_id]
    fed = sorted({(edge.target, edge.target_port) for edge in graph.outputs_of(node_id)})
    wires_at = {place: graph.inputs_of(*place) for place in fed if place[0] != node_id}
    dots = graph.bends
    graph = remove_nodes(graph, [node_id])
    if len(feeds) != 1:
        return graph
    source, source_port = feeds[0].source, feeds[0].source_port
    for (target, port), wires in wires_at.items():
        kept: list[Edge] = []
        bent: dict[Edge, tuple[Bend, ...]] = {}
        for wire in wires:
            if wire.source == node_id:
                points = dots.get(feeds[0], ()) + dots.get(wire, ())
                wire = replace(wire, source=source, source_port=source_port)
                # It cannot close a cycle: the path it stands for was there before.
                if wire.source == target or misfit(graph, wire, signature) is not None:
                    continue
                bent[replace(wire, index=len(kept))] = points
            kept.append(wire)
        graph = with_port(graph, target, port, kept)
        for wire, points in bent.items():
            graph = bend(graph, wire, points)
    return graph


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
    """Return the graph with some nodes at other places, given as top left corners by id.

    The bends of a wire go along where both its nodes go the same way.
    """
    nodes = graph.nodes.mutate()
    ways: dict[str, Bend] = {}
    for node_id, (x, y) in places.items():
        node = graph.node(node_id)
        nodes[node_id] = node.at(x, y)
        ways[node_id] = x - node.x, y - node.y
    moved = nodes.finish()
    remember(graph.nodes, moved, list(ways), [])
    graph = replace(graph, nodes=moved)
    return shifted_bends(graph, ways) if graph.bends else graph


def set_look(graph: Graph, node_ids: Iterable[str], **changes: object) -> Graph:
    """Return the graph with some nodes drawn otherwise: fields of `Look` by name."""
    nodes = graph.nodes.mutate()
    for node_id in node_ids:
        node = graph.node(node_id)
        nodes[node_id] = replace(node, look=replace(node.look, **changes))  # type: ignore[arg-type]
    return replace(graph, nodes=nodes.finish())


def set_direction(graph: Graph, direction: Direction) -> Graph:
    """Return the graph drawn the other way; places are not touched."""
    return replace(graph, direction=direction)


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
    return with_port(
        graph, edge.target, edge.target_port, [onward if wire == edge else wire for wire in wires]
    )
