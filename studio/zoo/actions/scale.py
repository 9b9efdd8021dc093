"""Making a network wider or deeper by a factor."""

from __future__ import annotations

from fractions import Fraction

from studio.catalog import registry
from studio.errors import ZooError
from studio.graph.block import MAX_REPEAT, REPEAT
from studio.graph.definitions import with_nodes
from studio.graph.expansion import Expansion
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.zoo.actions.change import Change, counted, each_level, homes, opened

WIDTHS = ("out_channels", "out_features", "hidden_size")
"""Arguments that say how many features a layer gives."""

_READ_OFF = ("in_channels", "in_features", "num_features", "input_size")
"""Arguments that follow the layer before; where they were written down, they are left to the compiler."""

MAX_FACTOR = 64.0


def multiply_width(graph: Graph, factor: float) -> Change:
    """Multiply the features of every hidden layer by a factor; what the network gives stays.

    Rounded down, at least 1, and to whole groups of a grouped convolution; a depthwise one keeps one
    channel a group. Where a block works out a width, the factor goes into its expression.

    Raises:
        ZooError: The factor is not a number from 1/64 to 64.
    """
    times = _fraction(factor)
    expansion = opened(graph)
    last = homes(graph, _last(expansion))
    count = 0

    def edit(level: Graph, block: str) -> Graph:
        nonlocal count
        changed = []
        for node in level.nodes.values():
            is_hidden = (block, node.id) not in last
            changed.append(_wider(node, times) if is_hidden else _following(node))
            count += is_hidden and _width(node) is not None
        return with_nodes(level, changed)

    graph = each_level(graph, edit)
    return Change(graph, f"Multiplied the width of {counted(count, 'layer')} by {factor:g}.", count)


def _fraction(factor: float) -> Fraction:
    if not 1 / MAX_FACTOR <= factor <= MAX_FACTOR:
        raise ZooError(f"A factor must be a number from 1/{MAX_FACTOR:g} to {MAX_FACTOR:g}, not {factor}.")
    return Fraction(factor).limit_denominator(1000)


def _last(expansion: Expansion) -> set[str]:
    """Return the layers that decide how many features the network gives: none comes after them."""
    flat = expansion.graph
    ends = [node.id for node in flat.nodes.values() if not _computed_after(flat, node)]
    seen, found, stack = set(ends), set(), list(ends)
    while stack:
        node = flat.node(stack.pop())
        if _width(node) is not None:
            found.add(node.id)
            continue
        for edge in flat.inputs_of(node.id):
            if edge.source not in seen:
                seen.add(edge.source)
                stack.append(edge.source)
    return found


def _computed_after(flat: Graph, node: Node) -> bool:
    """Say whether a node feeds a layer, and not only losses and outputs."""
    specs = [registry.find(flat.node(edge.target).kind) for edge in flat.outputs_of(node.id)]
    return any(spec is None or spec.role == "layer" for spec in specs)


def _width(node: Node) -> str | None:
    """Return the argument that says how many features a layer gives; None if it has none."""
    spec = registry.find(node.kind)
    if spec is None or spec.role != "layer":
        return None
    return next((name for name in WIDTHS if spec.argument(name) is not None), None)


def _following(node: Node) -> Node:
    """Return a node that reads off the layer before what it had written down."""
    spec = registry.find(node.kind)
    for name in _READ_OFF:
        if spec is not None and spec.is_inferred(name):
            node = node.without_argument(name)
    return node


def _wider(node: Node, times: Fraction) -> Node:
    name = _width(node)
    node = _following(node)
    spec = registry.find(node.kind)
    if name is None or spec is None:
        return node
    values = spec.values(node.arguments)
    groups = values.get("groups", 1)
    if groups != 1 and groups == values[name]:
        node = node.with_argument("groups", _times(groups, times))
        groups = 1
    return node.with_argument(name, _times(values[name], times, groups))


def _times(value: Value, times: Fraction, groups: Value = 1) -> Value:
    """Return a width multiplied: a number in whole groups, or an expression around the one there is."""
    if isinstance(value, int) and isinstance(groups, int):
        return max(value * times.numerator // times.denominator // groups, 1) * groups
    text = f"({str(value).removeprefix('=').strip()})" if is_expression(value) else f"{value}"
    scaled = f"{text} * {times.numerator}"
    if times.denominator != 1:
        scaled += f" // {times.denominator}"
    if groups != 1:
        unit = f"({str(groups).removeprefix('=').strip()})"
        return f"={scaled} // {unit} * {unit}"
    # An expression has no max(); a width of 0 becomes 1.
    return f"={scaled}" if times >= 1 else f"={scaled} or 1"


def multiply_depth(graph: Graph, factor: float) -> Change:
    """Multiply the length of every row of repeated blocks by a factor, rounded, at least 1.

    Raises:
        ZooError: The factor is not a number from 1/64 to 64, or nothing is repeated.
    """
    times = _fraction(factor)
    count = 0

    def edit(level: Graph, _: str) -> Graph:
        nonlocal count
        rows = [node for node in level.nodes.values() if node.arguments.get(REPEAT) is not None]
        count += len(rows)
        return with_nodes(
            level, (row.with_argument(REPEAT, _longer(row.arguments[REPEAT], times)) for row in rows)
        )

    graph = each_level(graph, edit)
    if not count:
        raise ZooError("Nothing in this network is repeated. Make a block of some layers and repeat it.")
    return Change(graph, f"Multiplied the length of {counted(count, 'row')} of blocks by {factor:g}.", count)


def _longer(repeat: Value, times: Fraction) -> Value:
    if isinstance(repeat, int):
        return min(max(round(repeat * times), 1), MAX_REPEAT)
    return _times(repeat, times)
