"""Explanations for layers that join wires or rearrange numbers; see `studio.compiler.explain`."""

from __future__ import annotations

import math

from studio.catalog.spec import show
from studio.compiler.case import Case, Wire
from studio.compiler.modules import sample_shape
from studio.compiler.remedies import to_meet
from studio.compiler.types import TensorType
from studio.graph.problems import Fix, Problem
from studio.graph.wiring import reaches

_SIZE_ARGUMENT = {"Conv2d": "out_channels", "ConvTranspose2d": "out_channels", "Linear": "out_features"}
"""The argument that decides dimension 1 of what a layer gives."""

_VERBS = {
    "Add": "add",
    "Multiply": "multiply",
    "Subtract": "subtract",
    "Divide": "divide",
    "Average": "average",
    "Stack": "stack",
}

_BATCH = -1
"""Stands for the number of samples, which fits nothing but itself and 1."""


def explain_fold(case: Case) -> Problem | None:
    """Explain inputs that cannot be taken number by number."""
    first = case.wires[0]
    total = first.type
    for other in case.wires[1:]:
        stretched = stretch(total, other.type)
        if stretched is None:
            return _apart(case, first, other)
        total = stretched
    return None


def stretch(one: TensorType, other: TensorType) -> TensorType | None:
    """Return what two tensors become number by number, sides of 1 stretched; None if they do not fit.

    Torch aligns shapes at their ends. Of two batches it would let samples meet if one had a dimension
    more, so these must have as many. A parameter has no batch: where the other's batch is it has 1, or
    nothing.
    """
    if not one.fixed and not other.fixed and len(one.shape) != len(other.shape):
        return None
    a, b = (kind.shape if kind.fixed else (_BATCH, *kind.shape) for kind in (one, other))
    rank = max(len(a), len(b))
    a, b = ((1,) * (rank - len(shape)) + shape for shape in (a, b))
    if any(x != y and 1 not in (x, y) for x, y in zip(a, b, strict=True)):
        return None
    shape = tuple(y if x == 1 else x for x, y in zip(a, b, strict=True))
    if one.fixed and other.fixed:
        return TensorType(shape, one.dtype, fixed=True)
    return TensorType(shape[1:], one.dtype) if shape[0] == _BATCH else None


def _apart(case: Case, first: Wire, other: Wire) -> Problem:
    """Return the problem of two inputs that do not fit."""
    verb = _VERBS.get(case.spec.kind, "compare")
    message = f"cannot {verb} {_told(first)} and {_told(other)}."
    fixes = _fixes(case, first, other)
    suggestion = f"{fixes[0].label}." if fixes else "Give both the same shape."
    return case.problem(message, suggestion, nodes=(first.source.id, other.source.id), fixes=fixes)


def _fixes(case: Case, first: Wire, other: Wire) -> tuple[Fix, ...]:
    """Return what makes two inputs fit: where one is a shortcut past the other, a layer on it."""
    parameter = _as_parameter(first, other)
    if parameter is not None:
        return (parameter,)
    is_shortcut = {
        one: reaches(case.graph, one.source.id, two.source.id)
        for one, two in ((first, other), (other, first))
    }
    # What decides the width of a trunk decides that of both, so only what branches off it is set.
    set_width = [
        fix
        for one, two in ((first, other), (other, first))
        if not is_shortcut[two] and (fix := _same_width(one, two)) is not None
    ]
    meet = to_meet(case, first, other, width=True)
    if any(is_shortcut.values()):
        return (*meet, *set_width)
    return (*set_width[:1], *meet)


def _told(wire: Wire) -> str:
    """Return a shape and where it comes from, as messages say it."""
    shape = f"the parameter {wire.type.batched}" if wire.type.fixed else str(wire.type)
    return f'{shape} from "{wire.source.name}"'


def _as_parameter(first: Wire, other: Wire) -> Fix | None:
    """Return the edit that gives a parameter the shape of what it meets."""
    tensor, meets = (first, other) if first.type.fixed else (other, first)
    if meets.type.fixed or tensor.source.kind not in ("Parameter", "Constant"):
        return None
    shape = meets.type.shape or (1,)
    label = f'Set shape of "{tensor.source.name}" to {show(shape)}'
    return Fix(label, "set", tensor.source.id, argument="shape", value=shape)


