"""Explanations for normalizations and activations; see `studio.compiler.explain`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from studio.compiler.case import Case
from studio.graph.problems import Problem

Explainer: TypeAlias = Callable[[Case], Problem | None]
"""Finds out whether one usual mistake was made, and says so."""


def explain_norm_groups(case: Case) -> Problem | None:
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


def explain_slopes(case: Case) -> Problem | None:
    """Explain a PReLU whose slopes are neither one nor one for each channel."""
    wire = case.wires[0]
    slopes, channels = case.number("num_parameters"), (wire.type.sample or (1,))[0]
    if slopes in (1, channels):
        return None
    return case.problem(
        f'has {slopes} slopes, and "{wire.source.name}" gives {channels} channels.',
        f"Set num_parameters to 1 or {channels}.",
        argument="num_parameters",
        fix=case.set_fix("num_parameters", channels),
    )


def explain_one_place(case: Case) -> Problem | None:
    """Explain channels of a single place, which have no variance to be normalized by."""
    if math.prod(case.sides) > 1:
        return None
    return case.problem(
        f"normalizes each channel over its places, and {case.wires[0].type.batched} from "
        f'"{case.wires[0].source.name}" has one only.',
        "Put it before the maps shrink to one place, or use LayerNorm.",
    )


def explain_halves(case: Case) -> Problem | None:
    """Explain a dimension that a GLU cannot halve."""
    wire, dim = case.wires[0], case.number("dim")
    size = ((0,) * (not wire.type.fixed) + wire.type.shape)[dim]
    if size % 2 == 0:
        return None
    return case.problem(
        f'halves dimension {dim}, and that of {wire.type.batched} from "{wire.source.name}" is {size}, '
        "which is odd.",
        "Give it an even size, or set dim to another dimension.",
        argument="dim",
    )


def guard_order(low: str, high: str, *, may_be_equal: bool) -> Explainer:
    """Return the check that one argument is smaller than another."""

    def check(case: Case) -> Problem | None:
        smaller, larger = case.values[low], case.values[high]
        assert isinstance(smaller, float)
        assert isinstance(larger, float)
        if smaller < larger or (may_be_equal and smaller == larger):
            return None
        best = case.spec.values({})[low]
        assert isinstance(best, float)
        best = best if best < larger else larger - 1.0
        return case.problem(
            f"{low} is {smaller:g}, and {high} is {larger:g}: {low} must be the smaller.",
            f"Set {low} to {best:g}.",
            code="argument",
            argument=low,
            fix=case.set_fix(low, best),
        )

    return check


def guard_inplace(case: Case) -> Problem | None:
    """Return the problem of a layer that would overwrite a learned tensor, which torch refuses to train."""
    wire = next((wire for wire in case.wires if wire.type.fixed or wire.source_spec.call == "expand"), None)
    if wire is None or case.values.get("inplace") is not True:
        return None
    return case.problem(
        f'cannot overwrite what comes from "{wire.source.name}": the same numbers serve all samples.',
        "Set inplace to off.",
        code="argument",
        argument="inplace",
        fix=case.set_fix("inplace", False, "Set inplace to off"),
    )


def guard_slope(name: str) -> Explainer:
    """Return the check that no negative slope is asked of a layer that overwrites its input.

    What was negative cannot be told from the output then, and torch finds that out in the backward pass.
    """

    def check(case: Case) -> Problem | None:
        slope = case.values[name]
        assert isinstance(slope, float)
        if slope >= 0 or not case.values["inplace"]:
            return None
        return case.problem(
            f"cannot learn with inplace and a negative {name} ({slope:g}): the gradient needs the input.",
            "Set inplace to off.",
            code="argument",
            argument="inplace",
            fix=case.set_fix("inplace", False, "Set inplace to off"),
        )

    return check
