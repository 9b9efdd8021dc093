"""Taking a block's instance apart: what it is made of takes its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from studio.errors import GraphError
from studio.graph.block import ENABLED, FROZEN, INPUT, OUTPUT, REPEAT, Block
from studio.graph.definitions import definition_of
from studio.graph.edits import remove_nodes
from studio.graph.expansion import Source
from studio.graph.expressions import Scope, is_expression, substituted
from studio.graph.graph import Bend, Graph
from studio.graph.names import MAX_LENGTH, FreeNames, last_number
from studio.graph.node import Edge, Node, Value
from studio.graph.pieces import retied
from studio.graph.port import SignatureOf
from studio.graph.sizing import inner_scope
from studio.graph.wires import rewire, with_port

MAX_COPIES = 1_000
"""Longest row that is taken apart: each of its blocks becomes nodes to draw."""

GAP = 64.0
"""Distance from one copy of a row to the next, in canvas pixels."""

CARD_WIDTH = 136.0


def ungroup(graph: Graph, node_id: str, signature: SignatureOf) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with what a block is made of in place of one instance, and the new nodes' ids.

    The instance's arguments are worked into the expressions; a row of k blocks becomes k copies, each
    feeding the next. Instances inside stay instances, and the definition stays for others.

    Args:
        graph: A level.
        node_id: The instance.
        signature: The ports of the graph's nodes.

    Raises:
        GraphError: The node is no block, or stands for something that single layers cannot.
    """
    node = graph.node(node_id)
    block = definition_of(graph, node)
    _check(node)
    places = _copies(node)
    opening = _Opening(graph, node, block, signature)
    sources: dict[str, Source | None] = {}
    for port in block.inputs():
        wires = graph.inputs_of(node_id, port.name)
        sources[port.name] = (wires[0].source, wires[0].source_port) if wires else None
    results: dict[str, Source | None] = {}
    for place in places:
        results = opening.copy(place, sources, len(places))
        ports = zip(block.inputs(), block.outputs(), strict=False)
        sources |= {into.name: results.get(out.name) for into, out in ports}
    return opening.finish(results), tuple(made.id for made in opening.nodes)


def _check(node: Node) -> None:
    for setting, words in ((ENABLED, "switched on or off"), (REPEAT, "repeated"), (FROZEN, "frozen")):
        if is_expression(node.arguments.get(setting)):
            raise GraphError(
                f'"{node.name}" cannot be ungrouped: whether it is {words} depends on an expression. '
                f"Set {setting} to a plain value first.",
                node_id=node.id,
                argument=setting,
            )
    if node.arguments.get(ENABLED) is False:
        raise GraphError(
            f'"{node.name}" is switched off. Switch it on before it is ungrouped.',
            node_id=node.id,
            argument=ENABLED,
        )


def _copies(node: Node) -> list[int | None]:
    """Return the numbers of the blocks in the row; None for one that is not numbered."""
    repeat = node.arguments.get(REPEAT)
    if not isinstance(repeat, int) or isinstance(repeat, bool) or repeat < 1:
        return [None]
    if repeat > MAX_COPIES:
        raise GraphError(
            f'"{node.name}" stands for {repeat:,} blocks; at most {MAX_COPIES:,} can be taken apart.',
            node_id=node.id,
            argument=REPEAT,
        )
    return list(range(repeat))


