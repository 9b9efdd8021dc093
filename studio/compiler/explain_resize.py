"""Explanations for borders, resizing, shuffles, patches and unpooling; see `studio.compiler.explain`."""

from __future__ import annotations

import math

from studio.catalog import registry
from studio.catalog.spec import show
from studio.compiler.case import Case
from studio.compiler.explain_window import NOUNS, even, size_or_factor, wrong_count
from studio.graph.node import Value
from studio.graph.problems import Problem

_MODES = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}
"""Ways to interpolate what has so many sides; the nearest is for all."""

_COPIES = ("nearest", "nearest-exact", "area")

INDICES = "WithIndices"
"""How the kinds of pools that say where their maxima were end."""


def explain_padding(case: Case) -> Problem | None:
    """Explain a border that cannot be filled from the input, or that cuts everything off."""
    wire, sides = case.wires[0], case.sides
    value = case.values["padding"]
    items = value if isinstance(value, tuple) else (value,) * (2 * len(sides))
    flat = [item for item in items if isinstance(item, int)]
    # Torch counts from the last dimension: left, right, top, bottom.
    borders = [(flat[2 * place], flat[2 * place + 1]) for place in reversed(range(len(sides)))]
    if any(size + sum(border) < 1 for size, border in zip(sides, borders, strict=True)):
        return case.problem(
            f"padding {show(value)} cuts everything off the {wire.type} {NOUNS[len(sides)]} from "
            f'"{wire.source.name}".',
            "Set padding to 0 or more.",
            argument="padding",
            fix=case.set_fix("padding", 0),
        )
    most = [size - case.spec.kind.startswith("Reflection") for size in sides]
    is_bounded = case.spec.kind.startswith(("Reflection", "Circular"))
    if not is_bounded or all(max(border) <= m for border, m in zip(borders, most, strict=True)):
        return None
    limits = [limit for limit in reversed(most) for _ in range(2)]
    best = even(tuple(min(pair) for pair in zip(flat, limits, strict=True)))
    return case.problem(
        f"a border of {show(value)} cannot be filled from the {wire.type} {NOUNS[len(sides)]} of "
        f'"{wire.source.name}".',
        f"Set padding to {show(best)} or less.",
        argument="padding",
        fix=case.set_fix("padding", best, f"Set padding to {show(best)}"),
    )


def explain_upsample(case: Case) -> Problem | None:
    """Explain a mode that is not for this input, and sizes that are missing or given twice."""
    values, sides = case.values, case.sides
    if (values["size"] is None) == (values["scale_factor"] is None):
        return size_or_factor(case, "size", "scale_factor", 2.0)
    for name in ("size", "scale_factor"):
        given = values[name]
        if isinstance(given, tuple) and len(given) != len(sides):
            return wrong_count(case, name, len(given))
    problem = _wrong_mode(case) if "mode" in values else None
    return problem or _vanished(case)


def _wrong_mode(case: Case) -> Problem | None:
    """Explain a way to interpolate that needs another number of sides, or settings that need one."""
    mode, wire = str(case.values["mode"]), case.wires[0]
    suited = _MODES[len(case.sides)]
    if mode not in (*_COPIES, *suited):
        return case.problem(
            f'mode {mode} is not for {NOUNS[len(case.sides)]}, and "{wire.source.name}" gives '
            f"{wire.type.batched}.",
            f"Set mode to {' or '.join((*suited, 'nearest'))}.",
            argument="mode",
            fix=case.set_fix("mode", suited[0]),
        )
    if mode in _COPIES and case.values["align_corners"] is not None:
        return case.problem(
            f"align_corners means nothing where mode is {mode}.",
            f"Clear align_corners, or set mode to {suited[0]}.",
            argument="align_corners",
            fix=case.set_fix("align_corners", None, "Clear align_corners"),
        )
    if case.values.get("antialias") and mode not in ("bilinear", "bicubic"):
        return case.problem(
            f"antialias is not there where mode is {mode}.",
            "Set antialias to off, or mode to bilinear.",
            argument="antialias",
            fix=case.set_fix("antialias", False, "Set antialias to off"),
        )
    if case.values["recompute_scale_factor"] and case.values["size"] is not None:
        return case.problem(
            "recompute_scale_factor means nothing where size is given.",
            "Clear recompute_scale_factor.",
            argument="recompute_scale_factor",
            fix=case.set_fix("recompute_scale_factor", None, "Clear recompute_scale_factor"),
        )
    return None


def _vanished(case: Case) -> Problem | None:
    """Explain a factor so small that nothing is left."""
    factor, sides = case.values["scale_factor"], case.sides
    factors = factor if isinstance(factor, tuple) else (factor,) * len(sides)
    if all(not isinstance(f, float) or int(side * f) >= 1 for side, f in zip(sides, factors, strict=True)):
        return None
    return case.problem(
        f"scale_factor {show(factor)} leaves nothing of the {show(sides)} {NOUNS[len(sides)]} from "
        f'"{case.wires[0].source.name}".',
        "Set scale_factor to 1 or more.",
        argument="scale_factor",
        fix=case.set_fix("scale_factor", 1.0),
    )


def explain_shuffle(case: Case) -> Problem | None:
    """Explain channels that cannot be dealt out to r × r pixels."""
    factor, channels = case.number("upscale_factor"), case.wires[0].type.sample[0]
    if channels % factor**2 == 0:
        return None
    best = max(r for r in range(1, math.isqrt(channels) + 1) if channels % r**2 == 0)
    return case.problem(
        f'{channels} channels from "{case.wires[0].source.name}" cannot be dealt out to {factor}×{factor} '
        "pixels.",
        f"Set upscale_factor to {best}, or give it a multiple of {factor**2} channels.",
        argument="upscale_factor",
        fix=case.set_fix("upscale_factor", best),
    )


