"""Looking into blocks: from the outermost graph to a block inside it, and back with what changed there.

A *level* is the graph of one block, together with all definitions, so that every edit works on it as on
an outermost graph. It is found by the ids of the instances on the way: ``("n5", "n2")``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from immutables import Map

from studio.errors import GraphError
from studio.graph.block import Block, block_name
from studio.graph.definitions import is_recursive, used
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.wires import rewire, with_port


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
    new = replace(current, graph=inner)
    blocks = changed.blocks.set(block.name, new)
    if used(inner) - used(block.graph) and is_recursive(blocks, block.name):
        raise GraphError(f'The block "{block.name}" cannot contain itself. Put the instance outside it.')
    return follow_ports(replace(graph, blocks=blocks), block, new)


def follow_ports(graph: Graph, old: Block, new: Block) -> Graph:
    """Return the graph with the wires of a block's instances, at all levels, at the ports it has now.

    A wire stays with its port when that is renamed, and goes when it goes.
    """
    entries = _moves(old.inputs(), new.inputs())
    exits = _moves(old.outputs(), new.outputs())
    if not entries and not exits:
        return graph
    outer = _follow(graph, new.name, entries, exits)
    blocks = graph.blocks.mutate()
    for name, block in graph.blocks.items():
        inner = _follow(block.graph, new.name, entries, exits)
        if inner is not block.graph:
            blocks[name] = replace(block, graph=inner)
    return replace(outer, blocks=blocks.finish())


def _moves(old: Sequence[Node], new: Sequence[Node]) -> dict[str, str | None]:
    """Return the names of ports that changed, with what they are called now; None for one that is gone."""
    names = {node.id: node.name for node in new}
    changed = {node.name: names.get(node.id) for node in old}
    return {name: now for name, now in changed.items() if now != name}


def _follow(
    level: Graph, name: str, entries: Mapping[str, str | None], exits: Mapping[str, str | None]
) -> Graph:
    """Return a level with the wires of one block's instances at its ports of now."""
    gone: list[Edge] = []
    moved: list[Edge] = []
    own = {node.id for node in level.nodes.values() if block_name(node) == name}
    for edge in level.edges() if own else ():
        into = edge.target_port if edge.target not in own else entries.get(edge.target_port, edge.target_port)
        out = edge.source_port if edge.source not in own else exits.get(edge.source_port, edge.source_port)
        if (into, out) != (edge.target_port, edge.source_port):
            gone.append(edge)
            if into is not None and out is not None:
                moved.append(replace(edge, source_port=out, target_port=into))
    level = rewire(level, gone, moved)
    for edge in gone:
        level = with_port(
            level, edge.target, edge.target_port, level.inputs_of(edge.target, edge.target_port)
        )
    return level


def edit_level(graph: Graph, path: Sequence[str], change: Callable[[Graph], Graph]) -> Graph:
    """Return the outermost graph with an edit made at a level."""
    return put_level(graph, path, change(level(graph, path)))


def name_at(graph: Graph, path: str) -> str:
    """Return the dotted name of the node at a path of the flat graph; empty if there is none.

    Copies of a row keep their numbers: ``n5[2]/n3`` → ``layer1.2.conv1``.
    """
    names = []
    level: Graph | None = graph
    for part in path.split("/"):
        node_id, _, copy = part.partition("[")
        node = level.nodes.get(node_id) if level is not None else None
        if node is None:
            return ""
        names.append(f"{node.name}.{copy.rstrip(']')}" if copy else node.name)
        block = graph.blocks.get(block_name(node) or "")
        level = block.graph if block is not None else None
    return ".".join(names)