def guard_same(case: Case) -> Problem | None:
    """Explain inputs that must have one shape and have several."""
    first = case.wires[0]
    other = next((wire for wire in case.wires[1:] if wire.type.shape != first.type.shape), None)
    if other is not None and other.type.fixed == first.type.fixed:
        return _apart(case, first, other)
    return guard_batches(case)


def guard_batches(case: Case) -> Problem | None:
    """Explain a parameter that is to be joined with a batch: torch takes a batch of 1 for it."""
    batch = next((wire for wire in case.wires if not wire.type.fixed), None)
    tensor = next((wire for wire in case.wires if wire.type.fixed), None)
    if batch is None or tensor is None:
        return None
    return case.problem(
        f'cannot join {_told(tensor)}, which has no batch dimension, and {batch.type.batched} from "'
        f'{batch.source.name}".',
        f'Put an ExpandToBatch behind "{tensor.source.name}", and wire "{batch.source.name}" to its like.',
        nodes=(tensor.source.id, batch.source.id),
    )


def guard_expand(case: Case) -> Problem | None:
    """Explain what cannot be repeated for every sample."""
    tensor, like = case.wires
    if not tensor.type.fixed:
        return case.problem(
            f'"{tensor.source.name}" gives {tensor.type.batched}, one for each sample already.',
            "Remove this node, or wire a Parameter or a Constant to its input.",
        )
    if like.type.fixed:
        return case.problem(
            f'"{like.source.name}" has no batch dimension, so it does not tell how many samples there are.',
            "Wire a layer that an input leads to.",
            port="like",
        )
    if tensor.type.shape[:1] == (1,):
        return None
    shape = (1, *tensor.type.shape)
    name = tensor.source.name
    return case.problem(
        f'repeats dimension 0, which must be 1, and "{name}" gives {tensor.type.batched}.',
        f'Let "{name}" give {show(shape)}.',
        fix=Fix(
            f'Set shape of "{name}" to {show(shape)}', "set", tensor.source.id, argument="shape", value=shape
        )
        if tensor.source.kind in ("Parameter", "Constant")
        else None,
    )


def guard_constant(case: Case) -> Problem | None:
    """Explain numbers that are neither one nor one for each place."""
    value, shape = case.values["value"], sample_shape(case.values)
    if not isinstance(value, tuple) or len(value) == math.prod(shape):
        return None
    return case.problem(
        f"value has {len(value)} numbers, and shape {show(shape)} has {math.prod(shape)} places.",
        "Give one number for all places, or one for each.",
        argument="value",
        fix=case.set_fix("shape", (len(value),), f"Set shape to {len(value)}"),
    )


def guard_matmul(case: Case) -> Problem | None:
    """Explain matrices that cannot be multiplied."""
    one, other = case.wires
    a, b = one.type, other.type
    for wire, kind in ((one, a), (other, b)):
        if len(kind.shape) < 2 and not kind.fixed and not (wire is one and b.fixed):
            return case.problem(
                f'"{wire.source.name}" gives {kind.batched}: a sample of it is no matrix.',
                "Insert an Unsqueeze before it, or use DotProduct.",
                port=wire.port.name,
                fix=case.insert_fix("Unsqueeze", wire.port.name),
            )
    inner = b.shape[-2] if len(b.shape) > 1 else b.shape[-1]
    if a.shape[-1] != inner:
        is_turned = len(b.shape) > 1 and a.shape[-1] == b.shape[-1]
        return case.problem(
            f"cannot multiply {_told(one)} and {_told(other)}: columns of the one, {a.shape[-1]}, must "
            f"be as many as rows of the other, {inner}.",
            'Insert a Transpose before "other".' if is_turned else "Give them the same inner size.",
            port="other",
            nodes=(one.source.id, other.source.id),
            fix=case.insert_fix("Transpose", "other", dim0=-2, dim1=-1) if is_turned else None,
        )
    if a.fixed or b.fixed or len(a.shape) == len(b.shape):
        return None
    return case.problem(
        f"cannot multiply {_told(one)} and {_told(other)}: samples would meet, for one has a dimension more.",
        "Insert an Unsqueeze before the one with fewer.",
        nodes=(one.source.id, other.source.id),
    )


