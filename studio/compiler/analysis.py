"""Everything that can be said of a graph without allocating it: problems, shapes, costs."""

from __future__ import annotations

from dataclasses import dataclass

from studio.catalog import registry
from studio.compiler.lints import lint
from studio.compiler.memory import memory_problems, training_bytes
from studio.compiler.question import Answer
from studio.compiler.shapes import ShapeEngine, ShapeReport
from studio.compiler.types import TargetType
from studio.graph import topology
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.problems import Problem, has_errors, worst_first
from studio.graph.report import NodeReport, Totals


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a graph.

    Attributes:
        problems: Errors first.
        nodes: One report for each node, in the order of ids.
        totals: Sums over all layers whose shape is known.
    """

    problems: tuple[Problem, ...]
    nodes: tuple[NodeReport, ...]
    totals: Totals

    @property
    def ok(self) -> bool:
        """Whether the graph can be compiled."""
        return not has_errors(self.problems)


def analyse(
    graph: Graph,
    *,
    batch_size: int = 1,
    engine: ShapeEngine | None = None,
    target: TargetType | None = None,
) -> Analysis:
    """Return all problems, shapes and costs of a graph; nothing is allocated.

    Args:
        graph: Any graph, finished or not.
        batch_size: For the estimate of training memory.
        engine: Keeps what PyTorch said of earlier versions of the graph; None starts afresh.
        target: What the data set gives as truth; None assumes that it suits the loss.
    """
    shapes = (engine or ShapeEngine()).infer(graph, target)
    problems = [
        *topology.structure_problems(graph, registry.signature),
        *(problem for node in graph.ordered() for problem in registry.check_arguments(node)),
        *shapes.problems,
        *memory_problems(graph, shapes.answers),
        *lint(graph, shapes, target),
    ]
    reports = tuple(_report(node, shapes) for node in graph.ordered())
    totals = Totals(
        sum(report.parameters for report in reports),
        sum(report.macs for report in reports),
        sum(report.activation_bytes for report in reports),
        training_bytes(_layers(graph, shapes), batch_size),
    )
    return Analysis(tuple(worst_first(problems)), reports, totals)


def check(graph: Graph) -> list[Problem]:
    """Return all problems of a graph, errors first; an empty list means that it compiles."""
    return list(analyse(graph).problems)


def _layers(graph: Graph, shapes: ShapeReport) -> list[Answer]:
    """Return PyTorch's answers about layers; a loss is one number, however large the batch."""
    return [
        answer
        for node_id, answer in shapes.answers.items()
        if registry.get(graph.node(node_id).kind).role == "layer"
    ]


def _report(node: Node, shapes: ShapeReport) -> NodeReport:
    """Return what was found about one node."""
    spec, answer = registry.find(node.kind), shapes.answers.get(node.id)
    kind = shapes.outputs.get((node.id, spec.outputs[0].name)) if spec and spec.outputs else None
    computes = answer is not None and spec is not None and spec.role == "layer"
    return NodeReport(
        node.id,
        kind.shape if kind else None,
        answer.parameters if answer else 0,
        answer.macs if answer else 0,
        kind.num_bytes if kind and computes else 0,
        tuple(sorted(shapes.inferred.get(node.id, {}).items())),
    )
