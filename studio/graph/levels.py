"""Looking into blocks: from the outermost graph to a block inside it, and back with what changed there.

A *level* is the graph of one block, together with all definitions, so that every edit works on it as on
an outermost graph. It is found by the ids of the instances on the way: ``("n5", "n2")``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from immutables import Map

from studio.errors import GraphError
from studio.graph.block import Block, block_name
from studio.graph.graph import Graph


def block_at(graph: Graph, path: Sequence[str]) -> Block | None:
    """Return the block that the instances on a path lead into; None for an empty path.

    Raises:
        GraphError: The path leads through something that is no block, or is gone.
    """
    block: Block | None = None
    level = graph
    for node_id in path:
        node = level.node(node_id)
        name = block_name(node)
        if name is None:
            raise GraphError(f'"{node.name}" is a layer: there is nothing inside.', node_id=node_id)
        block = graph.block(name)
        level = block.graph
    return block


def is_open(graph: Graph, path: Sequence[str]) -> bool:
    """Say whether a path still leads into a block."""
    try:
        block_at(graph, path)
    except GraphError:
        return False
    return True


def level(graph: Graph, path: Sequence[str]) -> Graph:
    """Return the graph at the end of a path, with all definitions; the graph itself for an empty path.

    Raises:
        GraphError: The path leads nowhere.
    """
    block = block_at(graph, path)
    return graph if block is None else replace(block.graph, blocks=graph.blocks)


def put_level(graph: Graph, path: Sequence[str], changed: Graph) -> Graph:
    """Return the outermost graph with a level exchanged: all instances of the block follow.

    Raises:
        GraphError: The path leads nowhere.
    """
    block = block_at(graph, path)
    if block is None:
        return changed
    # The definitions may have changed with it: grouping inside a block makes a new one.
    inner = replace(changed, blocks=Map())
    current = changed.blocks.get(block.name, block)
    if current.graph == inner and changed.blocks == graph.blocks:
        return graph
    return replace(graph, blocks=changed.blocks.set(block.name, replace(current, graph=inner)))


def edit_level(graph: Graph, path: Sequence[str], change: Callable[[Graph], Graph]) -> Graph:
    """Return the outermost graph with an edit made at a level."""
    return put_level(graph, path, change(level(graph, path)))
