"""Warnings about networks that PyTorch accepts and that do something else than what was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from studio.catalog import registry
from studio.compiler.objective import resize_fixes
from studio.compiler.remedies import removed, replaced
from studio.compiler.shapes import ShapeReport
from studio.compiler.types import TargetType
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.problems import Fix, NewLayer, Problem

Lint: TypeAlias = Callable[[Graph, Node, ShapeReport, TargetType | None], Iterator[Problem]]

_DOUBLED = {
    ("CrossEntropyLoss", "Softmax"): "a softmax",
    ("BCEWithLogitsLoss", "Sigmoid"): "a sigmoid",
}
"""Losses that apply a function themselves, and the layer that applies it once too often."""

_UNLOGGED = ("Softmax", "Sigmoid", "ReLU", "Linear", "Conv2d")
"""What gives no log-probabilities, for certain."""


def lint(
    graph: Graph, report: ShapeReport, target: TargetType | None = None, order: Sequence[str] = ()
) -> list[Problem]:
    """Return what is legal and almost certainly a mistake.

    Args:
        graph: The network.
        report: Its shapes.
        target: What the data set gives as truth, if known.
        order: The nodes in the order in which to judge them; that of their ids if empty.
    """
    nodes = [graph.nodes[node_id] for node_id in order] if order else graph.ordered()
    return [
        problem
        for node in nodes
        for check in _checks_of(node)
        for problem in check(graph, node, report, target)
    ]


def _checks_of(node: Node) -> tuple[Lint, ...]:
    """Return the checks that a layer may be caught by: of most layers none."""
    if node.arguments.get("inplace") is True and registry.find(node.kind) is not None:
        return (*_LINTS.get(node.kind, ()), _overwrites)
    return _LINTS.get(node.kind, ())


def _source(graph: Graph, node: Node) -> Node | None:
    """Return the node that feeds a node's ``input``, seen through Identity layers."""
    edges = graph.inputs_of(node.id, "input")
    seen = {node.id}
    while len(edges) == 1 and edges[0].source not in seen:
        source = graph.node(edges[0].source)
        if source.kind != "Identity":
            return source
        seen.add(source.id)
        edges = graph.inputs_of(source.id, "input")
    return None


def _doubled(graph: Graph, node: Node, report: ShapeReport, target: TargetType | None) -> Iterator[Problem]:
    """Warn of a softmax or sigmoid that the loss applies again."""
    source = _source(graph, node)
    function = _DOUBLED.get((node.kind, source.kind)) if source else None
    if source is not None and function is not None:
        yield Problem(
            "warning",
            "doubled",
            f'{node.kind} "{node.name}" applies {function} itself, and "{source.name}" before it does too: '
            "learning will be slow.",
            node.id,
            "input",
            suggestion=f'Delete "{source.name}".',
            nodes=(source.id,),
            fixes=(removed(source),),
        )


def _not_logarithms(
    graph: Graph, node: Node, report: ShapeReport, target: TargetType | None
) -> Iterator[Problem]:
    """Warn of an NLLLoss on something else than log-probabilities."""
    source = _source(graph, node) if node.kind == "NLLLoss" else None
    if source is not None and source.kind in _UNLOGGED:
        yield Problem(
            "warning",
            "not-logarithms",
            f'NLLLoss "{node.name}" takes log-probabilities, and "{source.name}" is a {source.kind}: the '
            "loss has no lower bound.",
            node.id,
            "input",
            suggestion="Use LogSoftmax before it, or CrossEntropyLoss instead.",
            nodes=(source.id,),
            fixes=_as_logarithms(node, source),
        )


def _as_logarithms(loss: Node, source: Node) -> tuple[Fix, ...]:
    """Return the edits that give an NLLLoss log-probabilities, or make it take what it gets."""
    if source.kind in ("Softmax", "Sigmoid"):
        return (replaced(source, "LogSoftmax", f'Replace "{source.name}" by LogSoftmax'),)
    return (
        Fix("Insert LogSoftmax", "insert", loss.id, "input", "LogSoftmax"),
        replaced(loss, "CrossEntropyLoss"),
    )


def _overwrites(
    graph: Graph, node: Node, report: ShapeReport, target: TargetType | None
) -> Iterator[Problem]:
    """Warn of a layer that overwrites what another layer reads."""
    spec = registry.get(node.kind)
    if spec.argument("inplace") is None or spec.values(node.arguments)["inplace"] is not True:
        return
    for edge in graph.inputs_of(node.id):
        readers = graph.outputs_of(edge.source, edge.source_port)
        others = [graph.node(reader.target) for reader in readers if reader.target != node.id]
        if others:
            names = ", ".join(f'"{other.name}"' for other in others)
            yield Problem(
                "warning",
                "inplace",
                f'{spec.title} "{node.name}" overwrites its input, which {names} reads too.',
                node.id,
                edge.target_port,
                "inplace",
                "Set inplace to off.",
                tuple(other.id for other in others),
                (Fix("Set inplace to off", "set", node.id, argument="inplace", value=False),),
            )


def _linear_on_maps(
    graph: Graph, node: Node, report: ShapeReport, target: TargetType | None
) -> Iterator[Problem]:
    """Warn of a Linear layer on maps: torch applies it to each row of each map."""
    edges = graph.inputs_of(node.id, "input")
    if node.kind != "Linear" or node.id not in report.answers or len(edges) != 1:
        return
    found = report.outputs.get((edges[0].source, edges[0].source_port))
    if found is not None and len(found.shape) == 3:
        yield Problem(
            "warning",
            "linear-on-maps",
            f'Linear "{node.name}" works on the last dimension ({found.shape[-1]}) of the {found} maps from '
            f'"{graph.node(edges[0].source).name}", on each row by itself.',
            node.id,
            "input",
            suggestion="Insert a Flatten before it to connect it with every number.",
            fixes=(
                Fix("Insert Flatten", "insert", node.id, "input", "Flatten"),
                Fix(
                    "Add Global Average Pool and Flatten",
                    "insert",
                    node.id,
                    "input",
                    "AdaptiveAvgPool2d",
                    arguments=(("output_size", 1),),
                    then=(NewLayer("Flatten"),),
                ),
            ),
        )


def _idle_scores(
    graph: Graph, node: Node, report: ShapeReport, target: TargetType | None
) -> Iterator[Problem]:
    """Warn of scores for classes that the data do not have."""
    edges = graph.inputs_of(node.id, "input")
    if target is None or not target.num_classes or node.id not in report.answers or len(edges) != 1:
        return
    scores = report.outputs[edges[0].source, edges[0].source_port].shape
    if node.kind in ("CrossEntropyLoss", "NLLLoss") and scores and scores[0] > target.num_classes:
        source = graph.node(edges[0].source).name
        yield Problem(
            "warning",
            "classes",
            f'{node.kind} "{node.name}" gets {scores[0]} scores from "{source}", and the data have '
            f"{target.num_classes} classes.",
            node.id,
            "input",
            suggestion=f"Let the last layer give {target.num_classes} outputs.",
            fixes=resize_fixes(graph, graph.node(edges[0].source), target.num_classes),
        )


_LINTS: dict[str, tuple[Lint, ...]] = {
    "CrossEntropyLoss": (_doubled, _idle_scores),
    "BCEWithLogitsLoss": (_doubled,),
    "NLLLoss": (_not_logarithms, _idle_scores),
    "Linear": (_linear_on_maps,),
}
