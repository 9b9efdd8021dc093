"""What is switched off passes its first input on; where that has another shape, a person should know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from studio.catalog import registry
from studio.compiler.shapes import ShapeEngine, ShapeReport
from studio.compiler.types import TargetType, TensorType
from studio.graph.block import ENABLED
from studio.graph.expansion import Expansion, expand, ids_on
from studio.graph.graph import Graph
from studio.graph.levels import level
from studio.graph.node import Node, id_key
from studio.graph.problems import Fix, Problem


def bypass_problems(
    graph: Graph, expansion: Expansion, engine: ShapeEngine, target: TargetType | None
) -> list[Problem]:
    """Warn of what is switched off and is no identity for the shapes of the network.

    The shapes are those of the network with everything switched on, so that of a chain in which all is
    off only those are named that change the shape. What an expression switches off is left alone: a
    block that does so means it.

    Args:
        graph: The network.
        expansion: It, with its blocks opened.
        engine: Remembers what PyTorch said of the same layers while they were on.
        target: What the data set gives as truth, if known.
    """
    paths = [path for path in expansion.disabled if _drawn(graph, path).arguments.get(ENABLED) is False]
    if not paths:
        return []
    whole = expand(_all_on(graph), registry.signatures(graph))
    shapes = engine.infer(whole.graph, target, whole.order)
    return [problem for path in sorted(paths, key=id_key) for problem in _judged(graph, path, whole, shapes)]


def _judged(graph: Graph, path: str, whole: Expansion, shapes: ShapeReport) -> Iterator[Problem]:
    """Warn if what goes past a node is not what would come out of it."""
    node, spec = _drawn(graph, path), registry.spec_of(_drawn(graph, path), graph.blocks)
    came = _first_feed(graph, path, whole, shapes)
    gives = _type_of(path, spec.outputs[0].name, whole, shapes) if spec is not None and spec.outputs else None
    if came is None or gives is None or came.shape == gives.shape:
        return
    yield Problem(
        "warning",
        "bypass",
        f'"{node.name}" is switched off: {came} goes past it, and {gives} would come out of it.',
        path,
        argument=ENABLED,
        suggestion="What follows must do with that shape; only where the shapes are equal nothing is missed.",
        fixes=(Fix(f"Switch {node.name} on", "set", path, argument=ENABLED, value=True),),
    )


def _first_feed(graph: Graph, path: str, whole: Expansion, shapes: ShapeReport) -> TensorType | None:
    """Return the type at a node's first port that has a wire."""
    *outer, node_id = ids_on(path)
    inside = level(graph, outer)
    spec = registry.spec_of(inside.nodes[node_id], graph.blocks)
    for port in spec.inputs if spec is not None else ():
        for edge in inside.inputs_of(node_id, port.name):
            return _type_of(path[: -len(node_id)] + edge.source, edge.source_port, whole, shapes)
    return None


def _type_of(path: str, port: str, whole: Expansion, shapes: ShapeReport) -> TensorType | None:
    source = whole.source(path, port)
    return shapes.outputs.get(source) if source is not None else None


def _drawn(graph: Graph, path: str) -> Node:
    """Return the node at a path as a person drew it."""
    *outer, node_id = ids_on(path)
    return level(graph, outer).nodes[node_id]


def _all_on(graph: Graph) -> Graph:
    """Return a network with everything switched on that a person has switched off, inside blocks too."""
    blocks = graph.blocks.mutate()
    for name, block in graph.blocks.items():
        blocks[name] = replace(block, graph=_on(block.graph))
    return replace(_on(graph), blocks=blocks.finish())


def _on(graph: Graph) -> Graph:
    nodes = graph.nodes.mutate()
    for node in graph.nodes.values():
        if node.arguments.get(ENABLED) is False:
            nodes[node.id] = node.without_argument(ENABLED)
    return replace(graph, nodes=nodes.finish())
