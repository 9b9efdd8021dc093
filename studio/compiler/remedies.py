"""Edits that mend the usual mistakes of people who draw networks; see `studio.compiler.explain`.

The explanations say what is wrong. These are the layers a person would put in, or exchange, to mend it,
each as a `Fix`; where there are several ways, the likeliest comes first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from studio.catalog import registry
from studio.catalog.spec import show
from studio.compiler.case import Case, Wire
from studio.graph.node import Node, Value
from studio.graph.port import suits
from studio.graph.problems import Fix, NewLayer, listing
from studio.graph.wiring import reaches

SEQUENCES, MAPS, VOLUMES = "N, C, L", "N, C, H, W", "N, C, D, H, W"
STEPS = "N, L, E"

_PLAIN = {
    **{f"Dropout{dims}d": "Dropout" for dims in (1, 2, 3)},
    "FeatureAlphaDropout": "AlphaDropout",
    "LayerNorm2d": "LayerNorm",
}
"""What works on anything, for what works on maps only."""


def layer(kind: str, **arguments: Value) -> NewLayer:
    """Return a layer to be put in."""
    return NewLayer(kind, tuple(arguments.items()))


def inserted(case: Case, wire: Wire, label: str, *layers: NewLayer, where: str = "") -> Fix:
    """Return the edit that puts layers on one of the wires into a case's node.

    Args:
        where: Said at the end of the label, where the port takes several wires.
    """
    first, *rest = layers
    beside = [other for other in case.wires if other.port.name == wire.port.name]
    index = next(place for place, other in enumerate(beside) if other is wire)
    return Fix(
        f"{label}{where}",
        "insert",
        case.node.id,
        wire.port.name,
        first.kind,
        arguments=first.arguments,
        index=index,
        then=tuple(rest),
    )


def replaced(node: Node, kind: str, label: str = "", **arguments: Value) -> Fix:
    """Return the edit that makes a node one of another kind; sizes of several sides become one number."""
    spec = registry.find(kind)
    kept: dict[str, Value] = {}
    for name, value in node.arguments.items():
        argument = spec.argument(name) if spec is not None else None
        if argument is not None and argument.type == "pair" and isinstance(value, tuple) and value:
            kept[name] = value[0]
    return Fix(
        label or f"Replace by {kind}",
        "replace",
        node.id,
        kind=kind,
        arguments=tuple({**kept, **arguments}.items()),
    )


def removed(node: Node) -> Fix:
    """Return the edit that takes a node out and closes the gap."""
    return Fix(f'Remove "{node.name}"', "remove", node.id)


# From maps to rows, and back --------------------------------------------------------------------------


def to_row(case: Case, wire: Wire, argument: str = "") -> tuple[Fix, ...]:
    """Return the edits that make one row of numbers of maps: of all numbers, or of one for each channel.

    Args:
        argument: Of the case's node, which states how many numbers come; set too if they are others.
    """
    ways: list[tuple[str, tuple[NewLayer, ...], int]] = [
        ("Insert Flatten", (layer("Flatten"),), wire.type.numel)
    ]
    dims = len(wire.type.shape) - 1
    if dims in (2, 3):
        pool = layer(f"AdaptiveAvgPool{dims}d", output_size=1)
        label = "Add Global Average Pool and Flatten"
        ways.append((label, (pool, layer("Flatten")), wire.type.shape[0]))
    found = []
    for label, layers, size in ways:
        fix = inserted(case, wire, label, *layers)
        if argument and case.node.arguments.get(argument) is not None and case.values[argument] != size:
            fix = replace(fix, label=f"{label}, set {argument} to {size}", argument=argument, value=size)
        found.append(fix)
    return tuple(found)


def to_layout(case: Case, wire: Wire) -> tuple[Fix, ...]:
    """Return the edits that give an input as many dimensions as a layer takes, or a layer that takes it."""
    shape = wire.type.shape
    found = [*_sibling_fixes(case, wire), *_unflattened(case, wire)]
    layout = wire.port.layout
    if len(shape) == 1 and not wire.type.fixed:
        found += _from_row(case, wire, layout)
    elif STEPS in layout and len(shape) == 3:
        found += _to_steps(case, wire)
    elif layout in ("N, E", "N, C") and len(shape) > 1:
        found += to_row(case, wire)
    elif SEQUENCES in layout and len(shape) in (3, 4) and not found:
        found.append(
            inserted(case, wire, "Insert Flatten of height and width", layer("Flatten", start_dim=2))
        )
    return tuple(found)


def _sibling_fixes(case: Case, wire: Wire) -> list[Fix]:
    """Return the edits that exchange the layer for its like that takes this input."""
    kind = _sibling(case.spec.kind, wire.type.rank) or _PLAIN.get(case.spec.kind, "")
    return [replaced(case.node, kind)] if kind else []


def _sibling(kind: str, rank: int) -> str:
    """Return the same layer for sequences, maps or volumes that takes an input; empty if none does."""
    if kind[-2:] not in ("1d", "2d", "3d"):
        return ""
    for dims in (1, 2, 3):
        other = registry.find(f"{kind[:-2]}{dims}d")
        if other is not None and other.inputs and suits(other.inputs[0].layout, rank):
            return other.kind
    return ""


def _unflattened(case: Case, wire: Wire) -> list[Fix]:
    """Return the edit that takes out a Flatten that came too early."""
    feeds = case.graph.inputs_of(wire.source.id)
    if wire.source.kind != "Flatten" or len(feeds) != 1:
        return []
    before = case.outputs.get((feeds[0].source, feeds[0].source_port))
    wanted = len(wire.port.layout.split(" or ")[0].split(", "))
    return [removed(wire.source)] if before is not None and before.rank == wanted else []


def _from_row(case: Case, wire: Wire, layout: str) -> list[Fix]:
    """Return the edits that make maps, or a sequence, of a row."""
    (size,) = wire.type.shape
    if layout == MAPS:
        side = math.isqrt(size)
        shapes = [(1, side, side)] if side * side == size else []
        if case.spec.kind.startswith("ConvTranspose"):
            shapes.insert(0, (size, 1, 1))  # a code that maps are to grow from
        return [
            inserted(case, wire, f"Insert Reshape {show(shape)}", layer("Reshape", shape=shape))
            for shape in shapes
        ]
    if STEPS in layout:
        one = inserted(case, wire, f"Insert Reshape 1×{size}: one step", layer("Reshape", shape=(1, size)))
        many = inserted(
            case, wire, f"Insert Reshape {size}×1: {size} steps", layer("Reshape", shape=(size, 1))
        )
        # Attention splits the features of a step into heads, which one number cannot be.
        return [many, one] if case.spec.kind in ("RNN", "LSTM", "GRU") else [one]
    if SEQUENCES in layout:
        return [inserted(case, wire, "Insert Unsqueeze", layer("Unsqueeze", dim=1))]
    return []


def _to_steps(case: Case, wire: Wire) -> list[Fix]:
    """Return the edits that make a sequence of maps: row by row, or place by place."""
    channels, height, width = wire.type.shape
    found = []
    if channels == 1:
        shape = (height, width)
        found.append(
            inserted(case, wire, f"Insert Reshape {show(shape)}: row by row", layer("Reshape", shape=shape))
        )
    layers = layer("Flatten", start_dim=2), layer("Transpose", dim0=1, dim1=2)
    label = f"Insert Flatten and Transpose: {height * width} places of {channels}"
    return [*found, inserted(case, wire, label, *layers)]


# Wires that meet --------------------------------------------------------------------------------------


def to_meet(case: Case, one: Wire, other: Wire, *, width: bool) -> tuple[Fix, ...]:
    """Return the edits after which two wires can be joined: of the likeliest first.

    A shortcut, which is the one that starts where the other comes through, is made to fit the rest.

    Args:
        width: Channels have to be equal too, not the sizes of maps alone.
    """
    a, b = one.type.shape, other.type.shape
    if one.type.fixed or other.type.fixed or not a or not b:
        return ()
    if len(a) != len(b):
        return _of_other_rank(case, one, other, width=width)
    short, main = (one, other) if reaches(case.graph, one.source.id, other.source.id) else (other, one)
    where = _where(case, short, main)
    if a[1:] == b[1:]:
        return (inserted(case, short, *_projection(short, main), where=where),) if width else ()
    if not width or a[0] == b[0]:
        if len(a) == 2 and short.source_spec.family not in ("convolution", "pooling"):
            wanted = main.type.shape[-1]
            linear = layer("Linear", out_features=wanted)
            return (inserted(case, short, f"Insert Linear to {wanted}", linear, where=where),)
        return _sizes(case, short, main, width=width)
    return _sizes_and_width(case, short, main, where)


def _where(case: Case, short: Wire, main: Wire) -> str:
    """Return on which wire, for a label."""
    if reaches(case.graph, short.source.id, main.source.id):
        return " on the shortcut"
    return f' behind "{short.source.name}"'


def _projection(short: Wire, main: Wire, stride: Value = 1) -> tuple[str, NewLayer]:
    """Return the layer that gives a wire the channels of another, and what to call that."""
    dims, wanted = len(short.type.shape) - 1, main.type.shape[0]
    if not dims:
        return f"Insert Linear to {wanted}", layer("Linear", out_features=wanted)
    kernel = "×".join("1" * max(dims, 2)) if dims > 1 else "1"
    step = {} if stride == 1 else {"stride": stride}
    said = f" of stride {show(stride)}" if step else ""
    label = f"Add {kernel} convolution{said}"
    return label, layer(f"Conv{dims}d", out_channels=wanted, kernel_size=1, **step)


def _sizes_and_width(case: Case, short: Wire, main: Wire, where: str) -> tuple[Fix, ...]:
    """Return the edits where sizes and channels differ: one strided convolution, or a pool and one."""
    dims = len(short.type.shape) - 1
    if not 1 <= dims <= 3:
        return ()
    stride = _stride(short.type.shape[1:], main.type.shape[1:])
    if stride is not None:
        return (inserted(case, short, *_projection(short, main, stride), where=where),)
    resize = _resize(short, main.type.shape[1:])
    label, conv = _projection(short, main)
    return (inserted(case, short, f"Insert {resize.kind} and {label[4:]}", resize, conv, where=where),)


def _sizes(case: Case, short: Wire, main: Wire, *, width: bool) -> tuple[Fix, ...]:
    """Return the edits where only the sizes of maps differ."""
    found = []
    stride = _stride(short.type.shape[1:], main.type.shape[1:])
    where = _where(case, short, main)
    if width and stride is not None:
        found.append(inserted(case, short, *_projection(short, main, stride), where=where))
    found += _padded(case, short, main)
    small, large = sorted((short, main), key=lambda wire: math.prod(wire.type.shape[1:]))
    for wire, like in ((small, large), (large, small)):
        resize = _resize(wire, like.type.shape[1:])
        size = show(like.type.shape[1:])
        label = f'Insert {resize.kind} to {size} behind "{wire.source.name}"'
        found.append(inserted(case, wire, label, resize))
    return tuple(found)


def _resize(wire: Wire, wanted: tuple[int, ...]) -> NewLayer:
    """Return the layer that gives maps another size: a pool where they shrink."""
    sides = wire.type.shape[1:]
    if all(side >= goal for side, goal in zip(sides, wanted, strict=True)):
        size = wanted[0] if len(set(wanted)) == 1 else wanted
        return layer(f"AdaptiveAvgPool{len(sides)}d", output_size=size)
    return layer("Upsample", size=wanted, scale_factor=None)


def _stride(sides: tuple[int, ...], wanted: tuple[int, ...]) -> Value:
    """Return the stride by which a filter of 1 takes maps from one size to another; None if none does."""
    strides = tuple(-(-side // goal) for side, goal in zip(sides, wanted, strict=True))
    if strides == (1,) * len(sides):
        return None
    if any((side - 1) // s + 1 != goal for side, s, goal in zip(sides, strides, wanted, strict=True)):
        return None
    return strides[0] if len(set(strides)) == 1 else strides


def _padded(case: Case, one: Wire, other: Wire) -> list[Fix]:
    """Return the edit by which the filters that made a wire's maps smaller keep their size.

    They are those between the place where the two ways part, or the filter itself, and the wire's source.
    """
    small, large = sorted((one, other), key=lambda wire: math.prod(wire.type.shape[1:]))
    missing = _missing(small.type.shape[1:], large.type.shape[1:])
    if missing is None or reaches(case.graph, small.source.id, large.source.id):
        return []
    borders = _borders(case, small.source, large.source)
    # The last alone, where a border of it is enough; else all of them, each as much as it takes away.
    for some in (borders[:1], borders):
        if sum(border - pad for _, pad, border in some) == missing and _can_be_set_together(some):
            return [_with_borders(some)]
    if borders and (wider := borders[0][1] + missing) and _may_pad(borders[0][0], wider):
        return [_with_borders([(borders[0][0], borders[0][1], wider)])]
    return []


def _borders(case: Case, node: Node, until: Node) -> list[tuple[Node, int, int]]:
    """Return the filters on a way, the last first, with the border each has and the one that keeps sizes."""
    found = []
    while node.id != until.id:
        spec = registry.spec_of(node, case.graph.blocks)
        if spec is not None and spec.argument("padding") is not None:
            values = spec.values(node.arguments)
            kernel, pad = values.get("kernel_size"), values["padding"]
            dilation = values.get("dilation", 1)
            if values.get("stride") != 1 or not isinstance(pad, int) or not isinstance(kernel, int):
                break
            reach = (kernel - 1) * (dilation if isinstance(dilation, int) else 1)
            if reach % 2 == 0 and reach // 2 != pad:
                found.append((node, pad, reach // 2))
        feeds = case.graph.inputs_of(node.id)
        if len(feeds) != 1:
            break
        node = case.graph.node(feeds[0].source)
    return found


def _may_pad(node: Node, padding: int) -> bool:
    """Say whether a layer takes a border: a pool's is at most half its window."""
    spec = registry.find(node.kind)
    if spec is None or spec.family != "pooling":
        return True
    kernel = spec.values(node.arguments).get("kernel_size")
    return isinstance(kernel, int) and padding <= kernel // 2


