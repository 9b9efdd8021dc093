"""Explanations for whatever slides over sequences, maps and volumes; see `studio.compiler.explain`."""

from __future__ import annotations

import math

from studio.catalog.spec import show
from studio.compiler.case import Case
from studio.compiler.remedies import removed
from studio.graph.node import Value
from studio.graph.problems import Problem

NOUNS = {1: "sequences", 2: "maps", 3: "volumes"}
"""What has so many sides."""


def explain_groups(case: Case) -> Problem | None:
    """Explain channels that a convolution cannot split into its groups."""
    groups = case.number("groups")
    for name in ("in_channels", "out_channels"):
        channels = case.number(name)
        if channels % groups:
            common = math.gcd(case.number("in_channels"), case.number("out_channels"))
            best = math.gcd(common, groups)
            return case.problem(
                f"{name} is {channels}, which cannot be split into {groups} groups.",
                f"Set groups to {best}, or to another divisor of {common}.",
                argument="groups",
                fix=case.set_fix("groups", best),
            )
    return None


def explain_output_padding(case: Case) -> Problem | None:
    """Explain an output_padding that no size of the input could need."""
    strides, dilations = case.window("stride"), case.window("dilation")
    most = tuple(max(pair) - 1 for pair in zip(strides, dilations, strict=True))
    padding = case.window("output_padding")
    if all(p <= m for p, m in zip(padding, most, strict=True)):
        return None
    best = even(tuple(min(pair) for pair in zip(padding, most, strict=True)))
    return case.problem(
        f"output_padding {show(case.values['output_padding'])} must be smaller than the stride or the "
        "dilation.",
        f"Set output_padding to {show(best)}.",
        argument="output_padding",
        fix=case.set_fix("output_padding", best),
    )


