"""What training minimises, as a formula: the losses of a graph, and what is added for the size of weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.catalog.registry import spec_of
from studio.catalog.settings import ACTIVE, LOSS_WEIGHT
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.project.training_config import TrainingConfig

DECOUPLED = ("adamw", "muon")
"""Optimizers that take weight decay off the weight rather than adding it to the gradient."""

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Objective:
    """What training minimises.

    Attributes:
        formula: ``CrossEntropyLoss(fc, target) + 0.0001 · Σ w²``; empty without a loss.
        notes: What a formula does not say, as sentences.
    """

    formula: str
    notes: tuple[str, ...]


def objective_of(graph: Graph, training: TrainingConfig) -> Objective:
    """Return what training a graph with some settings minimises."""
    losses = [node for node in graph.ordered() if _role(node, graph) == "loss"]
    if not losses:
        return Objective("", ())
    terms, notes = [_loss(graph, node) for node in losses], []
    early = [node.name for node in losses if node.arguments.get(ACTIVE) == "training"]
    if early:
        notes.append(f"{_named(early)}: in training only.")
    for (l1, l2), names in _penalized(graph).items():
        for factor, size in ((l1, "|w|"), (l2, "w²")):
            if factor:
                terms.append(f"{factor:g} · Σ {size}")
        notes.append(f"w: weights of {_named(names)}.")
    decay = training.weight_decay
    if decay and training.optimizer in DECOUPLED:
        notes.append(
            f"{training.optimizer} also takes lr · {decay:g} · θ off the parameters, which is no term's "
            "gradient."
        )
    elif decay:
        terms.append(f"½ · {decay:g} · Σ θ²")
        spared = "" if training.decay_bias else ", without biases and the weights of normalizations"
        notes.append(
            f"θ: all parameters{spared}. Weight decay adds this term's gradient; the curves leave it out."
        )
    return Objective(" + ".join(terms), tuple(notes))


def _loss(graph: Graph, node: Node) -> str:
    """Return one loss with its factor."""
    sources = [
        graph.nodes[edge.source].name
        for port in ("input", "target")
        for edge in graph.inputs_of(node.id, port)
        if edge.source in graph.nodes
    ]
    weight = _number(node.arguments.get(LOSS_WEIGHT, 1.0))
    return f"{'' if weight == 1.0 else f'{weight:g} · '}{node.kind}({', '.join(sources)})"


def _penalized(graph: Graph) -> dict[tuple[float, float], list[str]]:
    """Return the layers that are regularized by their factors l1 and l2."""
    found: dict[tuple[float, float], list[str]] = {}
    for node in _nodes(graph):
        factors = _number(node.arguments.get("l1")), _number(node.arguments.get("l2"))
        if any(factors):
            found.setdefault(factors, []).append(node.name)
    return found


def _nodes(graph: Graph) -> Iterator[Node]:
    """Yield the nodes of a network and of the blocks that are defined in it."""
    for level in (graph, *(block.graph for block in graph.blocks.values())):
        yield from level.ordered()


def _role(node: Node, graph: Graph) -> str:
    spec = spec_of(node, graph.blocks)
    return spec.role if spec is not None else ""


def _number(value: Value | None) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown
