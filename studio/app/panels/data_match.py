"""Making the network's input fit the data set: a pure edit."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node, Value


def input_nodes(graph: Graph) -> list[Node]:
    """Return the nodes at which data enters, in the order of their ids."""
    return [node for node in graph.ordered() if (spec := registry.find(node.kind)) and spec.role == "input"]


def input_for(shape: tuple[int, ...]) -> tuple[str, dict[str, Value]]:
    """Return the kind and the arguments of the input that takes samples of a shape.

    Raises:
        GraphError: No input takes such samples.
    """
    if len(shape) == 3:
        return "ImageInput", dict(zip(("channels", "height", "width"), shape, strict=True))
    if len(shape) == 1:
        return "VectorInput", {"features": shape[0]}
    raise GraphError(f"No input takes samples with {len(shape)} dimensions; there are Image and Vector.")


def matches(graph: Graph, shape: tuple[int, ...]) -> bool:
    """Say whether every input of the network takes samples of a shape."""
    return match_inputs(graph, shape) == graph


def match_inputs(graph: Graph, shape: tuple[int, ...]) -> Graph:
    """Return the graph with its inputs set to samples of a shape: (C, H, W) for images, (E,) for rows.

    An input of the other kind becomes one of the right kind; its name, place and wires stay.

    Raises:
        GraphError: The network has no input, or none takes such samples.
    """
    kind, arguments = input_for(shape)
    nodes = input_nodes(graph)
    if not nodes:
        raise GraphError("The network has no input. Drag one from the library onto the canvas first.")
    for node in nodes:
        spec = registry.get(kind)
        if node.kind == kind and spec.values(node.arguments) == spec.values(arguments):
            continue
        kept = node.arguments if node.kind == kind else Map[str, Value]()
        graph = edits.replace_node(graph, replace(node, kind=kind, arguments=kept.update(arguments)))
    return graph
