"""Making the network's input fit the data set: a pure edit."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.project.matching import inputs_of

KINDS = {
    ("float32", 1): "VectorInput",
    ("float32", 2): "SequenceInput",
    ("float32", 3): "ImageInput",
    ("float32", 4): "VolumeInput",
    ("int64", 0): "IndexInput",
    ("int64", 1): "TokenInput",
}
"""Which input takes samples of a dtype with so many dimensions; a TensorInput takes all others."""

SAME_RANK = {"SequenceInput": ("SignalInput",)}
"""Inputs that stay, because they take samples with as many dimensions."""


def input_for(shape: tuple[int, ...], dtype: str = "float32", kept: str = "") -> tuple[str, dict[str, Value]]:
    """Return the kind and the arguments of the input that takes samples of a shape.

    Args:
        shape: Of one sample.
        dtype: ``float32``, or ``int64`` for whole numbers.
        kept: The kind of input there is; it stays where it can take such samples.

    Raises:
        GraphError: No input takes such samples.
    """
    if not shape and dtype != "int64":
        raise GraphError("No input takes single measurements; give the samples a shape of 1.")
    kind = KINDS.get((dtype, len(shape)), "TensorInput")
    if kind == "SequenceInput" and shape[0] == 1 and kept != kind:
        kind = "SignalInput"  # one channel: a sequence of one step is none
    if kept in SAME_RANK.get(kind, ()) or (kept == "TensorInput" and shape):
        kind = kept
    if kind == "TensorInput":
        return kind, {"shape": shape, "dtype": dtype}
    sizes = [argument.name for argument in registry.get(kind).arguments]
    return kind, dict(zip(sizes, shape, strict=True))


def matches(graph: Graph, shape: tuple[int, ...], dtype: str = "float32") -> bool:
    """Say whether every input of the network takes samples of a shape."""
    return match_inputs(graph, shape, dtype) == graph


def match_inputs(graph: Graph, shape: tuple[int, ...], dtype: str = "float32") -> Graph:
    """Return the graph with its inputs set to samples of a shape: (C, H, W) for images, (E,) for rows.

    An input of another kind becomes one of the right kind; its name, place and wires stay.

    Raises:
        GraphError: The network has no input, or none takes such samples.
    """
    nodes = inputs_of(graph)
    if not nodes:
        raise GraphError("The network has no input. Drag one from the library onto the canvas first.")
    for node in nodes:
        kind, arguments = input_for(shape, dtype, node.kind)
        spec = registry.get(kind)
        if node.kind == kind and spec.values(node.arguments) == spec.values(arguments):
            continue
        kept = node.arguments if node.kind == kind else Map[str, Value]()
        graph = edits.replace_node(graph, replace(node, kind=kind, arguments=kept.update(arguments)))
    return graph
