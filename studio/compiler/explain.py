"""From PyTorch's refusals to words that a person can act on.

PyTorch decides what is refused. What stands here only finds out, after it has refused, which of the
usual reasons it was, so as to name the layer, what it expected, what it found, where that came from, and
what to do. A refusal that none of them explains is passed on in PyTorch's own words.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from studio.catalog.spec import LayerSpec
from studio.compiler.case import Case
from studio.compiler.explain_merge import explain_concat, explain_fold, explain_reshape, explain_unflatten
from studio.compiler.explain_window import (
    explain_border,
    explain_groups,
    explain_output_padding,
    explain_pool_padding,
    explain_same,
    explain_window,
)
from studio.compiler.question import MIXES_SAMPLES
from studio.graph.node import Node
from studio.graph.problems import Problem

Explainer: TypeAlias = Callable[[Case], Problem | None]


def guard(case: Case) -> Problem | None:
    """Return what is wrong with the inputs before PyTorch is asked.

    Torch takes a batch with a dimension too few for a single sample without a batch, and normalizes
    over the batch when told to, and stretches inputs of different rank to each other so that samples
    meet; nothing of this is refused, and nothing is what was meant. Three mistakes are refused everywhere
    but on the meta device: wrong in_channels of a ConvTranspose2d, its output_padding (by torch 2.11),
    and a Softmax over a dimension that does not exist.
    """
    for wire in case.wires:
        if not fits(wire.port.layout, wire.type.rank):
            return _wrong_rank(case)
    if case.spec.argument("output_padding") is not None:
        problem = explain_output_padding(case)
        if problem is not None:
            return problem
    argument = case.spec.argument("dim")
    if argument is not None and argument.type == "int":
        dim, rank = case.number("dim"), case.wires[0].type.rank
        if dim in (0, -rank) and not case.wires[0].type.fixed:
            return _mixes_samples(case)
        if not -rank <= dim < rank:
            return _no_dimension(case, rank)
    return explain_fold(case) if case.spec.call == "fold" else _wrong_size(case)


def _no_dimension(case: Case, rank: int) -> Problem:
    """Explain a dimension that the input does not have."""
    wire = case.wires[0]
    return case.problem(
        f'has no dimension {case.values["dim"]}: {wire.type.batched} from "{wire.source.name}" has 0 to '
        f"{rank - 1}.",
        "Set dim to 1.",
        argument="dim",
        fix=case.set_fix("dim", 1),
    )


def fits(layout: str, rank: int) -> bool:
    """Say whether a number of dimensions is what a port's layout asks for."""
    return not layout or any(_fits_one(form.split(", "), rank) for form in layout.split(" or "))


def _fits_one(letters: list[str], rank: int) -> bool:
    fixed = sum(letter != "*" for letter in letters)
    return rank == fixed or (rank > fixed and "*" in letters)


def explain(case: Case, refusal: str) -> Problem:
    """Return the problem behind a refusal of PyTorch's.

    Args:
        case: The layer that was refused, and what comes in.
        refusal: `Answer.refusal`.
    """
    if refusal == MIXES_SAMPLES:
        return _mixes_samples(case)
    if "overflow" in refusal or "too large" in refusal or "too big" in refusal:
        return too_large(case.node, case.spec)
    for explainer in _EXPLAINERS.get(case.spec.kind, ()):
        problem = explainer(case)
        if problem is not None:
            return problem
    found = " and ".join(f'{wire.type} from "{wire.source.name}"' for wire in case.wires)
    return case.problem(f"PyTorch refuses {found}: {refusal.rstrip('.')}.", "Change its arguments.")


def too_large(node: Node, spec: LayerSpec) -> Problem:
    """Return the problem of a layer so large that its bytes cannot be counted."""
    return Problem(
        "error",
        "size",
        f'{spec.title} "{node.name}": too large; its numbers do not fit into any memory.',
        node.id,
        suggestion="Make its sizes smaller.",
    )


def _mixes_samples(case: Case) -> Problem:
    """Explain a layer whose output has lost the batch as its first dimension, or that works over it."""
    wire = case.wires[0]
    if case.spec.kind == "Flatten":
        return case.problem(
            f'mixes the samples of a batch: it joins {wire.type.batched} from "{wire.source.name}" '
            f"beginning with dimension {case.values['start_dim']}.",
            "Set start_dim to 1.",
            code="batch",
            argument="start_dim",
            fix=case.set_fix("start_dim", 1),
        )
    if case.spec.argument("dim") is not None:
        return case.problem(
            f"mixes the samples of a batch: dimension {case.values['dim']} is the batch.",
            "Set dim to 1.",
            code="batch",
            argument="dim",
            fix=case.set_fix("dim", 1),
        )
    return case.problem(
        f'mixes the samples of a batch: of {wire.type.batched} from "{wire.source.name}" it makes something '
        "whose dimension 0 is not the batch.",
        "Change its arguments so that the batch stays dimension 0.",
        code="batch",
    )


