"""Explanations for convolutions and pools; see `studio.compiler.explain`."""

from __future__ import annotations

import math

from studio.catalog.spec import show
from studio.compiler.case import Case
from studio.graph.problems import Problem


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
    strides, dilations = case.pair("stride"), case.pair("dilation")
    most = tuple(max(pair) - 1 for pair in zip(strides, dilations, strict=True))
    padding = case.pair("output_padding")
    if padding[0] <= most[0] and padding[1] <= most[1]:
        return None
    smaller = min(padding[0], most[0]), min(padding[1], most[1])
    best = smaller[0] if smaller[0] == smaller[1] else smaller
    return case.problem(
        f"output_padding {show(case.values['output_padding'])} must be smaller than the stride or the "
        "dilation.",
        f"Set output_padding to {show(best)}.",
        argument="output_padding",
        fix=case.set_fix("output_padding", best),
    )


def explain_window(case: Case) -> Problem | None:
    """Explain a filter or window that is larger than the maps it should move over."""
    wire = case.wires[0]
    height, width = wire.type.shape[1:]
    pad, kernel = case.pair("padding"), case.pair("kernel_size")
    dilation = case.pair("dilation") if "dilation" in case.values else (1, 1)
    padded = (height + 2 * pad[0], width + 2 * pad[1])
    reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    if case.values["padding"] == "same" or (reach[0] <= padded[0] and reach[1] <= padded[1]):
        return None
    widened = f", {padded[0]}×{padded[1]} with padding" if any(pad) else ""
    dilated = f" (kernel {kernel[0]}×{kernel[1]}, dilated)" if dilation != (1, 1) else ""
    side = min(padded)
    return case.problem(
        f"its {reach[0]}×{reach[1]} window{dilated} is larger than the {height}×{width} maps from "
        f'"{wire.source.name}"{widened}.',
        f"Set kernel_size to {side} or less, add padding, or shrink the maps less before it.",
        argument="kernel_size",
        fix=case.set_fix("kernel_size", side) if dilation == (1, 1) else None,
    )


def explain_pool_padding(case: Case) -> Problem | None:
    """Explain a pool's padding that is more than half of its window."""
    pad, kernel = case.pair("padding"), case.pair("kernel_size")
    if all(p <= k // 2 for p, k in zip(pad, kernel, strict=True)):
        return None
    most = min(kernel) // 2
    return case.problem(
        f"padding of {max(pad)} is more than half of its kernel_size of {kernel[0]}×{kernel[1]}.",
        f"Set padding to {most} or less.",
        argument="padding",
        fix=case.set_fix("padding", most),
    )


def explain_same(case: Case) -> Problem | None:
    """Explain that torch can keep the size only where the filter moves by one."""
    if case.values["padding"] != "same" or case.pair("stride") == (1, 1):
        return None
    return case.problem(
        'padding "same" needs a stride of 1.',
        "Set stride to 1, or give padding as a number.",
        argument="stride",
        fix=case.set_fix("stride", 1),
    )


def explain_border(case: Case) -> Problem | None:
    """Explain a border that is wider than the maps it is to be filled from."""
    mode, pad = case.values["padding_mode"], case.pair("padding")
    most = tuple(size - (mode == "reflect") for size in case.wires[0].type.shape[1:])
    if mode not in ("reflect", "circular") or (pad[0] <= most[0] and pad[1] <= most[1]):
        return None
    return case.problem(
        f"a border of {pad[0]}×{pad[1]} cannot be filled from the {case.wires[0].type} maps of "
        f'"{case.wires[0].source.name}" with padding_mode {mode}.',
        f"Set padding to {min(most)} or less, or padding_mode to zeros.",
        argument="padding_mode",
        fix=case.set_fix("padding_mode", "zeros"),
    )