@dataclass
class _Opening:
    """Collects what takes the place of an instance."""

    graph: Graph
    instance: Node
    block: Block
    signature: SignatureOf
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    bends: dict[Edge, tuple[Bend, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken = (node.name for node in self.graph.nodes.values() if node.id != self.instance.id)
        self._names = FreeNames(taken)
        self._first = last_number(self.graph) + 1
        self._layers = [n for n in self.block.graph.ordered() if n.kind not in (INPUT, OUTPUT)]
        self._left = min((node.x for node in self._layers), default=0.0)
        self._top = min((node.y for node in self._layers), default=0.0)
        right = max((node.x for node in self._layers), default=0.0)
        self._width = right - self._left + CARD_WIDTH + GAP

    def copy(
        self, place: int | None, sources: dict[str, Source | None], count: int
    ) -> dict[str, Source | None]:
        """Add one of the blocks, and return what its outputs are."""
        scope = inner_scope(self.block, self.instance.arguments, place or 0, count)
        start = self._first + len(self.nodes)
        ids = {node.id: f"n{number}" for number, node in enumerate(self._layers, start)}
        ends: dict[Source, Source | None] = {
            (port.id, "output"): sources.get(port.name) for port in self.block.inputs()
        }
        for node in self._layers:
            self.nodes.append(self._node(node, ids, scope, place))
            self.edges += self._wires(node, ids, ends, self._way(place))
        results: dict[str, Source | None] = {}
        for port in self.block.outputs():
            for edge in self.block.graph.inputs_of(port.id)[:1]:
                results[port.name] = _end(edge, ids, ends)
        return results

    def _node(self, node: Node, ids: dict[str, str], scope: Scope, place: int | None) -> Node:
        instance = self.instance
        dx, dy = self._way(place)
        wanted = f"{instance.name}_{place}_{node.name}"[-MAX_LENGTH:] if place is not None else node.name
        made = replace(node, id=ids[node.id], name=self._names.take(wanted.lstrip("_-")))
        made = retied(made, ids).at(node.x + dx, node.y + dy)
        for argument, value in node.arguments.items():
            if is_expression(value):
                made = _with_value(made, argument, substituted(str(value), scope))
        ports = self.signature(node)
        is_frozen = instance.arguments.get(FROZEN) is True and ports is not None and ports.setting(FROZEN)
        return made.with_argument(FROZEN, True) if is_frozen else made

    def _way(self, place: int | None) -> Bend:
        """Return how far what is inside the definition moves for a copy, right and down."""
        right = self.instance.x - self._left + (place or 0) * self._width
        return right, self.instance.y - self._top

    def _wires(
        self, node: Node, ids: dict[str, str], ends: dict[Source, Source | None], way: Bend
    ) -> list[Edge]:
        found = []
        for edge in self.block.graph.inputs_of(node.id):
            source = _end(edge, ids, ends)
            if source is None:
                continue
            made = Edge(source[0], source[1], ids[node.id], edge.target_port, edge.index)
            found.append(made)
            points = self.block.graph.bends.get(edge)
            if points and edge.source in ids:
                self.bends[made] = tuple((x + way[0], y + way[1]) for x, y in points)
        return found

    def finish(self, results: dict[str, Source | None]) -> Graph:
        """Return the level with the copies in place of the instance."""
        leaving = self.graph.outputs_of(self.instance.id)
        places = {(edge.target, edge.target_port): self.graph.inputs_of(edge.target, edge.target_port)
                  for edge in leaving}  # fmt: skip
        graph = remove_nodes(self.graph, [self.instance.id])
        nodes = graph.nodes.mutate()
        for node in self.nodes:
            nodes[node.id] = node
        graph = rewire(replace(graph, nodes=nodes.finish()), (), self.edges)
        graph = replace(graph, bends=graph.bends.update(self.bends))
        for node in self.nodes:
            for port in dict.fromkeys(edge.target_port for edge in graph.inputs_of(node.id)):
                graph = with_port(graph, node.id, port, graph.inputs_of(node.id, port))
        for (target, port), wires in places.items():
            kept = [moved for wire in wires if (moved := self._moved(wire, results)) is not None]
            graph = with_port(graph, target, port, kept)
        return graph

    def _moved(self, wire: Edge, results: dict[str, Source | None]) -> Edge | None:
        """Return a wire out of the instance as one out of what is in its place."""
        if wire.source != self.instance.id:
            return wire
        source = results.get(wire.source_port)
        return None if source is None else replace(wire, source=source[0], source_port=source[1])


def _with_value(node: Node, argument: str, value: Value) -> Node:
    """Return a node with an argument worked out; what is switched on anyway need not say so."""
    if argument == ENABLED and value is True:
        return node.without_argument(argument)
    return node.with_argument(argument, value)


def _end(edge: Edge, ids: dict[str, str], ends: dict[Source, Source | None]) -> Source | None:
    """Return where a wire of the definition comes from in a copy of it."""
    if edge.source in ids:
        return ids[edge.source], edge.source_port
    return ends.get((edge.source, edge.source_port))
