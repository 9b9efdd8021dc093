"""Blocks that show their insides in place, or fold them: what that does to the cards around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from immutables import Map
from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.cards import Card
from studio.app.canvas.making_way import made_way
from studio.app.canvas.scene import Scene
from studio.app.place import Place, inside_of
from studio.app.theme.measures import GRID
from studio.graph import edits, levels
from studio.graph.block import block_name
from studio.graph.graph import Graph
from studio.graph.node import Node

Sizes = Mapping[str, tuple[float, float]]
"""Width and height of cards by node id."""


class Expanding:
    """Shows or folds blocks of a level, and of what is inside its blocks.

    Args:
        scene: The level on show, with its pictures: they make cards larger.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def done(self, graph: Graph, paths: Iterable[Sequence[str]], *, on: bool) -> Graph:
        """Return the level with blocks shown in place, or folded; at every level above cards make way.

        Args:
            paths: Ids that lead to each block: its own, or before it those of the blocks that show it.
            on: Whether to show what is inside.
        """
        sizes = {node_id: self._scene.size(node_id) for node_id in graph.nodes}
        for path in paths:
            graph = self._with(graph, sizes, path, self._scene.place, on=on)
            sizes[path[0]] = self._card(graph, path[0], self._scene.place).size()
        return graph

    def _with(self, graph: Graph, sizes: Sizes, path: Sequence[str], place: Place, *, on: bool) -> Graph:
        first, *rest = path
        node = graph.node(first)
        if rest:
            inside = levels.level(graph, [first])
            within = inside_of(node, graph.block(block_name(node) or ""), place)
            scene = self._scene.another()
            scene.show(inside, within)
            inner = {node_id: scene.size(node_id) for node_id in inside.nodes}
            changed = levels.put_level(graph, [first], self._with(inside, inner, rest, within, on=on))
        else:
            changed = edits.set_look(graph, [first], expanded=on, collapsed=False)
        old, new = self._card(graph, first, place), self._card(changed, first, place)
        left, top = kept_level(node, old, new)
        boxes = {one.id: (one.x, one.y, *sizes[one.id]) for one in graph.nodes.values()}
        way = made_way(boxes, first, QRectF(left, top, *new.size()))
        return edits.move(changed, {**way, first: (left, top)})

    def _card(self, graph: Graph, node_id: str, place: Place) -> Card:
        """Return one node's card in a graph that is not on show, as it is without wires."""
        alone = replace(graph, nodes=Map({node_id: graph.node(node_id)}), incoming=Map(), outgoing=Map())
        scene = self._scene.another()
        scene.show(replace(alone, marks=Map(), bends=Map()), place)
        return scene.cards[node_id]


def kept_level(node: Node, old: Card, new: Card) -> tuple[float, float]:
    """Return where a node goes so that its first port stays where it was, as near as the grid allows."""
    way = _first_port(old) - _first_port(new)
    return node.x + round(way.x() / GRID) * GRID, node.y + round(way.y() / GRID) * GRID


def _first_port(card: Card) -> QPointF:
    """Return where on the card its first port is; how far along its side alone counts."""
    along = (card.offsets("input") or card.offsets("output") or (0.0,))[0]
    return QPointF(along, 0.0) if card.down else QPointF(0.0, along)
