"""Where in the network a level is, for those who speak of it otherwise: paths, dotted names, expressions.

The engine speaks of a node inside a block by its path (``n5[0]/n3``) and of its module by a dotted name
(``layer1.0.conv1``). A level on show stands for the first of the blocks that lie there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.errors import GraphError
from studio.graph import levels
from studio.graph.block import FROZEN, MAX_REPEAT, REPEAT, Block, block_name
from studio.graph.expansion import ids_on
from studio.graph.expressions import Scope, evaluated
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.sizing import inner_scope

DEEPEST = 6
"""So many blocks at most show their insides in each other: one that contains itself would never end."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a level is called.

    Attributes:
        path: What stands before the paths of its nodes: ``n5[0]/n2/``.
        dotted: What stands before the dotted names of its nodes: ``layer1.0.conv.``.
        scope: What the names in its expressions stand for, in the first of its blocks.
        frozen: A block on the way is frozen, and so is all that is in it.
    """

    path: str
    dotted: str
    scope: Scope
    frozen: bool = False


OUTSIDE = Place("", "", {})


def place_of(design: Graph, level: Sequence[str]) -> Place:
    """Return what a level of a network is called.

    Raises:
        GraphError: The level leads nowhere.
    """
    graph, place = design, OUTSIDE
    for node_id in level:
        node = graph.node(node_id)
        block = design.block(block_name(node) or "")
        place, graph = inside_of(node, block, place), block.graph
    return place


def inside_of(node: Node, block: Block, place: Place) -> Place:
    """Return what the level inside a node is called, an instance of a block at a place."""
    node, _ = evaluated(node, place.scope)
    count = repeats(node.arguments.get(REPEAT))
    copy = ("", "") if count is None else ("[0]", ".0")
    return Place(
        f"{place.path}{node.id}{copy[0]}/",
        f"{place.dotted}{node.name}{copy[1]}.",
        inner_scope(block, node.arguments, 0, count or 1),
        place.frozen or node.arguments.get(FROZEN) is True,
    )


def level_words(design: Graph, level: Sequence[str]) -> str:
    """Return the way to a level in names: ``network › stage2 › conv``; as far as it leads, if it is gone."""
    words, graph = ["network"], design
    for node_id in level:
        node = graph.nodes.get(node_id)
        block = design.blocks.get(block_name(node) or "") if node is not None else None
        if node is None or block is None:
            break
        words.append(node.name)
        graph = block.graph
    return " › ".join(words)


def repeats(value: Value) -> int | None:
    """Return how many blocks a node stands for; None for one without a number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 1 <= value <= MAX_REPEAT else None


def node_shown(design: Graph, level: Sequence[str], path: str) -> str:
    """Return the node of a level that the node at a path is, or lies in; empty if it is elsewhere.

    What is said of one instance of a block holds for the definition, so it shows inside all of them.
    """
    if not path:
        return ""
    ids = ids_on(path)
    if not level:
        return ids[0]
    if len(ids) > len(level) and ids[: len(level)] == tuple(level):
        return ids[len(level)]
    shown = levels.block_at(design, level)
    for depth in range(1, len(ids)):
        try:
            if levels.block_at(design, ids[:depth]) is shown:
                return ids[depth]
        except GraphError:
            return ""
    return ""


def name_at(design: Graph, path: str) -> str:
    """Return the name of the node at a path, after those of the blocks it lies in: ``layer1.conv1``.

    Problems of a definition are said of all copies at once, so copies have no numbers here.
    """
    graph, names = design, []
    for node_id in ids_on(path) if path else ():
        node = graph.nodes.get(node_id)
        if node is None:
            return ""
        names.append(node.name)
        block = design.blocks.get(block_name(node) or "")
        graph = block.graph if block is not None else Graph()
    return ".".join(names)


def node_of_name(design: Graph, dotted: str) -> Node | None:
    """Return the node whose module has a dotted name; None if there is none.

    Of a row of equal blocks each is the block's node.
    """
    graph, parts = design, dotted.split(".")
    while parts:
        name = parts.pop(0)
        node = next((node for node in graph.nodes.values() if node.name == name), None)
        if node is None:
            return None
        block = design.blocks.get(block_name(node) or "")
        if block is not None and node.arguments.get(REPEAT) is not None and parts:
            parts.pop(0)
        if not parts:
            return node
        if block is None:
            return None
        graph = block.graph
    return None


def path_of_name(design: Graph, dotted: str) -> str:
    """Return the path of the node whose module has a dotted name; empty if there is none."""
    graph, path, parts = design, "", dotted.split(".")
    while parts:
        name = parts.pop(0)
        node = next((node for node in graph.nodes.values() if node.name == name), None)
        if node is None:
            return ""
        path += node.id
        block = design.blocks.get(block_name(node) or "")
        if not parts:
            return path
        if block is None:
            return ""
        if node.arguments.get(REPEAT) is not None:
            path += f"[{parts.pop(0)}]"
        path, graph = (f"{path}/", block.graph) if parts else (path, graph)
    return path
