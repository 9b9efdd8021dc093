"""Every way to change a graph: pure functions from a graph to a graph.

They keep what a graph must never break (wires end at nodes, ids and wires are unique, no wire closes a
cycle, a port that takes one wire has one) and raise `GraphError` rather than break it. Whether the
result is a sensible network is for `studio.graph.topology` and the compiler to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from immutables import Map

from studio.errors import GraphError, nearest
from studio.graph.graph import Graph, sort_incoming
from studio.graph.node import NAME_PATTERN, Edge, Node, Value, id_key
from studio.graph.port import PortSpec, SignatureOf, find_port
from studio.graph.problems import Fix


def next_id(graph: Graph) -> str:
    """Return an id that no node has: ``n`` and the next number."""
    numbers = (int(node_id[1:]) for node_id in graph.nodes if re.fullmatch(r"n[0-9]{1,15}", node_id))
    return f"n{max(numbers, default=0) + 1}"


def free_name(graph: Graph, wanted: str) -> str:
    """Return `wanted`, or `wanted` with the next free number: ``conv`` → ``conv1`` → ``conv2``."""
    taken = {node.name for node in graph.nodes.values()}
    if wanted not in taken:
        return wanted
    stem = wanted.rstrip("0123456789") or wanted
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def new_node(
    graph: Graph,
    kind: str,
    *,
    name: str | None = None,
    arguments: Mapping[str, Value] | None = None,
    x: float = 0.0,
    y: float = 0.0,
) -> Node:
    """Return a node with a free id and name, ready for `add_node`."""
    wanted = name or re.sub(r"[^a-z0-9_]", "", kind.lower()).lstrip("0123456789_") or "node"
    return Node(next_id(graph), kind, free_name(graph, wanted), Map(arguments or {}), x, y)


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
    for node_id in doomed:
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
    fed. Where the flows do not match, or several wires came in, the gap stays open.
    """
    for node_id in sorted(set(node_ids), key=id_key):
        before = graph.inputs_of(node_id)
        after = graph.outputs_of(node_id)
        graph = remove_nodes(graph, [node_id])
        if len(before) != 1:
            continue
        source, source_port = before[0].source, before[0].source_port
        for edge in after:
            moved = replace(edge, source=source, source_port=source_port)
            if why_not(graph, moved, signature) is None and not graph.has_edge(moved):
                graph = _with_edge(graph, moved)
    return graph


def why_not(graph: Graph, edge: Edge, signature: SignatureOf) -> str | None:
    """Return why a wire cannot be drawn, in words for the person drawing it; None if it can.

    A port that takes one wire and has it already is no obstacle: `connect` replaces that wire.
    """
    source, target = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
    if source is None or target is None:
        missing = edge.source if source is None else edge.target
        return f'there is no node "{missing}"'
    if edge.source == edge.target:
        return "a layer cannot feed itself"
    out_port, problem = _port_of(source, edge.source_port, signature, "outputs")
    if problem:
        return problem
    in_port, problem = _port_of(target, edge.target_port, signature, "inputs")
    if problem:
        return problem
    if out_port and in_port and not in_port.takes(out_port.carries):
        return _flow_mismatch(source, out_port, target, in_port)
    if reaches(graph, edge.target, edge.source):
        return f'"{target.name}" already leads to "{source.name}": the wire would close a cycle'
    return None


def _port_of(node: Node, name: str, signature: SignatureOf, side: str) -> tuple[PortSpec | None, str | None]:
    """Return a node's port, or why there is none; an unknown layer's ports are taken on trust."""
    ports = signature(node)
    if ports is None:
        return None, None
    specs: tuple[PortSpec, ...] = getattr(ports, side)
    found = find_port(specs, name)
    if found is not None:
        return found, None
    word = side[:-1]
    if not specs:
        return None, f'"{node.name}" has no {word}'
    hint = nearest(name, [spec.name for spec in specs])
    return None, f'"{node.name}" has no {word} called "{name}"{hint}'


def _flow_mismatch(source: Node, out_port: PortSpec, target: Node, in_port: PortSpec) -> str:
    """Say that a port does not take what the wire carries."""
    words = {"tensor": "activations", "target": "targets", "loss": "a loss"}
    wanted = " or ".join(words[flow] for flow in (in_port.accepts or (in_port.carries,)))
    return (
        f'"{target.name}" takes {wanted} at "{in_port.name}", and "{source.name}" '
        f"gives {words[out_port.carries]}"
    )


def reaches(graph: Graph, start: str, goal: str) -> bool:
    """Say whether a path leads from one node to another (a node reaches itself)."""
    seen, stack = {start}, [start]
    while stack:
        node_id = stack.pop()
        if node_id == goal:
            return True
        for edge in graph.outputs_of(node_id):
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append(edge.target)
    return False


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
    present = graph.inputs_of(target, target_port)
    if port is not None and port.variadic:
        wires = list(present)
        wires.insert(len(wires) if index is None else index, edge)
        graph = disconnect(graph, present)
        for place, wire in enumerate(wires):
            graph = _with_edge(graph, replace(wire, index=place))
        return graph
    return _with_edge(disconnect(graph, present), edge)


