"""Explanations for arguments that name dimensions or places in them; see `studio.compiler.explain`."""

from __future__ import annotations

from collections.abc import Sequence

from studio.catalog.spec import show
from studio.compiler.case import Case
from studio.graph.node import Value
from studio.graph.problems import Problem

_NAMES = ("dim", "dims", "dim0", "dim1")

_ADDS_ONE = ("Unsqueeze", "Stack")
"""What gives a dimension more than it takes, and names one of those that it gives."""


def guard_dims(case: Case) -> Problem | None:
    """Explain dimensions that do not exist, and the batch among those to work on.

    Torch would do the latter without a word, and some layers accept the former on the meta device.
    """
    if not case.wires:
        return None
    fixed = case.wires[0].type.fixed
    rank = case.wires[0].type.rank + (case.spec.kind in _ADDS_ONE)
    for name in _NAMES:
        argument = case.spec.argument(name)
        if argument is None or argument.type not in ("int", "ints") or argument.infer:
            continue
        dims = _items(case.values[name])
        if case.spec.kind == "Permute":
            return _permutation(case, dims, rank)
        if wrong := [dim for dim in dims if not -rank <= dim < rank]:
            return _no_dimension(case, name, wrong[0], rank)
        if not fixed and any(dim % rank == 0 for dim in dims):
            return _batch(case, name, dims, rank)
    return None


def _items(value: Value) -> list[int]:
    items = value if isinstance(value, tuple) else (value,)
    return [item for item in items if isinstance(item, int)]


def _no_dimension(case: Case, name: str, dim: int, rank: int) -> Problem:
    wire = case.wires[0]
    has = f"has 0 to {rank - 1}" if rank == wire.type.rank else f"can get one at 0 to {rank - 1}"
    message = f'has no dimension {dim}: {wire.type.batched} from "{wire.source.name}" {has}.'
    if rank < 2:
        return case.problem(message, "Wire it to a layer that gives several numbers a sample.", argument=name)
    right = _instead(case, name, 1)
    if isinstance(right, int) and right >= rank:
        return case.problem(message, "Wire it to a layer that gives maps, or a sequence.", argument=name)
    return case.problem(
        message,
        f"Set {name} to {show(right)}.",
        argument=name,
        fix=case.set_fix(name, right, _label(name, right)),
    )


def _batch(case: Case, name: str, dims: Sequence[int], rank: int) -> Problem:
    """Explain that samples would be mixed."""
    kept = [dim for dim in dims if dim % rank]
    right = _instead(case, name, *(kept or [1]))
    batch = next(dim for dim in dims if dim % rank == 0)
    message = f"mixes the samples of a batch: dimension {batch} is the batch."
    if rank < 2:
        return case.problem(
            message, "Wire it to a layer that gives several numbers a sample.", code="batch", argument=name
        )
    return case.problem(
        message,
        f"Set {name} to {show(right)}.",
        code="batch",
        argument=name,
        fix=case.set_fix(name, right, _label(name, right)),
    )


def _label(name: str, value: Value) -> str:
    return f"Set {name} to {show(value)}"


def _instead(case: Case, name: str, *dims: int) -> Value:
    """Return dimensions in the form that an argument has them; of two to be swapped not the other."""
    argument = case.spec.argument(name)
    if argument is not None and argument.type == "ints":
        return tuple(dims)
    other = {"dim0": "dim1", "dim1": "dim0"}.get(name)
    return 2 if other is not None and case.values[other] == dims[0] == 1 else dims[0]


def _permutation(case: Case, dims: Sequence[int], rank: int) -> Problem | None:
    """Explain an order in which dimensions are missing, or which begins with another than the batch."""
    wire = case.wires[0]
    found = [dim % rank for dim in dims if -rank <= dim < rank]
    if sorted(found) != list(range(rank)):
        right = (0, *range(2, rank), 1) if rank > 2 else tuple(range(rank))
        return case.problem(
            f"dims {show(tuple(dims))} must name each dimension of {wire.type.batched} from "
            f'"{wire.source.name}" once: 0 to {rank - 1} in any order.',
            f"Set dims to {', '.join(map(str, right))}.",
            argument="dims",
            fix=case.set_fix("dims", right, f"Set dims to {', '.join(map(str, right))}"),
        )
    if found[0] == 0 or wire.type.fixed:
        return None
    right = (0, *(dim for dim in found if dim))
    return case.problem(
        f"mixes the samples of a batch: dimension {dims[0]} comes first, where the batch has to stay.",
        f"Set dims to {', '.join(map(str, right))}.",
        code="batch",
        argument="dims",
        fix=case.set_fix("dims", right, f"Set dims to {', '.join(map(str, right))}"),
    )


def _size(case: Case) -> int:
    """Return the size of the dimension that ``dim`` names; of a dimension that samples have."""
    kind = case.wires[0].type
    return ((0,) * (not kind.fixed) + kind.shape)[case.number("dim")]


