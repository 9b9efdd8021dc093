"""Which wires fit which ports: asked while one is drawn, and of all wires when a graph is checked."""

from __future__ import annotations

from dataclasses import dataclass

from studio.errors import nearest
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec, SignatureOf, find_port
from studio.graph.problems import Fix, Problem, listing

FLOW_WORDS = {"tensor": "activations", "target": "targets", "loss": "a loss"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a wire cannot be where it is.

    Attributes:
        code: ``unknown-port`` or ``flow``.
        node: Id of the node at the end that is at fault.
        port: Name of its port.
        reason: In words, without a full stop.
    """

    code: str
    node: str
    port: str
    reason: str


def why_not(graph: Graph, edge: Edge, signature: SignatureOf) -> str | None:
    """Return why a wire cannot be drawn, in words for the person drawing it; None if it can.

    A port that takes one wire and has it already is no obstacle: `edits.connect` replaces that wire.
    """
    source, target = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
    if source is None or target is None:
        missing = edge.source if source is None else edge.target
        return f'there is no node "{missing}"'
    if edge.source == edge.target:
        return "a layer cannot feed itself"
    found = misfit(graph, edge, signature)
    if found is not None:
        return found.reason
    if reaches(graph, edge.target, edge.source):
        return f'"{target.name}" already leads to "{source.name}": the wire would close a cycle'
    return None


def misfit(graph: Graph, edge: Edge, signature: SignatureOf) -> Misfit | None:
    """Return why a wire between two nodes does not fit their ports, or None if it does.

    The ports of an unknown layer are taken on trust.
    """
    source, target = graph.node(edge.source), graph.node(edge.target)
    out_ports, in_ports = signature(source), signature(target)
    out_port = in_port = None
    if out_ports is not None:
        out_port = find_port(out_ports.outputs, edge.source_port)
        if out_port is None:
            return _no_port(source, edge.source_port, out_ports.outputs, "output")
    if in_ports is not None:
        in_port = find_port(in_ports.inputs, edge.target_port)
        if in_port is None:
            return _no_port(target, edge.target_port, in_ports.inputs, "input")
    if out_port is None or in_port is None or in_port.takes(out_port.carries):
        return None
    wanted = " or ".join(FLOW_WORDS[flow] for flow in (in_port.accepts or (in_port.carries,)))
    given = FLOW_WORDS[out_port.carries]
    reason = f'"{target.name}" takes {wanted} at "{in_port.name}", and "{source.name}" gives {given}'
    return Misfit("flow", target.id, in_port.name, reason)


def unfit_wires(graph: Graph, node_id: str, port: str, signature: SignatureOf) -> tuple[Edge, ...]:
    """Return the wires into a port that it cannot take: those that do not fit, and those too many."""
    wires = graph.inputs_of(node_id, port)
    fit = [edge for edge in wires if misfit(graph, edge, signature) is None]
    ports = signature(graph.node(node_id))
    spec = find_port(ports.inputs, port) if ports else None
    if spec is not None and not spec.variadic:
        fit = fit[:1]
    kept = set(fit)
    return tuple(edge for edge in wires if edge not in kept)


def port_problems(graph: Graph, signature: SignatureOf) -> list[Problem]:
    """Return what is wrong at ports: wires that do not fit, too many of them, too few, or none."""
    problems = []
    for node in graph.ordered():
        problems += [
            _misfit_problem(found, edge)
            for edge in graph.inputs_of(node.id)
            if (found := misfit(graph, edge, signature)) is not None
        ]
        ports = signature(node)
        for port in ports.inputs if ports is not None else ():
            found_problem = _count_problem(graph, node, port)
            if found_problem is not None:
                problems.append(found_problem)
    return problems


def unused_outputs(graph: Graph, node: Node, signature: SignatureOf) -> list[str]:
    """Return a node's tensor outputs that feed nothing; an unknown layer is taken to have one output."""
    ports = signature(node)
    if ports is None:
        return [] if graph.outputs_of(node.id) else [""]
    names = [port.name for port in ports.outputs if port.carries == "tensor"]
    return [name for name in names if not graph.outputs_of(node.id, name)]


def _misfit_problem(found: Misfit, edge: Edge) -> Problem:
    return Problem(
        "error",
        found.code,
        f"{found.reason}.",
        found.node,
        found.port,
        suggestion="Remove the wire.",
        nodes=(edge.source, edge.target),
        fixes=(Fix("Remove the wire", "disconnect", edge.target, edge.target_port),),
    )


def _count_problem(graph: Graph, node: Node, port: PortSpec) -> Problem | None:
    """Return the problem of a port that has too few or too many wires, or None."""
    wires = graph.inputs_of(node.id, port.name)
    layout = f" ({port.layout})" if port.layout else ""
    if port.variadic:
        if len(wires) >= port.minimum:
            return None
        message = f'"{node.name}" needs at least {port.minimum} wires at "{port.name}", and has {len(wires)}.'
        advice = f'Wire another layer to "{port.name}".'
        return Problem("error", "too-few-wires", message, node.id, port.name, suggestion=advice)
    if not wires and (port.optional or port.fallback):
        return None
    if not wires:
        message = f'Nothing is connected to "{port.name}" of "{node.name}".'
        wanted = " or ".join(FLOW_WORDS[flow] for flow in (port.accepts or (port.carries,)))
        advice = f"Draw a wire to it from a layer that gives {wanted}{layout}."
        return Problem("error", "unconnected", message, node.id, port.name, suggestion=advice)
    if len(wires) == 1:
        return None
    feeds = [graph.node(edge.source) for edge in wires]
    names = listing([feed.name for feed in feeds])
    return Problem(
        "error",
        "doubly-fed",
        f'"{port.name}" of "{node.name}" takes one wire, and has {len(wires)}: from {names}.',
        node.id,
        port.name,
        suggestion=f'Keep the wire from "{feeds[0].name}", or join them by an Add or a Concat.',
        nodes=tuple(feed.id for feed in feeds),
        fixes=(Fix(f'Keep the wire from "{feeds[0].name}"', "disconnect", node.id, port.name),),
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


def _no_port(node: Node, name: str, specs: tuple[PortSpec, ...], side: str) -> Misfit:
    """Say that a node does not have a port, and which one may be meant."""
    if not specs:
        return Misfit("unknown-port", node.id, name, f'"{node.name}" has no {side}')
    hint = nearest(name, [spec.name for spec in specs]).removesuffix("?")
    return Misfit("unknown-port", node.id, name, f'"{node.name}" has no {side} called "{name}"{hint}')
