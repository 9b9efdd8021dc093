"""Explanations for layers that join wires or rearrange numbers; see `studio.compiler.explain`."""

from __future__ import annotations

import math

from studio.compiler.case import Case, Wire
from studio.compiler.modules import sample_shape
from studio.graph.problems import Fix, Problem

_SIZE_ARGUMENT = {"Conv2d": "out_channels", "ConvTranspose2d": "out_channels", "Linear": "out_features"}
"""The argument that decides dimension 1 of what a layer gives."""


def explain_fold(case: Case) -> Problem | None:
    """Explain two inputs that cannot be added or multiplied number by number."""
    first = case.wires[0]
    other = next((wire for wire in case.wires[1:] if not _broadcast(first, wire)), None)
    if other is None:
        return None
    verb = {"Add": "add", "Multiply": "multiply"}[case.spec.kind]
    message = (
        f'cannot {verb} {first.type} from "{first.source.name}" and {other.type} from "{other.source.name}".'
    )
    fix = _same_width(first, other)
    suggestion = f"{fix.label}." if fix else "Give both the same shape."
    return case.problem(message, suggestion, nodes=(first.source.id, other.source.id), fix=fix)


def _broadcast(one: Wire, other: Wire) -> bool:
    """Say whether torch stretches one shape to the other, dimension by dimension."""
    a, b = one.type.shape, other.type.shape
    return len(a) == len(b) and all(x == y or 1 in (x, y) for x, y in zip(a, b, strict=True))


def _same_width(first: Wire, other: Wire) -> Fix | None:
    """Return the edit that gives `other` the channels of `first`, if nothing else differs."""
    argument = _SIZE_ARGUMENT.get(other.source.kind)
    a, b = first.type.shape, other.type.shape
    if argument is None or len(a) != len(b) or a[1:] != b[1:]:
        return None
    label = f'Set {argument} of "{other.source.name}" to {a[0]}'
    return Fix(label, "set", other.source.id, argument=argument, value=a[0])


def explain_concat(case: Case) -> Problem | None:
    """Explain inputs that differ elsewhere than along the dimension that grows."""
    first, dim = case.wires[0], case.number("dim")
    rank = 1 + len(first.type.shape)
    place = dim % rank - 1
    for other in case.wires[1:]:
        if _without(first, place) == _without(other, place) and len(first.type.shape) == len(
            other.type.shape
        ):
            continue
        return case.problem(
            f'cannot join {first.type} from "{first.source.name}" and {other.type} from '
            f'"{other.source.name}": they may differ in dimension {dim} only.',
            "Give both the same height and width."
            if len(first.type.shape) == len(other.type.shape) == 3
            else "Give both the same number of dimensions.",
            nodes=(first.source.id, other.source.id),
        )
    return None


def _without(wire: Wire, place: int) -> tuple[int, ...]:
    """Return a wire's sizes but one."""
    return wire.type.shape[:place] + wire.type.shape[place + 1 :]


def explain_reshape(case: Case) -> Problem | None:
    """Explain sizes that do not hold as many numbers as there are."""
    return _wrong_count(case, sample_shape(case.values), case.wires[0].type.numel, "shape")


def explain_unflatten(case: Case) -> Problem | None:
    """Explain sizes that do not multiply to the dimension they should split."""
    dim, shape = case.number("dim"), case.wires[0].type.shape
    sizes = case.values["unflattened_size"]
    wanted = sizes if isinstance(sizes, tuple) else (sizes,)
    return _wrong_count(case, wanted, shape[dim % (1 + len(shape)) - 1], "unflattened_size")  # type: ignore[arg-type]


def _wrong_count(case: Case, sizes: tuple[int, ...], found: int, argument: str) -> Problem | None:
    """Explain sizes that need more or fewer numbers than were found."""
    source, shown = case.wires[0].source.name, "×".join(map(str, sizes))
    advice = "Use sizes whose product is the same; one of them may be -1 and is worked out."
    free, known = sizes.count(-1), math.prod(size for size in sizes if size != -1)
    if free > 1:
        return case.problem(
            f"{argument} {shown} leaves {free} sizes open.", "Leave at most one -1.", argument=argument
        )
    if free == 1 and (known == 0 or found % known):
        return case.problem(
            f'{argument} {shown}: {found} numbers from "{source}" cannot be divided by {known}.',
            advice,
            argument=argument,
        )
    if free == 0 and known != found:
        return case.problem(
            f'{argument} {shown} takes {known} numbers, got {found} from "{source}".',
            advice,
            argument=argument,
        )
    return None
