"""Where nodes stand after a change: room for what is added, and no gaps where something went.

Nodes move sidewards only, and only those that must: a person's own arrangement stays.
"""

from __future__ import annotations

from studio.catalog import registry
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node

LINE_HEIGHT = 48.0
"""Nodes whose tops differ by less stand in one line."""

CARD, WIDEST, GAP = 136.0, 208.0, 64.0
"""Of a usual card and the widest, and the air between cards, in canvas pixels at 100 %."""

_LETTER, _EDGES = 8.0, 28.0


def insert_after(level: Graph, node_id: str, new_id: str) -> Graph:
    """Return a level with a new node right of another, and the rest moved to the right where it must.

    Args:
        level: One level of a network, with the new node wired in and standing on the other.
        node_id: The node that the new one follows.
        new_id: The new node.
    """
    node = level.node(node_id)
    old = {other.id: other.x for other in level.ordered()}
    level = edits.move(level, {new_id: (node.x + _width(level, node) + GAP, node.y)})
    beside = min((other for other in _line(level, node) if old[other.id] > node.x), key=_left, default=None)
    # From left to right as they stood: what is moved never comes before what feeds it, so one pass will do.
    for place in sorted(level.ordered(), key=lambda other: (old[other.id], other.id)):
        target = level.node(place.id)
        feeds = [edge.source for edge in level.inputs_of(target.id)]
        if beside is not None and target.id == beside.id:
            feeds.append(new_id)
        pushing = [level.node(i) for i in feeds if old[i] < old[target.id] and level.node(i).x != old[i]]
        least = max((feed.x + _width(level, feed) + GAP for feed in pushing), default=target.x)
        if least > target.x:
            right = [other for other in _line(level, target) if old[other.id] > old[target.id]]
            level = _shifted(level, [target, *right], least - target.x)
    return level


def _left(node: Node) -> float:
    return node.x


def closed_up(before: Graph, after: Graph) -> Graph:
    """Return a level from which nodes went, with what stood right of them in their line moved up."""
    gone = sorted((node for node in before.ordered() if node.id not in after), key=lambda node: -node.x)
    for node in gone:
        right = [other for other in _line(before, node) if other.x > node.x]
        if right:
            kept = [after.node(other.id) for other in right if other.id in after]
            after = _shifted(after, kept, node.x - min(other.x for other in right))
    return after


def _shifted(level: Graph, nodes: list[Node], by: float) -> Graph:
    """Return a level with nodes moved sidewards, and with them the targets that only they read."""
    moved = {node.id: node for node in nodes}
    for node in level.ordered():
        read_by = {out.target for out in level.outputs_of(node.id)}
        if read_by and not level.inputs_of(node.id) and read_by <= set(moved) and not _is_first(level, node):
            moved.setdefault(node.id, node)
    return edits.move(level, {node.id: (node.x + by, node.y) for node in moved.values()})


def _is_first(level: Graph, node: Node) -> bool:
    """Say whether nothing stands left of a node."""
    return all(other.x >= node.x for other in level.ordered())


def _line(level: Graph, node: Node) -> list[Node]:
    """Return the nodes that stand in one line with a node, itself aside."""
    return [other for other in level.ordered() if abs(other.y - node.y) < LINE_HEIGHT and other.id != node.id]


def _width(level: Graph, node: Node) -> float:
    """Return about how wide a card is, by its words; in whole multiples of 8."""
    spec = registry.spec_of(node, level.blocks)
    count = 72.0 if spec is not None and spec.learns else 0.0
    text = registry.card_text(node, (), level.blocks)
    needed = max(_EDGES + _LETTER * len(node.name) + count, _EDGES + 7.0 * len(text), CARD)
    return min(-(-needed // 8) * 8, WIDEST)