def explain_window(case: Case) -> Problem | None:
    """Explain a filter or window that is larger than what it should move over."""
    wire, sizes = case.wires[0], case.sides
    pad, kernel, dilation = case.window("padding"), case.window("kernel_size"), case.window("dilation", 1)
    padded = tuple(size + 2 * p for size, p in zip(sizes, pad, strict=True))
    reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    if case.values.get("padding") == "same" or all(r <= p for r, p in zip(reach, padded, strict=True)):
        return None
    is_dilated = any(d != 1 for d in dilation)
    widened = f", {show(padded)} with padding" if any(pad) else ""
    dilated = f" (kernel {show(kernel)}, dilated)" if is_dilated else ""
    side, needed = min(padded), max(r - size for r, size in zip(reach, sizes, strict=True))
    border = -(-needed // 2)
    fixes = [case.set_fix("kernel_size", side)] if not is_dilated and side > 0 else []
    if "padding" in case.values and (case.spec.family != "pooling" or border <= min(kernel) // 2):
        fixes.append(case.set_fix("padding", border))
    if case.spec.family == "pooling" and side <= 1:
        fixes = [removed(case.node), *fixes[1:]]
    return case.problem(
        f"its {show(reach)} window{dilated} is larger than the {show(sizes)} {NOUNS[len(sizes)]} from "
        f'"{wire.source.name}"{widened}.',
        f"Set kernel_size to {side} or less, add padding, or shrink the {NOUNS[len(sizes)]} less before it.",
        argument="kernel_size",
        fixes=fixes,
    )


def explain_pool_padding(case: Case) -> Problem | None:
    """Explain a pool's padding that is more than half of its window."""
    pad, kernel = case.window("padding"), case.window("kernel_size")
    if all(p <= k // 2 for p, k in zip(pad, kernel, strict=True)):
        return None
    most = min(kernel) // 2
    return case.problem(
        f"padding of {max(pad)} is more than half of its kernel_size of {show(kernel)}.",
        f"Set padding to {most} or less.",
        argument="padding",
        fix=case.set_fix("padding", most),
    )


def explain_same(case: Case) -> Problem | None:
    """Explain that torch can keep the size only where the filter moves by one."""
    if case.values["padding"] != "same" or set(case.window("stride")) == {1}:
        return None
    return case.problem(
        'padding "same" needs a stride of 1.',
        "Set stride to 1, or give padding as a number.",
        argument="stride",
        fix=case.set_fix("stride", 1),
    )


def explain_border(case: Case) -> Problem | None:
    """Explain a convolution's border that is wider than the maps it is to be filled from."""
    mode, wire = case.values["padding_mode"], case.wires[0]
    pad = case.window("padding")
    if case.values["padding"] == "same":
        pairs = zip(case.window("dilation"), case.window("kernel_size"), strict=True)
        pad = tuple(-(-d * (k - 1) // 2) for d, k in pairs)  # the wider side, where they differ
    most = tuple(size - (mode == "reflect") for size in case.sides)
    if mode not in ("reflect", "circular") or all(p <= m for p, m in zip(pad, most, strict=True)):
        return None
    return case.problem(
        f"a border of {show(pad)} cannot be filled from the {wire.type} {NOUNS[len(pad)]} of "
        f'"{wire.source.name}" with padding_mode {mode}.',
        f"Set padding to {min(most)} or less, or padding_mode to zeros.",
        argument="padding_mode",
        fix=case.set_fix("padding_mode", "zeros"),
    )


def explain_transposed(case: Case) -> Problem | None:
    """Explain a transposed convolution whose padding takes away more than there is."""
    sizes = case.sides
    names = ("stride", "padding", "dilation", "kernel_size", "output_padding")
    stride, pad, dilation, kernel, extra = (case.window(name) for name in names)
    whole = tuple(
        (size - 1) * s + d * (k - 1) + o + 1
        for size, s, d, k, o in zip(sizes, stride, dilation, kernel, extra, strict=True)
    )
    if all(w - 2 * p > 0 for w, p in zip(whole, pad, strict=True)):
        return None
    most = (min(whole) - 1) // 2
    return case.problem(
        f"padding of {show(pad)} takes everything off its {show(whole)} output.",
        f"Set padding to {most} or less.",
        argument="padding",
        fix=case.set_fix("padding", most),
    )


def explain_fractional(case: Case) -> Problem | None:
    """Explain windows placed at random that have no room, or a size that is given twice or not at all."""
    size, ratio = case.values["output_size"], case.values["output_ratio"]
    if (size is None) == (ratio is None):
        return size_or_factor(case, "output_size", "output_ratio", 0.5)
    sides, kernel = case.sides, case.window("kernel_size")
    ratios = ratio if isinstance(ratio, tuple) else (ratio,) * len(sides)
    if len(ratios) != len(sides):
        return wrong_count(case, "output_ratio", len(ratios))
    wanted = case.window("output_size")
    if size is None:
        wanted = tuple(int(side * r) for side, r in zip(sides, ratios, strict=True))  # type: ignore[operator, arg-type]
    name = "output_size" if size is not None else "output_ratio"
    most = tuple(side - k + 1 for side, k in zip(sides, kernel, strict=True))
    if all(0 < w <= m for w, m in zip(wanted, most, strict=True)):
        return None
    if min(most) < 1:
        return explain_window(case)
    best: Value = even(tuple(max(1, min(pair)) for pair in zip(wanted, most, strict=True)))
    if size is None:
        # Between what gives one place and what gives all that there is room for.
        best = next(
            (
                r / 20
                for r in range(10, 0, -1)
                if all(1 <= int(s * r / 20) <= m for s, m in zip(sides, most, strict=True))
            ),
            0.5,
        )
    return case.problem(
        f"{show(wanted)} windows of {show(kernel)} do not fit into the {show(sides)} {NOUNS[len(sides)]} "
        f'from "{case.wires[0].source.name}": at least 1 and at most {show(most)} do.',
        f"Set {name} to {show(best)}.",
        argument=name,
        fix=case.set_fix(name, best),
    )


def size_or_factor(case: Case, size: str, factor: str, default: float) -> Problem:
    """Explain that exactly one of two arguments must be given."""
    if case.values[size] is None:
        return case.problem(
            f"{size} and {factor} are both empty.",
            f"Set {factor} to {default:g}, or give {size}.",
            argument=factor,
            fix=case.set_fix(factor, default),
        )
    return case.problem(
        f"{size} and {factor} are both given, and say the same thing twice.",
        f"Clear {factor}, or clear {size}.",
        argument=factor,
        fix=case.set_fix(factor, None, f"Clear {factor}"),
    )


def wrong_count(case: Case, name: str, count: int) -> Problem:
    """Explain an argument with more or fewer numbers than the input has sides."""
    value, sides = case.values[name], case.sides
    first = value[0] if isinstance(value, tuple) else value
    return case.problem(
        f"{name} has {count} numbers, and {NOUNS[len(sides)]} from "
        f'"{case.wires[0].source.name}" have {len(sides)} sides.',
        f"Set {name} to {show(first)}, or give {len(sides)} numbers.",
        argument=name,
        fix=case.set_fix(name, first, f"Set {name} to {show(first)}"),
    )


def even(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return one number where all are the same, as arguments are written."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
