"""Shapes of a whole graph, asked of PyTorch node by node and remembered.

An answer depends on nothing but the layer, its arguments and what comes in, so an edit re-asks only
what lies downstream of it, and undoing the edit asks nothing at all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from studio.catalog import registry
from studio.catalog.custom import CUSTOM, code_of
from studio.catalog.inputs import sample_type
from studio.catalog.spec import LayerSpec
from studio.compiler import explain, objective
from studio.compiler.case import Case, Wire
from studio.compiler.explain_code import explain_code, untrusted
from studio.compiler.explain_sequence import withheld
from studio.compiler.modules import fill_in, in_order
from studio.compiler.question import Answer, ask, is_countable
from studio.compiler.types import TargetType, TensorType
from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import INPUT
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.port import find_port
from studio.graph.problems import Problem
from studio.project import trust

Question: TypeAlias = tuple[str, tuple[tuple[str, Value], ...], tuple[TensorType | None, ...]]

Feeds: TypeAlias = tuple[Any, ...]
"""A layer's kind, its arguments, and the type at each of its wires."""

Known: TypeAlias = tuple[Answer, "dict[str, Value] | None"]
"""PyTorch's answer, and the arguments that were read off the wire."""


@dataclass
class ShapeReport:
    """What is known of a graph's wires.

    Attributes:
        outputs: Type by node id and output port; what could not be found is absent.
        inferred: Arguments read off the wire, by node id and name.
        answers: PyTorch's answer by node id, for every layer that it accepts.
        problems: What it refuses, and why.
    """

    outputs: dict[tuple[str, str], TensorType] = field(default_factory=dict)
    inferred: dict[str, dict[str, Value]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class ShapeEngine:
    """Finds shapes and remembers PyTorch's answers; one engine serves many versions of many graphs.

    Not for several threads at once: give each its own.

    Args:
        limit: Answers kept; the one unused for longest goes first.

    Attributes:
        questions: How often PyTorch was asked.
    """

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._answers: OrderedDict[Question, Answer] = OrderedDict()
        self._accepted: OrderedDict[Feeds, Known] = OrderedDict()
        self.questions = 0

    def infer(
        self, graph: Graph, target: TargetType | None = None, order: Sequence[str] | None = None
    ) -> ShapeReport:
        """Return the types of all wires that can be found, and what PyTorch refuses.

        What depends on a layer that was refused, that is not connected or that is unknown stays
        unknown, without a problem of its own. Nothing is found in a graph with a cycle.

        Args:
            graph: A flat graph (`studio.graph.expansion`), finished or not.
            target: What the data set gives as truth; None assumes that it suits the loss.
            order: Its nodes in topological order, if known.
        """
        report = ShapeReport()
        if order is None:
            try:
                order = topology.order(graph)
            except GraphError:
                return report
        for node_id in order:
            node = graph.nodes[node_id]
            spec = registry.signature(node)
            if spec is None or not registry.is_fine(node):
                continue
            if node.kind == CUSTOM and not trust.is_trusted(code_of(node)):
                report.problems.append(untrusted(node))  # not remembered: trust comes and goes
                continue
            if spec.role != "layer":
                self._visit(graph, node, spec, report, target)
                continue
            feeds = _feeds(graph, node, report)
            known = self._accepted.get(feeds) if feeds is not None else None
            if feeds is None or known is None:
                self._visit(graph, node, spec, report, target)
                if feeds is not None and node_id in report.answers:
                    self._accept(feeds, (report.answers[node_id], report.inferred.get(node_id)))
            else:
                self._accepted.move_to_end(feeds)
                _take_over(node, spec, known, report)
        report.problems += withheld(graph, report.answers)
        return report

    def _accept(self, feeds: Feeds, known: Known) -> None:
        """Remember that a layer was accepted on what came in, so that nothing of it is looked at again."""
        self._accepted[feeds] = known
        if len(self._accepted) > self._limit:
            self._accepted.popitem(last=False)

    def _visit(
        self, graph: Graph, node: Node, spec: LayerSpec, report: ShapeReport, target: TargetType | None
    ) -> None:
        """Find what one node gives, and add it to the report."""
        if spec.role == "input":
            _visit_input(node, spec, report)
            return
        if spec.role == "target":
            kind = objective.target_type(str(spec.values(node.arguments)["encoding"]), target)
            if kind is not None:
                report.outputs[node.id, spec.outputs[0].name] = kind
            return
        case = _case(graph, node, spec, report, target)
        if case is None or spec.role == "output":
            return
        guard = objective.guard if spec.role == "loss" else explain.guard
        problem = guard(case) if case.wires or spec.role == "layer" else None
        if problem is None:
            answer = self._ask(spec, case.values, case.types)
            if answer.outputs:
                report.answers[node.id] = answer
                for port, kind in zip(spec.outputs, answer.outputs, strict=True):
                    if kind is not None:
                        report.outputs[node.id, port.name] = kind
                return
            problem = _explained(case, answer)
        report.problems.append(problem)

    def _ask(
        self, spec: LayerSpec, values: dict[str, Value], inputs: tuple[TensorType | None, ...]
    ) -> Answer:
        """Return PyTorch's answer, remembered or new."""
        question = (spec.kind, tuple(values.items()), inputs)
        found = self._answers.get(question)
        if found is None:
            self.questions += 1
            found = self._answers[question] = ask(spec, values, inputs)
            if len(self._answers) > self._limit:
                self._answers.popitem(last=False)
        else:
            self._answers.move_to_end(question)
        return found


def _explained(case: Case, answer: Answer) -> Problem:
    """Return the problem behind a refusal."""
    if case.node.kind == CUSTOM:
        return explain_code(case, answer)
    explainer = objective.explain if case.spec.role == "loss" else explain.explain
    return explainer(case, answer.refusal)


def _feeds(graph: Graph, node: Node, report: ShapeReport) -> Feeds | None:
    """Return what a layer's shape depends on; None while anything that comes in is unknown."""
    wires = []
    for edge in graph.incoming.get(node.id, ()):
        kind = report.outputs.get((edge.source, edge.source_port))
        if kind is None:
            return None
        wires.append((edge.target_port, kind))
    return node.kind, node.arguments, tuple(map(type, node.arguments.values())), tuple(wires)


def _take_over(node: Node, spec: LayerSpec, known: Known, report: ShapeReport) -> None:
    """Add to the report what was found out before about the same layer on the same inputs."""
    answer, inferred = known
    report.answers[node.id] = answer
    if inferred is not None:
        report.inferred[node.id] = inferred
    for port, kind in zip(spec.outputs, answer.outputs, strict=True):
        if kind is not None:
            report.outputs[node.id, port.name] = kind


def input_type(spec: LayerSpec, arguments: Mapping[str, Value]) -> TensorType:
    """Return what an input node gives."""
    return TensorType(*sample_type(spec, arguments))


def _visit_input(node: Node, spec: LayerSpec, report: ShapeReport) -> None:
    """Add what an input node gives."""
    if node.kind == INPUT:
        return
    kind = input_type(spec, node.arguments)
    if is_countable(kind):
        report.outputs[node.id, spec.outputs[0].name] = kind
    else:
        report.problems.append(explain.too_large(node, spec))


def _case(
    graph: Graph, node: Node, spec: LayerSpec, report: ShapeReport, target: TargetType | None
) -> Case | None:
    """Gather what comes into a node, or None if any of it is missing or unknown."""
    by_port: dict[str, list[Wire]] = {}
    for port in spec.inputs:
        edges = graph.inputs_of(node.id, port.name)
        if (len(edges) < port.minimum and not (port.optional or port.fallback)) or (
            len(edges) > 1 and not port.variadic
        ):
            return None
        for edge in edges:
            source = graph.node(edge.source)
            source_spec = registry.signature(source)
            out_port = find_port(source_spec.outputs, edge.source_port) if source_spec else None
            if source_spec is None or out_port is None or not port.takes(out_port.carries):
                return None
            kind = report.outputs.get((edge.source, edge.source_port))
            if kind is None and out_port.carries == "target" and by_port:
                # The data are not known: take the truth to be what the loss wants.
                kind = next(iter(by_port.values()))[0].type
            if kind is None:
                return None
            by_port.setdefault(port.name, []).append(Wire(source, source_spec, port, kind))
    wires = in_order(spec, by_port)
    types = tuple(None if wire is None else wire.type for wire in wires)
    known = tuple(wire for wire in wires if wire is not None)
    values, inferred = fill_in(spec, node.arguments, [wire.type for wire in known])
    if inferred and None not in inferred.values():
        report.inferred[node.id] = inferred
    return Case(graph, node, spec, values, known, report.outputs, types, target)
