"""Building a graph from code: layers in a row, each fed by the one before, placed on a grid."""

from __future__ import annotations

from collections.abc import Mapping

from studio.catalog import registry
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Value

CARD_WIDTH, CARD_HEIGHT, GAP = 136, 64, 64
COLUMN, ROW = CARD_WIDTH + GAP, CARD_HEIGHT + GAP
"""Distance from card to card, in canvas pixels at 100 %."""

LINE = 168
"""Distance between the lines into which a long chain is broken; a card with a live picture fits in."""

MAX_IN_LINE = 6


class Builder:
    """Adds layers to a graph from left to right.

    Attributes:
        graph: What was built so far.
    """

    def __init__(self) -> None:
        self.graph = Graph()
        self._last = ""
        self._column = 0
        self._chain: list[str] = []

    def add(self, kind: str, name: str, arguments: Mapping[str, Value], column: int, row: int = 0) -> str:
        """Add a layer at a place of the grid, connected to nothing, and return its id."""
        spec = registry.get(kind)
        defaults = spec.values({})
        differing = {key: value for key, value in arguments.items() if value != defaults.get(key)}
        x, y = float(column * COLUMN), float(row * ROW)
        node = edits.new_node(self.graph, kind, name=name, arguments=differing, x=x, y=y)
        self.graph = edits.add_node(self.graph, node)
        return node.id

    def connect(self, source: str, target: str, port: str) -> None:
        """Draw a wire from the first output of one node to a port of another."""
        out_port = registry.get(self.graph.node(source).kind).outputs[0].name
        self.graph = edits.connect(
            self.graph, source, out_port, target, port, registry.signatures(self.graph)
        )

    def chain(self, kind: str, name: str, **arguments: Value) -> str:
        """Add a layer to the right of the last one, fed by it, and return its id."""
        node_id = self.add(kind, name, arguments, self._column)
        inputs = registry.get(kind).inputs
        if self._last and inputs:
            self.connect(self._last, node_id, inputs[0].name)
        self._last = node_id
        self._column += 1
        self._chain.append(node_id)
        return node_id

    def input(self, shape: tuple[int, ...]) -> str:
        """Begin the row with what the data set gives: images (C, H, W) or rows (E,)."""
        if len(shape) == 3:
            channels, height, width = shape
            return self.chain("ImageInput", "image", channels=channels, height=height, width=width)
        return self.chain("VectorInput", "vector", features=shape[0])

    def finish(self, loss: str = "CrossEntropyLoss", encoding: str = "index") -> Graph:
        """Add the target under the last layer and the loss to the right, and return the graph.

        A chain too long for one line is broken into lines of about equal length, like text.
        """
        last = self._last
        target = self.add("Target", "target", {"encoding": encoding}, self._column - 1, row=1)
        loss_id = self.chain(loss, "loss")
        self.connect(target, loss_id, "target")
        self._break_lines()
        node = self.graph.node(last)
        self.graph = edits.move(self.graph, {target: (node.x, node.y + ROW)})
        return self.graph

    def _break_lines(self) -> None:
        """Place the chain in lines, no line of one card more than another."""
        num_lines = -(-len(self._chain) // MAX_IN_LINE)
        in_line = -(-len(self._chain) // num_lines)
        places = {
            node_id: (float(place % in_line * COLUMN), float(place // in_line * LINE))
            for place, node_id in enumerate(self._chain)
        }
        self.graph = edits.move(self.graph, places)
