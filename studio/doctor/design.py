"""What is unwise in a design and its data before anything was trained."""

from __future__ import annotations

from collections.abc import Iterator

from studio.doctor.case import Case
from studio.doctor.finding import Finding, Remedy
from studio.doctor.words import number
from studio.graph.node import Node
from studio.graph.problems import Fix

IMBALANCE = 10
"""Times as many samples as the rarest class that the most frequent has."""

_DROPPING = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")

_BETWEEN = ("shape", "pooling", "activation")
"""Families of layers through which a shift of variance is still felt."""


def norm_after_activation(case: Case) -> Iterator[Finding]:
    """Find batch normalizations that come after the nonlinearity of a layer with weights."""
    for node in case.nodes:
        activation = case.before(node) if node.kind.startswith("BatchNorm") else None
        layer = case.before(activation) if activation is not None else None
        if activation is None or layer is None or case.family(activation) != "activation":
            continue
        if case.family(layer) not in ("linear", "convolution") or len(case.readers(activation)) != 1:
            continue
        swap = (
            Fix("", "insert", activation.id, "input", node.kind, arguments=tuple(node.arguments.items())),
            Fix("", "remove", node.id),
        )
        yield Finding(
            "info",
            "norm-after-activation",
            "after activation",
            f'"{node.name}" normalizes what "{activation.name}" gives.',
            "The paper and the lecture normalize the pre-activation, before the nonlinearity, so that it "
            "works "
            "where it is not flat; after a ReLU the values are no longer symmetric.",
            "batch normalization before the activation",
            node.id,
            node.name,
            "design",
            (Remedy(f'Move it before "{activation.name}"', swap),),
        )


def dropout_before_norm(case: Case) -> Iterator[Finding]:
    """Find dropout whose change of variance the next batch normalization takes for the data's."""
    for node in case.nodes:
        if not node.kind.startswith("BatchNorm"):
            continue
        dropout = _dropout_behind(case, node)
        if dropout is None:
            continue
        yield Finding(
            "info",
            "dropout-before-norm",
            "dropout before batch norm",
            f'"{dropout.name}" drops units, and "{node.name}" behind it keeps the variance that it sees in '
            "training.",
            "In evaluation nothing is dropped, the variance is another one, and the kept one does not fit "
            "(Li et "
            "al. 2019). Put dropout after the last batch normalization, or do without it.",
            "dropout next to batch normalization",
            dropout.id,
            dropout.name,
            "design",
            (Remedy(f'Remove "{dropout.name}"', (Fix("", "remove", dropout.id),)),),
        )


def softmax_twice(case: Case) -> Iterator[Finding]:
    """Find a softmax in front of a loss that applies one itself."""
    for node in case.nodes:
        edges = case.graph.inputs_of(node.id, "input") if node.kind == "CrossEntropyLoss" else ()
        source = case.graph.node(edges[0].source) if len(edges) == 1 else None
        if source is None or source.kind != "Softmax":
            continue
        yield Finding(
            "warning",
            "softmax-twice",
            "softmax twice",
            f'"{node.name}" applies a softmax itself, and "{source.name}" before it does, too.',
            "Probabilities between 0 and 1 taken for scores can never be sure: the loss cannot fall below "
            "a bound, "
            "and gradients are small.",
            "softmax before cross-entropy",
            source.id,
            source.name,
            "design",
            (Remedy(f'Remove "{source.name}"', (Fix("", "remove", source.id),)),),
        )


def classes_out_of_balance(case: Case) -> Iterator[Finding]:
    """Find training data in which a class is much rarer than another."""
    counts = [count for count in case.class_counts if count > 0]
    if len(counts) < 2 or max(counts) < IMBALANCE * min(counts) or case.training.class_weights != "none":
        return
    rare, common = case.class_counts.index(min(counts)), case.class_counts.index(max(counts))
    yield Finding(
        "warning",
        "imbalance",
        "classes out of balance",
        f"Class {common} has {max(counts):,} training samples and class {rare} {min(counts):,}: "
        f"{number(max(counts) / min(counts))} times as many.",
        "A network that always says the frequent class is right nearly every time. Class weights make every "
        "class count the same; look at precision and recall of each class rather than at the accuracy.",
        "label imbalance",
        look="data",
        remedies=(Remedy("Balance by class weights", settings=(("class_weights", "balanced"),)),),
    )


def _dropout_behind(case: Case, norm: Node) -> Node | None:
    """Return the dropout that a normalization sees through one layer with weights."""
    node, weighted = case.before(norm), 0
    while node is not None and not node.kind.startswith("BatchNorm"):
        if node.kind in _DROPPING:
            return node
        weighted += case.family(node) in ("linear", "convolution")
        if weighted > 1 or (case.family(node) not in (*_BETWEEN, "linear", "convolution")):
            return None
        node = case.before(node)
    return None