def _wrong_rank(case: Case) -> Problem:
    """Explain an input with too many or too few dimensions."""
    wire = case.wires[0]
    wanted = " or ".join(f"({form})" for form in wire.port.layout.split(" or "))
    message = f'expected {wanted} at "{wire.port.name}", got {wire.type.batched} from "{wire.source.name}".'
    instead = {("BatchNorm1d", 3): "BatchNorm2d", ("BatchNorm2d", 1): "BatchNorm1d"}.get(
        (case.spec.kind, len(wire.type.shape))
    )
    if instead is not None:
        return case.problem(message, f"Use {instead} here.")
    if wire.port.layout == "N, C, H, W" and len(wire.type.shape) == 1:
        side = math.isqrt(wire.type.numel)
        if side * side == wire.type.numel:
            fix = case.insert_fix("Reshape", shape=(1, side, side))
            return case.problem(message, f"{fix.label} before it to make maps of the row.", fix=fix)
        return case.problem(message, "Insert a Reshape to channels × height × width before it.")
    return case.problem(message, "Insert a Reshape before it.")


def _wrong_size(case: Case) -> Problem | None:
    """Explain an argument that states the input's size and states it wrongly."""
    for argument in case.spec.arguments:
        if not argument.infer:
            continue
        stated, wire = case.values[argument.name], case.wires[argument.infer_from]
        shape = wire.type.shape
        if argument.infer == "normalized":
            sizes = stated if isinstance(stated, tuple) else (stated,)
            found = shape[-len(sizes) :]
            agrees = sizes == found
        else:
            found = (shape[0] if argument.infer == "channels" else shape[-1],)
            agrees = stated == found[0]
        if agrees:
            continue
        shown = "×".join(map(str, stated)) if isinstance(stated, tuple) else str(stated)
        if argument.infer == "features" and len(shape) == 3:
            return case.problem(
                f'expected {shown} features at "{wire.port.name}", got {wire.type} maps from '
                f'"{wire.source.name}", which are {wire.type.numel} numbers.',
                "Insert a Flatten before it.",
                argument=argument.name,
                fix=case.insert_fix("Flatten"),
            )
        value = found[0] if len(found) == 1 else found
        right = "×".join(map(str, found))
        noun = "sizes" if argument.infer == "normalized" else argument.infer
        return case.problem(
            f'expected {shown} {noun} at "{wire.port.name}", got {right} from "{wire.source.name}".',
            f"Set {argument.name} to {right}.",
            argument=argument.name,
            fix=case.set_fix(argument.name, value, f"Set {argument.name} to {right}"),
        )
    return None


def _explain_norm_groups(case: Case) -> Problem | None:
    """Explain channels that a GroupNorm cannot split into its groups."""
    groups, channels = case.number("num_groups"), case.number("num_channels")
    if channels % groups == 0:
        return None
    best = math.gcd(channels, groups)
    return case.problem(
        f'{channels} channels from "{case.wires[0].source.name}" cannot be split into {groups} groups.',
        f"Set num_groups to {best}, or to another divisor of {channels}.",
        argument="num_groups",
        fix=case.set_fix("num_groups", best),
    )


def _explain_slopes(case: Case) -> Problem | None:
    """Explain a PReLU whose slopes are neither one nor one for each channel."""
    wire = case.wires[0]
    slopes, channels = case.number("num_parameters"), (wire.type.shape or (1,))[0]
    if slopes in (1, channels):
        return None
    return case.problem(
        f'has {slopes} slopes, and "{wire.source.name}" gives {channels} channels.',
        f"Set num_parameters to 1 or {channels}.",
        argument="num_parameters",
        fix=case.set_fix("num_parameters", channels),
    )


_EXPLAINERS: dict[str, tuple[Explainer, ...]] = {
    "Conv2d": (explain_groups, explain_same, explain_border, explain_window),
    "ConvTranspose2d": (explain_groups,),
    "MaxPool2d": (explain_pool_padding, explain_window),
    "AvgPool2d": (explain_pool_padding, explain_window),
    "GroupNorm": (_explain_norm_groups,),
    "PReLU": (_explain_slopes,),
    "Concat": (explain_concat,),
    "Reshape": (explain_reshape,),
    "Unflatten": (explain_unflatten,),
}
