"""Units that say nothing: silent ones, and such as are stuck where their activation is flat."""

from __future__ import annotations

from collections.abc import Iterator

from studio.doctor.case import Case
from studio.doctor.finding import Finding, Remedy
from studio.doctor.words import number, percent
from studio.graph.node import Node
from studio.graph.problems import Fix
from studio.runs.records import Histogram

DEAD, MANY_DEAD = 0.3, 0.7
"""Share of silent units from which it is told, and from which hardly anything passes."""

SATURATED, MANY_SATURATED = 0.5, 0.9

MEAN_OFF = 3.0
"""Times its spread that the mean of the input may lie beside 0."""

WIDE, NARROW = 20.0, 0.01
"""Spread of the input beyond which it is not normalized."""


_NORMS = {"Linear": "BatchNorm1d", "Conv1d": "BatchNorm1d", "Conv2d": "BatchNorm2d", "Conv3d": "BatchNorm3d"}


def dead_units(case: Case) -> Iterator[Finding]:
    """Find activations whose units have given 0 for some hundred samples on end."""
    for node, seen in _seen(case):
        if case.family(node) != "activation" or not seen.silent >= DEAD:
            continue
        leaky = Fix("", "replace", node.id, kind="LeakyReLU")
        lr = case.training.lr
        yield Finding(
            "error" if seen.silent >= MANY_DEAD else "warning",
            "dead-units",
            f"{percent(seen.silent)} dead",
            f'{percent(seen.silent)} of the units of "{node.name}" gave nothing but 0 for the last '
            f"{512:,} samples that were looked at (step {seen.step:,}).",
            "Where a ReLU gives 0 its gradient is 0, too: such a unit does not learn any more. Too large a "
            "learning rate, or a large negative bias, drives units there.",
            "dead units",
            node.id,
            node.name,
            "activations",
            (
                Remedy(f"Lower lr to {number(lr / 4)}", settings=(("lr", lr / 4),)),
                *((Remedy("Replace by LeakyReLU", (leaky,)),) if node.kind == "ReLU" else ()),
            ),
        )


def saturated_units(case: Case) -> Iterator[Finding]:
    """Find activations that are flat where most of their values lie; those before a loss may be."""
    for node, seen in _seen(case):
        if not seen.saturated >= SATURATED or _is_last(case, node):
            continue
        relu = Fix("", "replace", node.id, kind="ReLU")
        yield Finding(
            "error" if seen.saturated >= MANY_SATURATED else "warning",
            "saturated-units",
            f"{percent(seen.saturated)} saturated",
            f'At {percent(seen.saturated)} of the values of "{node.name}" its derivative is below 0.01 (step '
            f"{seen.step:,}).",
            "A saturated unit passes almost no gradient on, and what lies before it learns slowly or not at "
            "all. Smaller initial weights, batch normalization before it, or a ReLU keep units out of there.",
            "saturated units",
            node.id,
            node.name,
            "activations",
            (Remedy("Replace by ReLU", (relu,)), *_normalized(case, node)),
        )


def inputs_not_normalized(case: Case) -> Iterator[Finding]:
    """Find inputs whose mean or spread is far from what layers are initialized for."""
    for node, seen in _seen(case):
        spec = case.spec(node)
        if spec is None or spec.role != "input" or node.kind in ("TokenInput", "IndexInput"):
            continue
        is_off = abs(seen.mean) > MEAN_OFF * max(seen.std, 1e-12) and abs(seen.mean) > 0.5
        if not (is_off or seen.std > WIDE or 0.0 < seen.std < NARROW):
            continue
        yield Finding(
            "warning",
            "input-not-normalized",
            "not normalized",
            f'What "{node.name}" gives has mean {number(seen.mean)} and standard deviation '
            f"{number(seen.std)}.",
            "Weights are initialized for inputs with mean 0 and spread 1. Others make the first steps "
            "much too "
            'large or too small. Set normalization of the data to "standardize".',
            "normalizing the inputs",
            node.id,
            node.name,
            "data",
            (Remedy("Standardize the inputs", data=(("normalization", "standardize"),)),),
        )


def _seen(case: Case) -> Iterator[tuple[Node, Histogram]]:
    """Return the layers that were looked at, in the order of computation, with what was seen last."""
    for node in case.nodes:
        seen = case.outputs.get(node.name)
        if seen is not None:
            yield node, seen


def _is_last(case: Case, node: Node) -> bool:
    """Say whether a layer's output is the network's: it may be as sure as it wants to be."""
    readers = case.readers(node)
    return not readers or all(case.family(reader) in ("loss", "shape") for reader in readers)


def _normalized(case: Case, node: Node) -> tuple[Remedy, ...]:
    """Return the remedy that normalizes what comes into an activation from a layer with weights."""
    before = case.before(node)
    kinds = {
        "Linear": "BatchNorm1d",
        "Conv1d": "BatchNorm1d",
        "Conv2d": "BatchNorm2d",
        "Conv3d": "BatchNorm3d",
    }
    kind = kinds.get(before.kind) if before is not None else None
    if kind is None:
        return ()
    return (Remedy(f"Insert {kind} before it", (Fix("", "insert", node.id, "input", kind),)),)
