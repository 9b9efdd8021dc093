"""Definitions of blocks: which contain which, and edits that all levels of a design follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from studio.errors import GraphError, nearest
from studio.graph.block import MAX_REPEAT, PREFIX, REPEAT, Block, block_name, why_not_block_name
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Node, Value


def used(graph: Graph) -> set[str]:
    """Return the names of the blocks that a level has instances of."""
    return {name for node in graph.nodes.values() if (name := block_name(node)) is not None}


def reach(blocks: Mapping[str, Block], names: Iterable[str]) -> set[str]:
    """Return some blocks and all that they contain, to any depth; those without a definition too."""
    seen: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            block = blocks.get(name)
            stack += used(block.graph) if block is not None else ()
    return seen


def is_recursive(blocks: Mapping[str, Block], name: str) -> bool:
    """Say whether a block contains itself, directly or through others."""
    block = blocks.get(name)
    return block is not None and name in reach(blocks, used(block.graph))


def carried(graph: Graph, nodes: Iterable[Node]) -> list[Block]:
    """Return the definitions that some nodes need to mean anything elsewhere."""
    names = (name for node in nodes if (name := block_name(node)) is not None)
    return [graph.blocks[name] for name in sorted(reach(graph.blocks, names)) if name in graph.blocks]


def put_block(graph: Graph, block: Block) -> Graph:
    """Return the graph with a definition added, or exchanged for the one of the same name."""
    return replace(graph, blocks=graph.blocks.set(block.name, block))


def everywhere(graph: Graph, change: Callable[[Node], Node]) -> Graph:
    """Return the graph with all nodes of all levels passed through a function that keeps their ids."""
    outer = _changed(graph, change)
    blocks = graph.blocks.mutate()
    for name, block in graph.blocks.items():
        inner = _changed(block.graph, change)
        if inner is not block.graph:
            blocks[name] = replace(block, graph=inner)
    return replace(outer, blocks=blocks.finish())


def _changed(level: Graph, change: Callable[[Node], Node]) -> Graph:
    changed = [new for node in level.nodes.values() if (new := change(node)) is not node]
    return with_nodes(level, changed)


def with_nodes(level: Graph, changed: Iterable[Node]) -> Graph:
    """Return a level with some nodes exchanged for those of the same ids; the level itself for none."""
    nodes = {node.id: node for node in changed}
    return replace(level, nodes=level.nodes.update(nodes)) if nodes else level


def instances(graph: Graph, name: str) -> list[Node]:
    """Return the nodes of all levels that are instances of a block."""
    levels = [graph, *(graph.blocks[other].graph for other in sorted(graph.blocks))]
    return [node for level in levels for node in level.ordered() if block_name(node) == name]


def free_block_name(graph: Graph, wanted: str) -> str:
    """Return a name that no definition has: `wanted`, or with the next free number."""
    name, number = wanted, 1
    taken = _taken(graph)
    while name in taken:
        number += 1
        name = f"{_stem(wanted)[: 64 - len(str(number))]}{number}"
    return name


def _taken(graph: Graph) -> set[str]:
    """Return the names of all blocks, and of those that are missing but have instances.

    A new block under such a name would be taken for the missing one, and could so come to contain itself.
    """
    return {*graph.blocks, *used(graph)}.union(*(used(block.graph) for block in graph.blocks.values()))


def _stem(name: str) -> str:
    """Return a name without the number at its end, unless a number is all it is."""
    return name.rstrip("0123456789") or name


def check_new_name(graph: Graph, name: str) -> None:
    """Refuse what cannot be the name of one more block.

    Raises:
        GraphError: No block can be called that, or one is.
    """
    reason = why_not_block_name(name)
    if reason is not None:
        raise GraphError(f'"{name}" {reason}.')
    if name in _taken(graph):
        raise GraphError(f'There is a block "{name}" already. Choose another name.')


def rename_block(graph: Graph, old: str, new: str) -> Graph:
    """Return the graph with a block called something else; all its instances follow.

    Raises:
        GraphError: There is no such block, or the name cannot be had.
    """
    block = graph.block(old)
    if new == old:
        return graph
    check_new_name(graph, new)
    blocks = graph.blocks.delete(old).set(new, replace(block, name=new))
    renamed = {old: new}
    return everywhere(replace(graph, blocks=blocks), lambda node: with_kind(node, renamed))


def with_kind(node: Node, names: Mapping[str, str]) -> Node:
    """Return an instance as one of the block that its own is now called; another node as it is."""
    name = block_name(node)
    new = names.get(name, name) if name is not None else None
    return node if new == name else replace(node, kind=f"{PREFIX}{new}")


def remove_unused(graph: Graph) -> Graph:
    """Return the graph without the definitions that the network does not use."""
    kept = reach(graph.blocks, used(graph))
    blocks = graph.blocks.mutate()
    for name in graph.blocks:
        if name not in kept:
            del blocks[name]
    return replace(graph, blocks=blocks.finish())


def make_unique(graph: Graph, node_id: str) -> Graph:
    """Return the graph with an instance linked to a copy of its block, under a free name.

    Raises:
        GraphError: The node is no block, or its definition is missing.
    """
    node = graph.node(node_id)
    block = definition_of(graph, node)
    name = free_block_name(graph, block.name)
    graph = put_block(graph, replace(block, name=name))
    return replace(graph, nodes=graph.nodes.set(node_id, replace(node, kind=f"{PREFIX}{name}")))


def definition_of(graph: Graph, node: Node) -> Block:
    """Return the definition that a node is an instance of.

    Raises:
        GraphError: It is a layer, or the definition is missing.
    """
    name = block_name(node)
    if name is None:
        raise GraphError(f'"{node.name}" is a layer, not a block.', node_id=node.id)
    return graph.block(name)


def set_repeat(graph: Graph, node_id: str, repeat: int | str | None) -> Graph:
    """Return the graph with an instance standing for a row of blocks, each feeding the next.

    Args:
        graph: A level.
        node_id: The instance.
        repeat: How many; None for one that is not numbered; inside a block also an expression.

    Raises:
        GraphError: The node is no block, it has nothing to hand on, or the number cannot be.
    """
    node = graph.node(node_id)
    block = definition_of(graph, node)
    value: Value = repeat
    if value is None:
        return replace(graph, nodes=graph.nodes.set(node_id, node.without_argument(REPEAT)))
    is_count = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_REPEAT
    if not is_count and not is_expression(value):
        raise GraphError(
            f'"{node.name}" cannot be repeated {value!r} times: '
            f"the count must be a whole number from 1 to {MAX_REPEAT:,}.",
            node_id=node_id,
            argument=REPEAT,
        )
    if value != 1 and not (block.inputs() and block.outputs()):
        raise GraphError(
            f'"{node.name}" cannot be repeated: the block "{block.name}" needs an input and an output, '
            "so that each can feed the next.",
            node_id=node_id,
            argument=REPEAT,
        )
    return replace(graph, nodes=graph.nodes.set(node_id, node.with_argument(REPEAT, value)))


def import_blocks(graph: Graph, other: Graph, names: Iterable[str]) -> tuple[Graph, dict[str, str]]:
    """Return the graph with blocks of another design, and all that they contain.

    A block that this design has already, equal in all it contains, is shared; a different one of the
    same name comes in under a free name.

    Args:
        graph: The design, or a level of it.
        other: Where the blocks are defined.
        names: Which of them.

    Returns:
        The graph, and by the name that each block had there the name it has here.

    Raises:
        GraphError: A block is not defined there, or contains itself.
    """
    wanted = list(names)
    for name in wanted:
        if name not in other.blocks:
            raise GraphError(f'There is no block "{name}"{nearest(name, other.blocks) or "."}')
    found: dict[str, str] = {}
    for name in _innermost_first(other, wanted):
        graph, found[name] = _import_one(graph, other.blocks[name], found)
    return graph, found


def _innermost_first(other: Graph, names: list[str]) -> list[str]:
    """Return blocks and what they contain, each after all that it contains."""
    waiting = {
        name: used(other.blocks[name].graph).intersection(other.blocks)
        for name in sorted(reach(other.blocks, names))
        if name in other.blocks
    }
    found: list[str] = []
    while waiting:
        ready = [name for name, inner in waiting.items() if not inner]
        if not ready:
            raise GraphError(f'The block "{min(waiting)}" contains itself, and cannot be taken over.')
        for name in ready:
            del waiting[name]
        found += ready
        for inner in waiting.values():
            inner.difference_update(ready)
    return found


def _import_one(graph: Graph, block: Block, found: Mapping[str, str]) -> tuple[Graph, str]:
    """Return the graph with one block, whose inner blocks are there already, and its name."""
    inner = _changed(block.graph, lambda node: with_kind(node, found))
    block = replace(block, graph=inner)
    if block.name not in graph.blocks:
        graph = put_block(graph, block)
        if is_recursive(graph.blocks, block.name):
            raise GraphError(f'The block "{block.name}" would contain itself here, and cannot be taken over.')
        return graph, block.name
    # A copy that came under another name before is the same block.
    copies = re.compile(re.escape(_stem(block.name)) + "[0-9]+")
    for name in (block.name, *sorted(filter(copies.fullmatch, graph.blocks))):
        if graph.blocks[name] == replace(block, name=name):
            return graph, name
    name = free_block_name(graph, block.name)
    return put_block(graph, replace(block, name=name)), name