def explain_unshuffle(case: Case) -> Problem | None:
    """Explain maps that cannot be cut into squares of r × r pixels."""
    factor, sides = case.number("downscale_factor"), case.sides
    if all(side % factor == 0 for side in sides):
        return None
    common = math.gcd(*sides)
    best = max(r for r in range(1, min(factor, common) + 1) if common % r == 0)
    return case.problem(
        f'the {show(sides)} maps from "{case.wires[0].source.name}" cannot be cut into squares of '
        f"{factor}×{factor}.",
        f"Set downscale_factor to {best}, or to another divisor of {common}.",
        argument="downscale_factor",
        fix=case.set_fix("downscale_factor", best),
    )


def explain_channel_shuffle(case: Case) -> Problem | None:
    """Explain channels that cannot be split into the groups that are to be mixed."""
    groups, channels = case.number("groups"), case.wires[0].type.sample[0]
    if channels % groups == 0:
        return None
    best = math.gcd(channels, groups)
    return case.problem(
        f'{channels} channels from "{case.wires[0].source.name}" cannot be split into {groups} groups.',
        f"Set groups to {best}, or to another divisor of {channels}.",
        argument="groups",
        fix=case.set_fix("groups", best),
    )


def explain_patches(case: Case) -> Problem | None:
    """Explain patches that do not fill the maps they should become."""
    wire = case.wires[0]
    rows, places = wire.type.sample
    size, kernel, dilation, pad, stride = (
        _two(case.values[name]) for name in ("output_size", "kernel_size", "dilation", "padding", "stride")
    )
    if rows % math.prod(kernel):
        return case.problem(
            f'columns of {rows} numbers from "{wire.source.name}" are no patches of {show(kernel)}, which '
            f"have a multiple of {math.prod(kernel)}.",
            "Set kernel_size to that of the Unfold before it.",
            argument="kernel_size",
        )
    counts = [
        (side + 2 * p - d * (k - 1) - 1) // s + 1
        for side, p, d, k, s in zip(size, pad, dilation, kernel, stride, strict=True)
    ]
    if min(counts) < 1:
        return case.problem(
            f"patches of {show(kernel)} do not fit into maps of {show(size)}.",
            "Set output_size to what the Unfold before it took in.",
            argument="output_size",
        )
    if math.prod(counts) == places:
        return None
    return case.problem(
        f"maps of {show(size)} are made of {math.prod(counts)} patches, got {places} from "
        f'"{wire.source.name}".',
        "Set output_size to what the Unfold before it took in, and the rest as it is there.",
        argument="output_size",
    )


def _two(value: Value) -> tuple[int, int]:
    """Return an argument of Fold's as height and width; its input has but one side."""
    return value if isinstance(value, tuple) else (value, value)  # type: ignore[return-value]


def guard_unpool(case: Case) -> Problem | None:
    """Return what is wrong with an unpooling that torch finds out only from the numbers.

    Indices of another pool, or of larger maps than come out, point past the end.
    """
    if len(case.wires) < 2:
        return None
    values, indices = case.wires[0], case.wires[1]
    if not indices.source.kind.endswith(INDICES):
        pool = case.spec.kind.replace("Unpool", "Pool")
        return case.problem(
            f'needs the indices of a {pool} with indices, and "{indices.source.name}" gives something else.',
            f"Connect the second output of a {pool} with indices.",
            port=indices.port.name,
        )
    if values.type.shape != indices.type.shape:
        return case.problem(
            f'expected as many indices as numbers, got {indices.type} from "{indices.source.name}" for '
            f'{values.type} from "{values.source.name}".',
            "Give both the same shape.",
            port=indices.port.name,
            nodes=(values.source.id, indices.source.id),
        )
    return _wrong_origin(case)


def explain_unpool(case: Case) -> Problem | None:
    """Explain an unpooling whose window is not the pool's, so that the sizes cannot meet."""
    pool = case.wires[1].source
    theirs = registry.get(pool.kind).values(pool.arguments)
    for name in ("kernel_size", "stride", "padding"):
        ours, wanted = show(case.values[name]), show(theirs[name])
        if case.values[name] != theirs[name]:
            return case.problem(
                f'its {name} is {ours}, and that of "{pool.name}" is {wanted}: no '
                f"{show(case.window('output_size'))} comes of it.",
                f"Set {name} to {wanted}.",
                argument=name,
                fix=case.set_fix(name, theirs[name], f"Set {name} to {wanted}"),
            )
    return None


def _wrong_origin(case: Case) -> Problem | None:
    """Return the problem of an unpooling that gives another size than its pool took in."""
    source = case.wires[1].source
    edge = case.graph.inputs_of(source.id, "input")[0]
    taken = case.outputs.get((edge.source, edge.source_port))
    if taken is None:
        return None
    kernel, pad = case.window("kernel_size"), case.window("padding")
    stride = case.window("stride") if case.values["stride"] is not None else kernel
    given = tuple(
        (size - 1) * s - 2 * p + k for size, s, p, k in zip(case.sides, stride, pad, kernel, strict=True)
    )
    if case.values["output_size"] is not None:
        given = case.window("output_size")
    wanted = taken.sample[1:]
    if given == wanted:
        return None
    return case.problem(
        f"gives {show(given)} {NOUNS[len(wanted)]}, and the indices are of the {show(wanted)} that "
        f'"{source.name}" took in.',
        f"Set output_size to {show(wanted)}, and the window to that of the pool.",
        argument="output_size",
        fix=case.set_fix("output_size", even(wanted), f"Set output_size to {show(wanted)}"),
    )
