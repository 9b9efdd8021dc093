"""How large cards are at a level that is perhaps not on show."""

from __future__ import annotations

from studio.app.canvas.cards import card_of
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.pushing import SizeOf


def measured(graph: Graph) -> SizeOf:
    """Return a function that measures the cards of a level by their words, before facts are known."""

    def size_of(node: Node) -> tuple[float, float]:
        return card_of(node, graph, None, None, None, None).size()

    return size_of
