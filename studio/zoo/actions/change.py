"""What an action on a whole network gives back, and how it goes through all levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from immutables import Map

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.graph.block import Block, block_name
from studio.graph.definitions import everywhere, put_block, reach, used
from studio.graph.expansion import Expansion, expand, ids_on
from studio.graph.expressions import is_expression, names_in
from studio.graph.graph import Graph
from studio.graph.node import Node


@dataclass(frozen=True)
class Change:
    """A network after an action.

    Attributes:
        graph: The new network; the old one, if nothing was to be changed.
        text: What was done, with counts, as a sentence.
        count: How many nodes, over all levels, were changed.
    """

    graph: Graph
    text: str
    count: int


Edit = Callable[[Graph, "str"], Graph]
"""From a level, which has all definitions, and its block's name (empty for the outermost) to the level."""


def each_level(graph: Graph, edit: Edit) -> Graph:
    """Return the graph with an edit made at the outermost level and inside every block that it uses.

    Ports stay as they are, so instances need not follow.
    """
    for name in sorted(reach(graph.blocks, used(graph)) & set(graph.blocks)):
        block = graph.blocks[name]
        inner = edit(replace(block.graph, blocks=graph.blocks), name)
        if inner.nodes is not block.graph.nodes or inner.incoming is not block.graph.incoming:
            graph = put_block(graph, replace(block, graph=replace(inner, blocks=Map())))
    return edit(graph, "")


def opened(graph: Graph) -> Expansion:
    """Return a graph with its blocks opened."""
    return expand(graph, registry.signatures(graph))


def home(graph: Graph, path: str) -> tuple[str, str]:
    """Return the block that a path of the opened graph ends in (empty for none) and the node's id there."""
    *outer, node_id = ids_on(path)
    level, name = graph, ""
    for instance in outer:
        name = block_name(level.nodes[instance]) or ""
        level = graph.blocks[name].graph
    return name, node_id


def homes(graph: Graph, paths: Iterable[str]) -> set[tuple[str, str]]:
    """Return where the layers of the opened graph are drawn, each once."""
    return {home(graph, path) for path in paths}


def spec_of(graph: Graph, node: Node) -> LayerSpec | None:
    """Return a node's spec."""
    return registry.spec_of(node, graph.blocks)


def feeds(level: Graph, node_id: str) -> list[Node]:
    """Return the nodes that feed a node, each once."""
    return [level.node(source) for source in dict.fromkeys(edge.source for edge in level.inputs_of(node_id))]


def fed(level: Graph, node_id: str) -> list[Node]:
    """Return the nodes that a node feeds, each once."""
    return [level.node(target) for target in dict.fromkeys(edge.target for edge in level.outputs_of(node_id))]


def upstream(level: Graph, node_id: str) -> set[str]:
    """Return a node and all that leads to it."""
    seen, stack = {node_id}, [node_id]
    while stack:
        for edge in level.inputs_of(stack.pop()):
            if edge.source not in seen:
                seen.add(edge.source)
                stack.append(edge.source)
    return seen


def tidied(before: Graph, after: Graph) -> Graph:
    """Return a changed graph without what nothing uses any more: arguments of blocks, and definitions.

    What nothing used before is left alone.
    """
    while (cleaned := _without_arguments(before, after)) is not after:
        after = cleaned
    lost = reach(before.blocks, used(before)) - reach(after.blocks, used(after))
    blocks = after.blocks.mutate()
    for name in lost & set(after.blocks):
        del blocks[name]
    return replace(after, blocks=blocks.finish())


def _without_arguments(before: Graph, after: Graph) -> Graph:
    """Return the graph without arguments of blocks that expressions stopped to use."""
    dropped: dict[str, set[str]] = {}
    blocks = after.blocks.mutate()
    for name, block in after.blocks.items():
        old = before.blocks.get(name)
        gone = set(_used_names(old)) - set(_used_names(block)) if old is not None else set()
        gone &= {argument.name for argument in block.arguments}
        if gone:
            dropped[name] = gone
            kept = tuple(argument for argument in block.arguments if argument.name not in gone)
            blocks[name] = replace(block, arguments=kept)
    if not dropped:
        return after
    return everywhere(
        replace(after, blocks=blocks.finish()),
        lambda node: _without(node, dropped.get(block_name(node) or "", set())),
    )


def _used_names(block: Block) -> Iterator[str]:
    for node in block.graph.nodes.values():
        for value in node.arguments.values():
            if is_expression(value):
                yield from names_in(str(value))


def _without(node: Node, names: Iterable[str]) -> Node:
    for name in names:
        node = node.without_argument(name)
    return node


def counted(count: int, one: str, several: str = "") -> str:
    """Return a count with its word: ``1 layer``, ``3 layers``."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