def _can_be_set_together(filters: Sequence[tuple[Node, int, int]]) -> bool:
    """Say whether one value does for filters of one level: a number, or the word that convolutions know."""
    alike = len({border for _, _, border in filters}) == 1
    levels = {node.id.rpartition("/")[0] for node, _, _ in filters}
    specs = [registry.find(node.kind) for node, _, _ in filters]
    words = all(spec is not None and spec.family == "convolution" for spec in specs)
    return len(levels) == 1 and (alike or words)


def _with_borders(filters: Sequence[tuple[Node, int, int]]) -> Fix:
    """Return the edit that gives filters their borders: one number, or ``same`` where they differ."""
    borders = {border for _, _, border in filters}
    value: Value = borders.pop() if len(borders) == 1 else "same"
    last, *others = reversed([node for node, _, _ in filters])
    label = f"Set padding of {listing([last.name, *(node.name for node in others)])} to {value}"
    ids = tuple(node.id for node in others)
    return Fix(label, "set", last.id, argument="padding", value=value, others=ids)


def _missing(sides: tuple[int, ...], wanted: tuple[int, ...]) -> int | None:
    """Return how much wider a border must be on every side; None if no border does it."""
    gaps = {goal - side for side, goal in zip(sides, wanted, strict=True)}
    gap = gaps.pop()
    return gap // 2 if not gaps and gap > 0 and gap % 2 == 0 else None


def _of_other_rank(case: Case, one: Wire, other: Wire, *, width: bool) -> tuple[Fix, ...]:
    """Return the edits where a row meets maps: one number for each channel, or everything as a row."""
    row, maps = sorted((one, other), key=lambda wire: len(wire.type.shape))
    if len(row.type.shape) != 1:
        return ()
    if width:
        size, sides = row.type.shape[0], len(maps.type.shape) - 1
        if size != maps.type.shape[0]:
            return ()
        shape = (size, *(1,) * sides)
        where = f' behind "{row.source.name}"'
        return (
            inserted(case, row, f"Insert Reshape {show(shape)}", layer("Reshape", shape=shape), where=where),
        )
    return to_row(case, maps)
