"""The inside of a block while nodes move into it or out of it, and what keeps them from moving.

What the network computes stays the same, so a block is left alone that has other instances, or stands for
more than its inside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from immutables import Map

from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import ENABLED, FROZEN, INPUT, REPEAT, Block
from studio.graph.definitions import instances
from studio.graph.expansion import Source
from studio.graph.graph import Bend, Graph
from studio.graph.grouping import PITCH_X, PITCH_Y
from studio.graph.names import FreeNames, last_number, usable
from studio.graph.node import Edge, Node


def check_block(design: Graph, instance: Node, block: Block) -> None:
    """Refuse a block of which another instance would change too, or that stands for more than its inside.

    Raises:
        GraphError: The message says which it is, and what to do.
    """
    if len(instances(design, block.name)) > 1:
        raise GraphError(f'Other blocks are linked to "{block.name}": make "{instance.name}" unique first.')
    for setting, words in ((REPEAT, "repeated"), (ENABLED, "switched off"), (FROZEN, "frozen")):
        usual = {REPEAT: 1, ENABLED: True, FROZEN: False}[setting]
        if instance.arguments.get(setting, usual) != usual:
            raise GraphError(
                f'"{instance.name}" is {words}: what moves would be too, or would no longer be.',
                node_id=instance.id,
            )


def in_order(graph: Graph, chosen: set[str]) -> list[Node]:
    """Return some nodes, each after what feeds it."""
    return [graph.node(node_id) for node_id in topology.order(graph) if node_id in chosen]


@dataclass
class Inside:
    """The inside of a block while it changes.

    Attributes:
        before: What it was.
        nodes: By id.
        edges: All wires; those of a port are numbered in the end.
        bends: Dots of wires.
    """

    before: Graph
    nodes: dict[str, Node] = field(init=False)
    edges: list[Edge] = field(init=False)
    bends: dict[Edge, tuple[Bend, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = dict(self.before.nodes)
        self.edges = list(self.before.edges())
        self.bends = dict(self.before.bends)

    def feed_of(self, node_id: str) -> Source | None:
        """Return what feeds an output port of the block."""
        return next(((e.source, e.source_port) for e in self.edges if e.target == node_id), None)

    def fed_by(self, source: Source) -> list[Edge]:
        """Return the wires from an output."""
        return [edge for edge in self.edges if (edge.source, edge.source_port) == source]

    def drop(self, node_id: str) -> None:
        """Take a node out, with its wires."""
        del self.nodes[node_id]
        self.edges = [edge for edge in self.edges if node_id not in (edge.source, edge.target)]

    def feed_instead(self, old: Source, new: Source) -> None:
        """Let another output feed all that one fed."""
        self.edges = [
            replace(e, source=new[0], source_port=new[1]) if (e.source, e.source_port) == old else e
            for e in self.edges
        ]

    def add_port(self, kind: str, wanted: str) -> Node:
        """Add a port of the block, below the others of its side."""
        beside = [node for node in self.nodes.values() if node.kind == kind]
        places = [node.x for node in self.nodes.values()]
        x = beside[0].x if beside else min(places) - PITCH_X if kind == INPUT else max(places) + PITCH_X
        y = max((node.y for node in beside), default=-PITCH_Y) + PITCH_Y
        name = FreeNames(node.name for node in self.nodes.values()).take(usable(wanted))
        made = Node(f"n{self.last_number() + 1}", kind, name, x=x, y=y)
        self.nodes[made.id] = made
        return made

    def last_number(self) -> int:
        """Return the highest number among the ids."""
        return last_number(Graph(Map(self.nodes)))

    def graph(self) -> Graph:
        """Return what it is now, with the wires of each port numbered from 0."""
        numbered: list[Edge] = []
        bends: dict[Edge, tuple[Bend, ...]] = {}
        counts: dict[tuple[str, str], int] = {}
        for edge in sorted(self.edges, key=lambda edge: edge.index):
            port = edge.target, edge.target_port
            counts[port] = counts.get(port, -1) + 1
            numbered.append(replace(edge, index=counts[port]))
            if edge in self.bends:
                bends[numbered[-1]] = self.bends[edge]
        before = self.before
        return Graph.of(self.nodes.values(), numbered, (), before.marks.values(), bends, before.direction)