def explain_select(case: Case) -> Problem | None:
    """Explain a place that a dimension does not have."""
    size, index, dim = _size(case), case.number("index"), case.number("dim")
    if -size <= index < size:
        return None
    return case.problem(
        f'dimension {dim} of {case.wires[0].type.batched} from "{case.wires[0].source.name}" has places 0 to '
        f"{size - 1}, not {index}.",
        f"Set index to {size - 1} or less; -1 is the last.",
        argument="index",
        fix=case.set_fix("index", -1),
    )


def explain_slice(case: Case) -> Problem | None:
    """Explain bounds between which nothing lies."""
    start, stop, size = case.values["start"], case.values["stop"], _size(case)
    bounds = [
        f"{name} is {show(value)}" for name, value in (("start", start), ("stop", stop)) if value is not None
    ]
    return case.problem(
        f"nothing of dimension {case.number('dim')} is left: it has {size} places, and "
        f"{' and '.join(bounds)}.",
        "Set start to less than stop, both within the dimension; negative ones count from the end.",
        argument="start",
        fix=case.set_fix("start", None, "Clear start") if stop is None else None,
    )


def explain_chunk(case: Case) -> Problem | None:
    """Explain a dimension that does not give as many parts as were asked for."""
    size, chunks = _size(case), case.number("chunks")
    each = -(-size // chunks)
    parts = -(-size // each)
    if parts == chunks:
        return None
    return case.problem(
        f'dimension {case.number("dim")} of {case.wires[0].type.batched} from "{case.wires[0].source.name}" '
        f"has {size} places: {chunks} parts would be {each} each, and {parts} of them are enough.",
        f"Set chunks to {parts}.",
        argument="chunks",
        fix=case.set_fix("chunks", parts),
    )


def explain_split(case: Case) -> Problem | None:
    """Explain parts that together are not the dimension."""
    sizes, size = _items(case.values["split_sizes"]), _size(case)
    if sum(sizes) == size and isinstance(case.values["split_sizes"], tuple):
        return None
    rest = size - sum(sizes[:-1])
    fix = case.set_fix("split_sizes", right := (*sizes[:-1], rest), _label("split_sizes", right))
    return case.problem(
        f"split_sizes {show(tuple(sizes))} are {sum(sizes)} places together, and dimension "
        f'{case.number("dim")} of what comes from "{case.wires[0].source.name}" has {size}.',
        f"{fix.label}." if rest > 0 else f"Give sizes that make {size} together.",
        argument="split_sizes",
        fix=fix if rest > 0 else None,
    )


def explain_roll(case: Case) -> Problem | None:
    """Explain shifts and dimensions of different number."""
    shifts, dims = _items(case.values["shifts"]), _items(case.values["dims"])
    if len(shifts) == len(dims):
        return None
    right = tuple((shifts + [shifts[-1]] * len(dims))[: len(dims)])
    return case.problem(
        f"has {len(shifts)} shifts for {len(dims)} dims.",
        f"Set shifts to {show(right)}, one for each of dims.",
        argument="shifts",
        fix=case.set_fix("shifts", right, _label("shifts", right)),
    )


def guard_pad(case: Case) -> Problem | None:
    """Explain a border around the batch."""
    pad, kind = _items(case.values["pad"]), case.wires[0].type
    room = 2 * len(kind.shape)
    if len(pad) <= room:
        return None
    return case.problem(
        f'pad {show(tuple(pad))} is for {len(pad) // 2} dimensions, and a sample of "'
        f'{case.wires[0].source.name}" has {len(kind.shape)}.',
        f"Give {room} numbers at most.",
        argument="pad",
        fix=case.set_fix("pad", right := tuple(pad[:room]), _label("pad", right)) if room else None,
    )


def explain_pad(case: Case) -> Problem | None:
    """Explain a border that torch cannot add."""
    pad, kind = _items(case.values["pad"]), case.wires[0].type
    if len(pad) % 2:
        return case.problem(
            f"pad {show(tuple(pad))} is {len(pad)} numbers, and each dimension takes two: before and behind.",
            "Give an even number of them.",
            argument="pad",
            fix=case.set_fix("pad", right := (*pad, 0), _label("pad", right)),
        )
    if case.values["mode"] == "constant":
        return None
    return case.problem(
        f"mode {case.values['mode']} cannot make a border of {show(tuple(pad))} around {kind.batched} from "
        f'"{case.wires[0].source.name}": it pads all but the first two dimensions, and '
        "needs places enough to fill the border from.",
        "Set mode to constant, or make pad smaller.",
        argument="mode",
        fix=case.set_fix("mode", "constant"),
    )


def guard_shortcut(case: Case) -> Problem | None:
    """Explain a shortcut that should drop channels."""
    channels, wanted = case.wires[0].type.sample[0], case.number("out_channels")
    if wanted >= channels:
        return None
    return case.problem(
        f'adds channels of zeros and drops none: out_channels is {wanted}, and "{case.wires[0].source.name}" '
        f"gives {channels}.",
        f"Set out_channels to {channels} or more.",
        argument="out_channels",
        fix=case.set_fix("out_channels", channels),
    )
