"""How far a network sees, and how deep it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.shapes import ShapeReport
from studio.compiler.types import TensorType
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

_WEIGHTED = ("convolution", "linear")
"""Families whose layers count towards the depth, as papers count: VGG-16 has 16 of them."""

_Sight: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Receptive field, and distance between neighbours, along each dimension of the maps."""

_LOCAL = ("activation", "normalization", "regularization", "merge")
"""Families whose layers look at no more than their inputs did (normalization statistics left aside)."""


def depth(flat: Graph, order: Sequence[str]) -> int:
    """Return how many convolutions and linear layers with weights lie on the longest way.

    Lookup tables and recurrent layers do not count.

    Args:
        flat: The network, with its blocks opened.
        order: Its nodes in topological order.
    """
    longest: dict[str, int] = {}
    for node_id in order:
        spec = registry.signature(flat.nodes[node_id])
        counts = (
            spec is not None and spec.family in _WEIGHTED and spec.learns and "Embedding" not in spec.kind
        )
        before = (longest[edge.source] for edge in flat.inputs_of(node_id))
        longest[node_id] = max(before, default=0) + counts
    return max(longest.values(), default=0)


def receptive_fields(flat: Graph, shapes: ShapeReport, order: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the receptive field of the nodes that have a local one, by id.

    A window of k sees (k − 1) · d · j more than its input does, where d is its dilation and j how far
    apart the input's neighbours lie; strides multiply j (Araujo et al. 2019). Where branches meet, the
    largest field counts.
    """
    seen: dict[str, _Sight] = {}
    for node_id in order:
        node = flat.nodes[node_id]
        spec = registry.signature(node)
        found = _sight(flat, node, spec, shapes, seen) if spec is not None else None
        if found is not None:
            seen[node_id] = found
    return {node_id: field for node_id, (field, _) in seen.items()}


def _sight(
    flat: Graph, node: Node, spec: LayerSpec, shapes: ShapeReport, seen: dict[str, _Sight]
) -> _Sight | None:
    """Return how far a node's output sees; None where it sees everything, or that is not known."""
    if spec.role == "input":
        kind = shapes.outputs.get((node.id, spec.outputs[0].name))
        extent = _extent(kind)
        return ((1,) * extent, (1,) * extent) if extent else None
    inputs = [seen.get(edge.source) for edge in flat.inputs_of(node.id)]
    known = [one for one in inputs if one is not None]
    if not known or len(known) < len(inputs) or len({len(field) for field, _ in known}) > 1:
        return None
    field = tuple(max(sizes) for sizes in zip(*(field for field, _ in known), strict=True))
    jump = known[0][1]
    if spec.family in _LOCAL:
        return field, jump
    if spec.argument("kernel_size") is None or "Transpose" in spec.kind:
        return None
    return _through_window(spec.values(node.arguments), field, jump)


def _extent(kind: TensorType | None) -> int:
    """Return how many dimensions of an input are places: 2 of an image, 1 of a signal, 0 of a row."""
    return max(len(kind.shape) - 1, 0) if kind is not None and kind.dtype == "float32" else 0


def _through_window(values: dict[str, Value], field: tuple[int, ...], jump: tuple[int, ...]) -> _Sight | None:
    """Return how far a convolution or pool sees on top of what its input sees."""
    sizes = _each(values["kernel_size"], len(field))
    strides = _each(values.get("stride"), len(field)) or sizes
    dilations = _each(values.get("dilation", 1), len(field))
    if sizes is None or strides is None or dilations is None:
        return None
    return (
        tuple(f + (k - 1) * d * j for f, k, d, j in zip(field, sizes, dilations, jump, strict=True)),
        tuple(j * s for j, s in zip(jump, strides, strict=True)),
    )


def _each(value: Value, count: int) -> tuple[int, ...] | None:
    """Return a size along each dimension, or None if it is not given so."""
    if isinstance(value, int):
        return (value,) * count
    sizes = tuple(item for item in value if isinstance(item, int)) if isinstance(value, tuple) else ()
    return sizes if len(sizes) == count else None
