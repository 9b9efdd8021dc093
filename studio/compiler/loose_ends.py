"""Fixes for what hangs loose: what could be wired to a port, or put there; what could go."""

from __future__ import annotations

import math
from dataclasses import replace

from studio.catalog import registry
from studio.compiler.objective import CLASS_LOSSES
from studio.compiler.remedies import removed
from studio.compiler.shapes import ShapeReport
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec, find_port
from studio.graph.problems import Fix, Problem
from studio.graph.wiring import unused_outputs, why_not

LOOSE = ("unconnected", "too-few-wires")
"""Codes of problems of ports that lack a wire."""


def tied_up(problem: Problem, graph: Graph, report: ShapeReport) -> Problem:
    """Return a problem of a port that lacks a wire, or of a layer that feeds nothing, with what mends it.

    Args:
        graph: Its graph, in which the problem's node has its own id.
        report: Shapes of the flat graph, in which nodes of the outermost graph have their own ids.
    """
    if problem.node not in graph:
        return problem
    node = graph.node(problem.node)
    if problem.code == "idle" and len(problem.nodes) == 1:
        return replace(problem, fixes=(removed(node),))
    if problem.code not in LOOSE:
        return problem
    spec = registry.spec_of(node, graph.blocks)
    port = find_port(spec.inputs, problem.port) if spec is not None else None
    if port is None:
        return problem
    fixes = [*_truth(graph, node, port, report), *_from_dangling(graph, node, port)]
    if problem.code == "too-few-wires" and len(graph.inputs_of(node.id, port.name)) == 1:
        fixes.append(removed(node))
    return replace(problem, fixes=tuple(fixes))


def _truth(graph: Graph, node: Node, port: PortSpec, report: ShapeReport) -> list[Fix]:
    """Return the edit that wires a Target to a loss, in the form that suits it."""
    if port.carries != "target" and "target" not in port.accepts:
        return []
    encoding = _encoding(graph, node, report)
    arguments = (("encoding", encoding),) if encoding != "index" else ()
    there = any(
        other.kind == "Target" and dict(other.arguments) == dict(arguments) for other in graph.nodes.values()
    )
    label = "Wire the Target to it" if there else "Add a Target"
    return [Fix(label, "feed", node.id, port.name, "Target", arguments=arguments)]


def _encoding(graph: Graph, node: Node, report: ShapeReport) -> str:
    """Return how a loss wants the truth: losses of classes as numbers, others in the shape of the output."""
    if node.kind in CLASS_LOSSES:
        return "index"
    edges = graph.inputs_of(node.id, "input")
    kind = report.outputs.get((edges[0].source, edges[0].source_port)) if edges else None
    return "one_hot" if kind is not None and kind.numel > 1 else "float"


def _from_dangling(graph: Graph, node: Node, port: PortSpec) -> list[Fix]:
    """Return the edit that wires the nearest output that feeds nothing."""
    signature = registry.signatures(graph)
    found: list[tuple[float, str, str, Node]] = []
    for other in graph.ordered():
        if not graph.outputs_of(other.id) and other.id != node.id:
            for name in unused_outputs(graph, other, signature)[:1]:
                if name and why_not(graph, Edge(other.id, name, node.id, port.name), signature) is None:
                    found.append((math.hypot(other.x - node.x, other.y - node.y), other.id, name, other))
    if not found or port.carries != "tensor":
        return []
    _, _, name, source = min(found, key=lambda item: item[:2])
    label = f'Wire "{source.name}" to it'
    return [Fix(label, "feed", node.id, port.name, argument=name, value=source.id)]
