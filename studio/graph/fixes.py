"""Carrying out the suggestion of a problem: from a graph and a `Fix` to a graph.

A `Fix` is data, so that it can travel from the engine to the window; what it means is here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from studio.errors import GraphError
from studio.graph import edits
from studio.graph.expansion import ids_on
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec, SignatureOf
from studio.graph.problems import Fix, NewLayer
from studio.graph.wiring import misfit, unfit_wires

BEHIND, BELOW = 240.0, 136.0
"""How far from one layer to the next, in a row and in a column."""

TARGET = "Target"
"""What gives the truth of the data, to whatever compares with it."""


def apply_fix(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Return the graph with a problem's suggestion carried out.

    A suggestion about a node inside a block (its `node` is a path) changes the definition, and so all
    instances of it.

    Raises:
        GraphError: The graph has changed since, so that the suggestion no longer fits.
    """
    return at_level(graph, fix, lambda level, own: _ACTIONS[own.action](level, own, signature))


def at_level(graph: Graph, fix: Fix, change: Callable[[Graph, Fix], Graph]) -> Graph:
    """Return the graph with a change made where a fix's node is, which is told to it by its own id."""
    *outer, inner = ids_on(fix.node)
    if not outer:
        return change(graph, fix)
    own = replace(fix, node=inner, others=tuple(ids_on(other)[-1] for other in fix.others))
    return edit_level(graph, outer, lambda level: change(level, own))


def wire_of(graph: Graph, fix: Fix) -> Edge:
    """Return the wire that a fix puts something on.

    Raises:
        GraphError: It is gone.
    """
    wires = _wires(graph, fix)
    return wires[min(fix.index, len(wires) - 1)]


def _set(graph: Graph, fix: Fix, _signature: SignatureOf) -> Graph:
    """Set the argument, and those beside it."""
    given = ((fix.argument, fix.value),) if fix.argument else ()
    for node_id in (fix.node, *fix.others):
        for name, value in (*given, *fix.arguments):
            graph = edits.set_argument(graph, node_id, name, value)
    return graph


def _rename(graph: Graph, fix: Fix, _signature: SignatureOf) -> Graph:
    return edits.rename(graph, fix.node, str(fix.value))


def _disconnect(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    _wires(graph, fix)
    return edits.disconnect(graph, unfit_wires(graph, fix.node, fix.port, signature))


def _insert(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Put the layers on the wire, one behind the other, about its middle; set the argument, if any."""
    edge = wire_of(graph, fix)
    source, target = graph.node(edge.source), graph.node(edge.target)
    layers = (NewLayer(fix.kind, fix.arguments), *fix.then)
    middle_x, middle_y = (source.x + target.x) / 2, (source.y + target.y) / 2
    step_x, step_y = (0.0, BELOW) if graph.direction == "down" else (BEHIND, 0.0)
    for place, layer in enumerate(layers):
        off = place - (len(layers) - 1) / 2
        node = _fresh(graph, layer, middle_x + off * step_x, middle_y + off * step_y)
        graph = edits.insert_on_edge(graph, edge, node, signature)
        edge = next(wire for wire in graph.outputs_of(node.id) if wire.target == target.id)
    return edits.set_argument(graph, target.id, fix.argument, fix.value) if fix.argument else graph


def _replace(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Make the node one of another kind; wires that do not fit it any more are taken off."""
    node = replace(graph.node(fix.node), kind=fix.kind)
    known = signature(node)
    for name in node.arguments:
        if known is None or known.setting(name) is None:
            node = node.without_argument(name)
    for name, value in fix.arguments:
        node = node.with_argument(name, value)
    graph = edits.replace_node(graph, node)
    wires = (*graph.inputs_of(node.id), *graph.outputs_of(node.id))
    return edits.disconnect(graph, [edge for edge in wires if misfit(graph, edge, signature) is not None])


def _remove(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    return edits.remove_and_reconnect(graph, [fix.node], signature)


def _feed(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Wire what is there already to the port, or else a new layer before it."""
    target, layer = graph.node(fix.node), NewLayer(fix.kind, fix.arguments)
    if isinstance(fix.value, str):
        source: Node | None = graph.node(fix.value)
    else:
        source = next((node for node in graph.ordered() if _is(node, layer)), None)
    if source is None:
        source = _fresh(graph, layer, *_before(graph, target))
        graph = edits.add_node(graph, source)
    output = fix.argument or _ports(source, signature)[1][0].name
    return edits.connect(graph, source.id, output, fix.node, fix.port, signature)


def _append(graph: Graph, fix: Fix, signature: SignatureOf) -> Graph:
    """Put a layer behind another, with the data's truth at it where it compares with that."""
    source = graph.node(fix.node)
    node = _fresh(graph, NewLayer(fix.kind, fix.arguments), *_behind(graph, source))
    graph = edits.add_node(graph, node)
    inputs = _ports(node, signature)[0]
    graph = edits.connect(graph, source.id, fix.port, node.id, inputs[0].name, signature)
    for port in inputs[1:]:
        if port.takes("target"):
            graph = _feed(graph, Fix("", "feed", node.id, port.name, TARGET), signature)
    return graph


def _trust(_graph: Graph, fix: Fix, _signature: SignatureOf) -> Graph:
    raise GraphError("Code is trusted by who has read it, not by an edit.", node_id=fix.node)


_ACTIONS: dict[str, Callable[[Graph, Fix, SignatureOf], Graph]] = {
    "insert": _insert,
    "set": _set,
    "rename": _rename,
    "disconnect": _disconnect,
    "replace": _replace,
    "remove": _remove,
    "feed": _feed,
    "append": _append,
    "trust": _trust,
}


def _wires(graph: Graph, fix: Fix) -> Sequence[Edge]:
    """Return the wires into the port that a fix is about."""
    wires = graph.inputs_of(fix.node, fix.port)
    graph.node(fix.node)
    if not wires:
        raise GraphError("The wire that the suggestion was about is gone.", node_id=fix.node, port=fix.port)
    return wires


def _fresh(graph: Graph, layer: NewLayer, x: float, y: float) -> Node:
    return edits.new_node(graph, layer.kind, arguments=dict(layer.arguments), x=x, y=y)


def _behind(graph: Graph, node: Node) -> tuple[float, float]:
    """Return the place behind a node, in the direction in which the graph is drawn."""
    down = graph.direction == "down"
    return (node.x, node.y + BELOW) if down else (node.x + BEHIND, node.y)


def _before(graph: Graph, node: Node) -> tuple[float, float]:
    """Return the place before a node and beside the way to it."""
    down = graph.direction == "down"
    return (node.x + BEHIND, node.y - BELOW) if down else (node.x - BEHIND, node.y + BELOW)


def _is(node: Node, layer: NewLayer) -> bool:
    """Say whether a node is such a layer."""
    return node.kind == layer.kind and dict(node.arguments) == dict(layer.arguments)


def _ports(node: Node, signature: SignatureOf) -> tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]:
    """Return the inputs and the outputs of a layer that the fix names, which must be known."""
    ports = signature(node)
    if ports is None:
        raise GraphError(f'There is no layer "{node.kind}".', node_id=node.id)
    return ports.inputs, ports.outputs
