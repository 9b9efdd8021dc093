"""What every node costs: layers from PyTorch's answers, blocks as the sum of what is in them."""

from __future__ import annotations

from collections.abc import Mapping

from studio.catalog import registry
from studio.compiler.reach import receptive_fields
from studio.compiler.shapes import ShapeReport
from studio.compiler.types import TensorType
from studio.graph.block import FROZEN, TIED_TO
from studio.graph.expansion import Expansion, ancestors
from studio.graph.graph import Graph
from studio.graph.node import Node, id_key
from studio.graph.report import NodeReport


def reports_of(graph: Graph, expansion: Expansion, shapes: ShapeReport) -> dict[str, NodeReport]:
    """Return a report for each node of a graph and of all blocks in it, by path."""
    sums: dict[str, list[int]] = {}
    found: dict[str, NodeReport] = {}
    fields = receptive_fields(expansion.graph, shapes, expansion.order)
    nodes = expansion.graph.nodes
    for node in [nodes[node_id] for node_id in expansion.order] or expansion.graph.ordered():
        report = found[node.id] = _layer_report(node, expansion, shapes, fields.get(node.id))
        costs = (report.parameters, report.macs, report.activation_bytes, report.trainable)
        if any(costs):
            for path in ancestors(node.id):
                total = sums.setdefault(path, [0, 0, 0, 0])
                for column, cost in enumerate(costs):
                    total[column] += cost
    for path, instance in expansion.instances.items():
        spec = registry.spec_of(instance.node, graph.blocks)
        ports = [port.name for port in spec.outputs] if spec is not None else []
        for place in {path, *instance.copies}:
            found[place] = _report(place, ports, sums.get(place, [0, 0, 0, 0]), expansion, shapes, fields)
    for path, port in expansion.aliases:
        # What is inside a block's ports, or switched off.
        if path not in found:
            found[path] = _report(path, [port], [0, 0, 0, 0], expansion, shapes, fields)
    return {path: found[path] for path in sorted(found, key=id_key)}


def _layer_report(
    node: Node, expansion: Expansion, shapes: ShapeReport, field: tuple[int, ...] | None
) -> NodeReport:
    """Return what was found about one layer."""
    spec, answer = registry.signature(node), shapes.answers.get(node.id)
    ports = [port.name for port in spec.outputs] if spec is not None else []
    computes = answer is not None and spec is not None and spec.role == "layer"
    parameters = _own_parameters(node, shapes)
    return NodeReport(
        node.id,
        _shape(shapes.outputs.get((node.id, ports[0]))) if ports else None,
        parameters,
        answer.macs if answer else 0,
        answer.num_bytes if answer is not None and computes else 0,
        tuple(sorted(shapes.inferred.get(node.id, {}).items())),
        _outputs(node.id, ports, expansion, shapes),
        0 if node.arguments.get(FROZEN) is True else parameters,
        field,
    )


def _own_parameters(node: Node, shapes: ShapeReport) -> int:
    """Return a layer's learnable numbers, without those that belong to the layer it is tied to."""
    answer = shapes.answers.get(node.id)
    if answer is None:
        return 0
    tied = node.arguments.get(TIED_TO)
    if tied is None:
        return answer.parameters
    return 0 if node.arguments.get("tied_as") == "all" else answer.parameters - answer.weight


def _report(
    path: str,
    ports: list[str],
    sums: list[int],
    expansion: Expansion,
    shapes: ShapeReport,
    fields: Mapping[str, tuple[int, ...]],
) -> NodeReport:
    """Return the report of a block, or of what only passes something on."""
    outputs = _outputs(path, ports, expansion, shapes)
    parameters, macs, activation_bytes, trainable = sums
    source = expansion.source(path, ports[0]) if ports else None
    first = shapes.outputs.get(source) if source is not None else None
    field = fields.get(source[0]) if source is not None else None
    return NodeReport(path, _shape(first), parameters, macs, activation_bytes, (), outputs, trainable, field)


def _outputs(
    path: str, ports: list[str], expansion: Expansion, shapes: ShapeReport
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the shape at each port of a node that has several."""
    if len(ports) < 2:
        return ()
    found = []
    for port in ports:
        source = expansion.source(path, port)
        kind = shapes.outputs.get(source) if source is not None else None
        if kind is not None:
            found.append((port, kind.shape))
    return tuple(found)


def _shape(kind: TensorType | None) -> tuple[int, ...] | None:
    return kind.shape if kind is not None else None