def _same_width(first: Wire, other: Wire) -> Fix | None:
    """Return the edit that gives `other` the channels of `first`, if nothing else differs."""
    argument = _SIZE_ARGUMENT.get(other.source.kind)
    a, b = first.type.shape, other.type.shape
    if not a or first.type.fixed or other.type.fixed:
        return None
    if argument is None or len(a) != len(b) or a[1:] != b[1:]:
        return None
    label = f'Set {argument} of "{other.source.name}" to {a[0]}'
    return Fix(label, "set", other.source.id, argument=argument, value=a[0])


def explain_concat(case: Case) -> Problem | None:
    """Explain inputs that differ elsewhere than along the dimension that grows."""
    first, dim = case.wires[0], case.number("dim")
    place = dim % first.type.rank - (not first.type.fixed)
    for other in case.wires[1:]:
        if _without(first, place) == _without(other, place) and len(first.type.shape) == len(
            other.type.shape
        ):
            continue
        fixes = to_meet(case, first, other, width=False) if dim % first.type.rank == 1 else ()
        return case.problem(
            f'cannot join {first.type} from "{first.source.name}" and {other.type} from '
            f'"{other.source.name}": they may differ in dimension {dim} only.',
            "Give both the same height and width."
            if len(first.type.shape) == len(other.type.shape) == 3
            else "Give both the same number of dimensions.",
            nodes=(first.source.id, other.source.id),
            fixes=fixes,
        )
    return None


def _without(wire: Wire, place: int) -> tuple[int, ...]:
    """Return a wire's sizes but one."""
    return wire.type.shape[:place] + wire.type.shape[place + 1 :]


def explain_reshape(case: Case) -> Problem | None:
    """Explain sizes that do not hold as many numbers as there are."""
    numbers = math.prod(case.wires[0].type.sample)
    return _wrong_count(case, sample_shape(case.values), numbers, "shape")


def explain_unflatten(case: Case) -> Problem | None:
    """Explain sizes that do not multiply to the dimension they should split."""
    dim, kind = case.number("dim"), case.wires[0].type
    sizes = case.values["unflattened_size"]
    wanted = sizes if isinstance(sizes, tuple) else (sizes,)
    return _wrong_count(case, wanted, kind.shape[dim % kind.rank - (not kind.fixed)], "unflattened_size")  # type: ignore[arg-type]


def _near(sizes: tuple[int, ...], found: int) -> list[tuple[int, ...]]:
    """Return sizes that hold as many numbers as there are, and differ from some in one place."""
    right = []
    for place, size in enumerate(sizes):
        others = math.prod(other for at, other in enumerate(sizes) if at != place and other != -1)
        if size == -1 or others <= 0 or found % others:
            continue
        new = found // others
        if -1 in sizes:
            new = next(divisor for divisor in range(min(size, new), 0, -1) if new % divisor == 0)
        if new != size:
            right.append((*sizes[:place], new, *sizes[place + 1 :]))
    return right


def _wrong_count(case: Case, sizes: tuple[int, ...], found: int, argument: str) -> Problem | None:
    """Explain sizes that need more or fewer numbers than were found."""
    source, shown = case.wires[0].source.name, "×".join(map(str, sizes))
    advice = "Use sizes whose product is the same; one of them may be -1 and is worked out."
    free, known = sizes.count(-1), math.prod(size for size in sizes if size != -1)
    if free > 1:
        return case.problem(
            f"{argument} {shown} leaves {free} sizes open.", "Leave at most one -1.", argument=argument
        )
    fixes = [
        case.set_fix(argument, right, f"Set {argument} to {show(right)}") for right in _near(sizes, found)
    ]
    if free == 1 and (known == 0 or found % known):
        return case.problem(
            f'{argument} {shown}: {found} numbers from "{source}" cannot be divided by {known}.',
            advice,
            argument=argument,
            fixes=fixes,
        )
    if free == 0 and known != found:
        return case.problem(
            f'{argument} {shown} takes {known} numbers, got {found} from "{source}".',
            advice,
            argument=argument,
            fixes=fixes,
        )
    return None
