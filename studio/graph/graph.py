"""The design as a value: an immutable graph that can be kept, compared and shared between threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from immutables import Map

from studio.errors import GraphError, nearest
from studio.graph.block import Block
from studio.graph.mark import Mark
from studio.graph.node import Edge, Node
from studio.graph.ordering import in_order

Direction: TypeAlias = Literal["right", "down"]
"""Which way a network is drawn: inputs left of a card and outputs right of it, or above and below."""

Bend: TypeAlias = tuple[float, float]
"""A point that a wire is led through, in canvas pixels."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and the wires between them.

    Two graphs with the same nodes and wires are equal, however they came about. Edits live in
    `studio.graph.edits`; each returns a new graph that shares all it did not touch with the old one.

    Attributes:
        nodes: Node by id.
        incoming: Wires by the id of the node they enter, sorted by port and index.
        outgoing: The same wires by the id of the node they leave.
        blocks: Definitions by name. Only the outermost graph has any: blocks inside blocks are here too.
        marks: Frames, notes and arrows by id.
        bends: The points that a wire is led through, from its source on; wires without any are not in it.
        direction: Which way it is drawn.
    """

    nodes: Map[str, Node] = field(default_factory=Map)
    incoming: Map[str, tuple[Edge, ...]] = field(default_factory=Map)
    outgoing: Map[str, tuple[Edge, ...]] = field(default_factory=Map, compare=False, repr=False)
    blocks: Map[str, Block] = field(default_factory=Map)
    marks: Map[str, Mark] = field(default_factory=Map)
    bends: Map[Edge, tuple[Bend, ...]] = field(default_factory=Map)
    direction: Direction = "right"

    @staticmethod
    def of(
        nodes: Iterable[Node],
        edges: Iterable[Edge] = (),
        blocks: Iterable[Block] = (),
        marks: Iterable[Mark] = (),
        bends: Mapping[Edge, tuple[Bend, ...]] | None = None,
        direction: Direction = "right",
    ) -> Graph:
        """Build a graph from nodes and wires, without judging it.

        Raises:
            GraphError: Two nodes with one id, or a wire that ends at no node.
        """
        by_id: dict[str, Node] = {}
        for node in nodes:
            if node.id in by_id:
                raise GraphError(f'Two nodes have the id "{node.id}".', node_id=node.id)
            by_id[node.id] = node
        incoming: dict[str, set[Edge]] = {}
        outgoing: dict[str, set[Edge]] = {}
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in by_id:
                    raise GraphError(f'A wire ends at the node "{end}", which does not exist.', node_id=end)
            incoming.setdefault(edge.target, set()).add(edge)
            outgoing.setdefault(edge.source, set()).add(edge)
        return Graph(
            Map(by_id),
            Map({key: sort_incoming(found) for key, found in incoming.items()}),
            Map({key: tuple(sorted(found)) for key, found in outgoing.items()}),
            Map({block.name: block for block in blocks}),
            Map({mark.id: mark for mark in marks}),
            Map({edge: tuple(points) for edge, points in (bends or {}).items() if points}),
            direction,
        )

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self.nodes

    def node(self, node_id: str) -> Node:
        """Return a node by id.

        Raises:
            GraphError: There is none.
        """
        found = self.nodes.get(node_id)
        if found is None:
            raise GraphError(
                f'There is no node "{node_id}"{nearest(node_id, self.nodes) or "."}', node_id=node_id
            )
        return found

    def named(self, name: str) -> Node:
        """Return the node that the person called `name`.

        Raises:
            GraphError: There is none.
        """
        for node in self.ordered():
            if node.name == name:
                return node
        names = [node.name for node in self.nodes.values()]
        raise GraphError(f'There is no node named "{name}"{nearest(name, names) or "."}')

    def block(self, name: str) -> Block:
        """Return a block's definition.

        Raises:
            GraphError: There is none.
        """
        found = self.blocks.get(name)
        if found is None:
            raise GraphError(f'There is no block "{name}"{nearest(name, self.blocks) or "."}')
        return found

    def ordered(self) -> list[Node]:
        """Return all nodes in the order of their ids, which is the same on every machine."""
        return [self.nodes[node_id] for node_id in in_order(self.nodes)]

    def edges(self) -> Iterator[Edge]:
        """Yield all wires, by target node, port and index."""
        for node_id in in_order(self.incoming):
            yield from self.incoming[node_id]

    def num_edges(self) -> int:
        """Return the number of wires."""
        return sum(len(edges) for edges in self.incoming.values())

    def inputs_of(self, node_id: str, port: str | None = None) -> tuple[Edge, ...]:
        """Return the wires into a node, or into one of its ports, in order."""
        edges = self.incoming.get(node_id, ())
        return edges if port is None else tuple(edge for edge in edges if edge.target_port == port)

    def outputs_of(self, node_id: str, port: str | None = None) -> tuple[Edge, ...]:
        """Return the wires out of a node, or out of one of its ports."""
        edges = self.outgoing.get(node_id, ())
        return edges if port is None else tuple(edge for edge in edges if edge.source_port == port)

    def has_edge(self, edge: Edge) -> bool:
        """Say whether exactly this wire is there."""
        return edge in self.incoming.get(edge.target, ())


def sort_incoming(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Return wires by target port, then index."""
    return tuple(
        sorted(edges, key=lambda edge: (edge.target_port, edge.index, edge.source, edge.source_port))
    )