def disconnect(graph: Graph, edges: Iterable[Edge]) -> Graph:
    """Return the graph without some wires; a wire that is not there is ignored."""
    incoming, outgoing = graph.incoming.mutate(), graph.outgoing.mutate()
    for edge in edges:
        _discard(incoming, edge.target, edge)
        _discard(outgoing, edge.source, edge)
    return replace(graph, incoming=incoming.finish(), outgoing=outgoing.finish())


def _discard(index: object, key: str, edge: Edge) -> None:
    """Take one wire out of a mutable index of tuples, and the key with its last wire."""
    left = tuple(other for other in index.get(key, ()) if other != edge)  # type: ignore[attr-defined]
    if left:
        index[key] = left  # type: ignore[index]
    elif key in index:  # type: ignore[operator]
        del index[key]  # type: ignore[attr-defined]


def _with_edge(graph: Graph, edge: Edge) -> Graph:
    """Return the graph with a wire that is known to be sound."""
    into = sort_incoming({*graph.inputs_of(edge.target), edge})
    out = tuple(sorted({*graph.outputs_of(edge.source), edge}))
    return replace(
        graph, incoming=graph.incoming.set(edge.target, into), outgoing=graph.outgoing.set(edge.source, out)
    )


def set_argument(graph: Graph, node_id: str, argument: str, value: Value) -> Graph:
    """Return the graph with one argument of one node set."""
    return replace_node(graph, graph.node(node_id).with_argument(argument, value))


def reset_argument(graph: Graph, node_id: str, argument: str) -> Graph:
    """Return the graph with one argument of one node back at its default."""
    return replace_node(graph, graph.node(node_id).without_argument(argument))


def rename(graph: Graph, node_id: str, name: str) -> Graph:
    """Return the graph with a node renamed.

    Raises:
        GraphError: The name is not an identifier, or another node has it.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise GraphError(
            f'"{name}" cannot be a layer\'s name. Use a letter, then letters, digits and underscores, '
            "at most 64 in all.",
            node_id=node_id,
        )
    for other in graph.nodes.values():
        if other.name == name and other.id != node_id:
            raise GraphError(f'Another layer is called "{name}" already.', node_id=other.id)
    return replace_node(graph, replace(graph.node(node_id), name=name))


def move(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Graph:
    """Return the graph with some nodes at other places, given as top left corners by id."""
    nodes = graph.nodes.mutate()
    for node_id, (x, y) in places.items():
        nodes[node_id] = graph.node(node_id).at(x, y)
    return replace(graph, nodes=nodes.finish())


def subgraph(graph: Graph, node_ids: Iterable[str]) -> Graph:
    """Return some nodes with the wires between them: what copying takes along."""
    kept = set(node_ids)
    edges = [edge for node_id in kept for edge in graph.inputs_of(node_id) if edge.source in kept]
    return Graph.of((graph.node(node_id) for node_id in kept), edges)


def paste(graph: Graph, piece: Graph, dx: float, dy: float) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with a copy of `piece` in it, and the ids of the new nodes.

    Ids are new, names are kept where free, inner wires come along.
    """
    ids: dict[str, str] = {}
    for node in piece.ordered():
        copy = new_node(
            graph, node.kind, name=node.name, arguments=node.arguments, x=node.x + dx, y=node.y + dy
        )
        ids[node.id] = copy.id
        graph = add_node(graph, copy)
    for edge in piece.edges():
        graph = _with_edge(graph, replace(edge, source=ids[edge.source], target=ids[edge.target]))
    return graph, tuple(ids.values())


def duplicate(
    graph: Graph, node_ids: Iterable[str], dx: float = 24.0, dy: float = 24.0
) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with some nodes doubled, and the ids of the copies."""
    return paste(graph, subgraph(graph, node_ids), dx, dy)


def insert_on_edge(graph: Graph, edge: Edge, node: Node, signature: SignatureOf) -> Graph:
    """Return the graph with a node placed on a wire: what fed the wire feeds it, and it feeds the rest.

    The node is added if it is not there yet.

    Raises:
        GraphError: The wire does not exist, the node has no input or output, or a flow does not match.
    """
    if not graph.has_edge(edge):
        raise GraphError("The wire to insert on is gone.", node_id=edge.target, port=edge.target_port)
    if node.id not in graph:
        graph = add_node(graph, node)
    ports = signature(node)
    if ports is None or not ports.inputs or not ports.outputs:
        raise GraphError(f'"{node.name}" cannot sit on a wire: it needs an input and an output.')
    graph = disconnect(graph, [edge])
    graph = connect(graph, edge.source, edge.source_port, node.id, ports.inputs[0].name, signature)
    out = ports.outputs[0].name
    return connect(graph, node.id, out, edge.target, edge.target_port, signature, index=edge.index)


def apply_fix(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Return the graph with a problem's suggestion carried out.

    Raises:
        GraphError: The graph has changed since, so that the suggestion no longer fits.
    """
    if fix.action == "set":
        return set_argument(graph, fix.node, fix.argument, fix.value)
    wires = graph.inputs_of(fix.node, fix.port)
    if not wires:
        raise GraphError("The wire that the suggestion was about is gone.", node_id=fix.node, port=fix.port)
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
