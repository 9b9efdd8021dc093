"""Building graphs from code: layers and blocks, each fed by the one before, placed like lines of text.

A builder makes one level of a drawing: a whole network (`Network`) or the inside of a block (`Inside`).
Places are counted in lines from top to bottom, columns from left to right, and rows under a line for what
runs beside its chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from immutables import Map

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.graph.block import INPUT, OUTPUT, PREFIX, Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value, same_value

CARD_WIDTH, CARD_HEIGHT, GAP = 136, 64, 64
WIDEST = 208
"""Sizes of cards and the air between them, in canvas pixels at 100 %; no card is wider than `WIDEST`."""

ROW = CARD_HEIGHT + GAP

LINE = 168
"""Distance between the lines into which a long chain is broken; a card with a live picture fits in."""

MAX_IN_LINE = 6


@dataclass(frozen=True)
class Design:
    """A block's definition with all definitions that it uses.

    Attributes:
        block: The definition.
        parts: What is used inside it, at any depth.
    """

    block: Block
    parts: Map[str, Block]


class Builder:
    """Adds nodes to one level.

    Attributes:
        last: Id of the node that the next one in the chain is fed by.
    """

    def __init__(self) -> None:
        self.last = ""
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []
        self._blocks: dict[str, Block] = {}
        self._places: dict[str, tuple[int, int, int]] = {}
        self._line = 0
        self._is_broken = False

    def add(
        self,
        kind: str | Design,
        name: str,
        after: str | Sequence[str] = (),
        *,
        row: int | None = None,
        column: int | None = None,
        **arguments: Any,
    ) -> str:
        """Add a layer or a block, and return its id.

        Args:
            kind: The catalog's kind, or a block's definition.
            name: The node's name.
            after: Ids of what feeds it, in order: all wires of a port that takes several, else one for each
                port. ``n3.hidden`` is an output port of n3 that is not its first.
            row: Under which row of the line it stands; the first feed's if not given.
            column: Its column; right of all its feeds in this line if not given.
            arguments: Its arguments and settings; what is at its default is not written.
        """
        if isinstance(kind, Design):
            self._take(kind)
            kind = PREFIX + kind.block.name
        node = Node(f"n{len(self._nodes) + 1}", kind, name)
        spec = registry.spec_of(node, self._blocks)
        assert spec is not None, kind
        given = _differing(spec, arguments)
        self._nodes[node.id] = Node(node.id, kind, name, Map(given))
        feeds = [after] if isinstance(after, str) else list(after)
        self._wire(node.id, spec, [self._source(feed) for feed in feeds])
        places = [self._places[feed.partition(".")[0]] for feed in feeds]
        near = [place for place in places if place[0] == self._line]
        if column is None:
            column = max((place[1] + 1 for place in near), default=0)
        if row is None:
            row = near[0][2] if near else 0
        self._places[node.id] = (self._line, column, row)
        return node.id

    def chain(
        self,
        kind: str | Design,
        name: str,
        after: str | Sequence[str] | None = None,
        *,
        row: int | None = None,
        column: int | None = None,
        **arguments: Any,
    ) -> str:
        """Add what the last node feeds, or `after`, and go on from there; see `add`."""
        if after is None:
            after = self.last or ()
        self.last = self.add(kind, name, after, row=row, column=column, **arguments)
        return self.last

    def line(self) -> None:
        """Begin a new line of the drawing."""
        self._line += 1
        self._is_broken = True

    def line_of(self, node_id: str) -> None:
        """Go back to the line of a node, to add something beside it."""
        self._line = self._places[node_id][0]

    def row_below(self, node_id: str) -> int:
        """Return the first row with nothing in it at a node's column, under all others there."""
        line, column, _ = self._places[node_id]
        return 1 + max(row for at, col, row in self._places.values() if (at, col) == (line, column))

    def _take(self, design: Design) -> None:
        """Keep a block's definition, and all that it uses."""
        for block in (design.block, *design.parts.values()):
            known = self._blocks.setdefault(block.name, block)
            assert known is block or known == block, f"two blocks are called {block.name}"

    def _source(self, feed: str) -> tuple[str, str]:
        """Return a feed's node and output port: the first, if none is named."""
        node_id, _, port = feed.partition(".")
        spec = registry.spec_of(self._nodes[node_id], self._blocks)
        assert spec is not None
        return node_id, port or spec.outputs[0].name

    def _wire(self, node_id: str, spec: LayerSpec, sources: list[tuple[str, str]]) -> None:
        """Draw the wires into a new node."""
        ports = spec.inputs
        for place, (source, port) in enumerate(sources):
            if ports and ports[0].variadic:
                self._edges.append(Edge(source, port, node_id, ports[0].name, place))
            elif ports:
                self._edges.append(Edge(source, port, node_id, ports[place].name))

    def _graph(self, blocks: Iterable[Block]) -> Graph:
        """Return what was built, with every node at its place."""
        if not self._is_broken:
            self._break_lines()
        tops, lefts = self._tops(), self._lefts()
        nodes = []
        for node in self._nodes.values():
            line, column, row = self._places[node.id]
            nodes.append(node.at(lefts[column], tops[line] + row * ROW))
        return Graph.of(nodes, self._edges, blocks)

    def _break_lines(self) -> None:
        """Break a single chain that is too long for one line into lines of about equal length."""
        below = [node_id for node_id, (_, _, row) in self._places.items() if row > 0]
        if len(below) > 1:  # more than the target
            return
        length = len(self._places) - len(below)
        num_lines = -(-length // MAX_IN_LINE)
        in_line = -(-length // max(num_lines, 1))
        for node_id, (_, column, row) in self._places.items():
            self._places[node_id] = (column // in_line, column % in_line, row)

    def _tops(self) -> list[float]:
        """Return the height at which each line begins: under the lowest row of the one before."""
        lowest = [0] * (1 + max((line for line, _, _ in self._places.values()), default=0))
        for line, _, row in self._places.values():
            lowest[line] = max(lowest[line], row)
        tops = [0.0]
        for depth in lowest:
            tops.append(tops[-1] + depth * ROW + LINE)
        return tops

    def _lefts(self) -> list[float]:
        """Return where each column begins: right of the widest card of the one before, in any line."""
        widths = [CARD_WIDTH] * (1 + max((column for _, column, _ in self._places.values()), default=0))
        for node_id, (_, column, _) in self._places.items():
            widths[column] = max(widths[column], self._width(self._nodes[node_id]))
        lefts = [0.0]
        for width in widths:
            lefts.append(lefts[-1] + width + GAP)
        return lefts

    def _width(self, node: Node) -> int:
        """Return about how wide a card is: a block's shows what is in it, others their text."""
        spec = registry.spec_of(node, self._blocks)
        assert spec is not None
        if spec.family == "block" and node.kind not in (INPUT, OUTPUT):
            return WIDEST
        count = 72 if spec.learns else 0
        text = registry.card_text(node, (), self._blocks)
        inferred = sum(
            4 for argument in spec.arguments if argument.infer and f"{{{argument.name}" in spec.card
        )
        needed = max(28 + 8 * len(node.name) + count, 28 + 7 * (len(text) + inferred))
        return min(-(-needed // 8) * 8, WIDEST)


class Inside(Builder):
    """Builds the definition of a block."""

    def port(self, name: str = "input", *, row: int = 0) -> str:
        """Add an input port, and go on from it; ports are in the order in which they are added."""
        self.last = self.add(INPUT, name, row=row)
        return self.last

    def give(self, after: str | None = None, name: str = "output", *, row: int | None = None) -> None:
        """Add an output port."""
        self.add(OUTPUT, name, after if after is not None else self.last, row=row)

    def design(
        self, name: str, summary: str, arguments: Sequence[BlockArgument] = (), reference: str = ""
    ) -> Design:
        """Return the definition of what was built."""
        block = Block(name, self._graph(()), tuple(arguments), summary, reference)
        return Design(block, Map(self._blocks))


class Network(Builder):
    """Builds a whole network."""

    def input(self, shape: tuple[int, ...]) -> str:
        """Begin with what the data set gives: images (C, H, W) or rows (E,)."""
        if len(shape) == 3:
            channels, height, width = shape
            return self.chain("ImageInput", "image", channels=channels, height=height, width=width)
        return self.chain("VectorInput", "vector", features=shape[0])

    def loss(
        self,
        kind: str = "CrossEntropyLoss",
        name: str = "loss",
        target: str = "",
        **arguments: Any,
    ) -> str:
        """Add a loss right of the last node, and return its id.

        Args:
            kind: Which.
            name: The loss's name.
            target: Id of what it compares with.
            arguments: Arguments and settings of the loss.
        """
        return self.add(kind, name, (self.last, target), **arguments)

    def target(self, name: str = "target", encoding: str = "index") -> str:
        """Add what the data set says, under the last node."""
        _, column, _ = self._places[self.last]
        return self.add("Target", name, row=self.row_below(self.last), column=column, encoding=encoding)

    def finish(self, loss: str = "CrossEntropyLoss", encoding: str = "index", **arguments: Any) -> Graph:
        """Add the target under the last node and the loss to its right, and return the graph.

        A chain too long for one line is broken into lines of about equal length, like text.
        """
        self.last = self.loss(loss, "loss", self.target(encoding=encoding), **arguments)
        return self.graph()

    def graph(self) -> Graph:
        """Return what was built."""
        return self._graph(self._blocks.values())


def _differing(spec: LayerSpec, arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Return the arguments that are not at their defaults."""
    found = {}
    for name, value in arguments.items():
        known = spec.setting(name)
        assert known is not None, f"{spec.kind} has no {name}"
        if not same_value(known.coerce(value), known.coerce(known.default)):
            found[name] = value
    return found
