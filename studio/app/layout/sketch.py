"""What an arrangement starts from, and its half-way form: layers of nodes with their levels.

All of it speaks of a network that runs to the right. One that runs down is turned before, and its places
are turned back after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from studio.app.theme.measures import CARD_HEIGHT as HEIGHT
from studio.app.theme.measures import MIN_WIDTH, PORT_LINE
from studio.graph.graph import Graph
from studio.graph.node import Edge

Size: TypeAlias = tuple[float, float]
Places: TypeAlias = dict[str, tuple[float, float]]
"""Top left corners by id."""

DEFAULT_SIZE = (float(MIN_WIDTH), float(HEIGHT))


@dataclass(frozen=True)
class Sketch:
    """A network to be arranged, running to the right.

    Attributes:
        graph: Nodes and wires; where they are now does not matter.
        sizes: Width and height of the cards; those missing are taken as the smallest.
        ends: How far below the tops of the two cards a wire ends; those missing end at the usual line.
        shape: Width to height of the whole that is aimed for.
    """

    graph: Graph
    sizes: Mapping[str, Size] = field(default_factory=dict)
    ends: Mapping[Edge, tuple[float, float]] = field(default_factory=dict)
    shape: float = 1.9

    def size(self, node_id: str) -> Size:
        """Return width and height of a node's card."""
        return self.sizes.get(node_id, DEFAULT_SIZE)

    def ends_of(self, edge: Edge) -> tuple[float, float]:
        """Return how far below its two cards' tops a wire ends."""
        return self.ends.get(edge, (PORT_LINE, PORT_LINE))

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All wires, in order."""
        return tuple(self.graph.edges())

    def turned(self) -> Sketch:
        """Return a sketch of a network that runs down, seen as running to the right."""
        sizes = {node_id: (high, wide) for node_id, (wide, high) in self.sizes.items()}
        return Sketch(self.graph, sizes, self.ends, 1 / self.shape)


@dataclass(frozen=True, slots=True)
class Layers:
    """Nodes side by side in layers, one after the other; no row is cut yet.

    Attributes:
        layers: Ids, from top to bottom in each.
        top: Each node's upper edge; within a layer no two cards overlap.
    """

    layers: list[list[str]]
    top: dict[str, float]
