"""A graph with all blocks opened: one flat graph of layers, which shapes, costs and checks are found on.

A node of the flat graph has as id the path to it (``n5[2]/n3``: the node n3 in the third of the blocks
that n5 stands for) and as name the dotted name that its module will have (``layer1.2.conv1``). Expressions
are worked out, ports of blocks are gone, and what is switched off is bridged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from immutables import Map

from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import (
    ENABLED,
    FROZEN,
    INPUT,
    OUTPUT,
    REPEAT,
    TIED_TO,
    block_name,
)
from studio.graph.expressions import Scope, evaluated
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import SignatureOf
from studio.graph.problems import Problem
from studio.graph.sizing import fewest_steps, inner_scope, repeat_count

MAX_LAYERS = 200_000
MAX_STEPS = 2 * MAX_LAYERS
"""Most nodes looked at, with blocks and their ports: blocks of blocks without a layer grow as fast."""

MAX_DEPTH = 48

Source: TypeAlias = tuple[str, str]
"""A node's id and one of its output ports."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A node that stands for a block.

    Attributes:
        node: With its expressions worked out; its id is the path.
        block: The definition's name.
        copies: Paths of the blocks it stands for: ``n5``, or ``n5[0]``, ``n5[1]`` … if it is repeated.
    """

    node: Node
    block: str
    copies: tuple[str, ...]


@dataclass(slots=True)
class Expansion:
    """What a graph is once its blocks are opened.

    Attributes:
        graph: Layers only.
        aliases: Where an output that no layer of the flat graph gives really comes from: those of blocks,
            of their input ports, and of nodes that are switched off.
        instances: Blocks by path.
        disabled: Paths of nodes that are switched off.
        order: All layers, each after those that feed it; nothing where the wires run in a circle.
        problems: Expressions without a value, blocks that contain themselves, too much of it.
    """

    graph: Graph = field(default_factory=Graph)
    aliases: dict[Source, Source | None] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    order: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def source(self, node_id: str, port: str) -> Source | None:
        """Return the layer whose output leaves at a port; None if there is none."""
        return self.aliases.get((node_id, port), (node_id, port))


def expand(graph: Graph, signature: SignatureOf) -> Expansion:
    """Open all blocks of a graph.

    Never raises: what cannot be opened is left out, with a problem.
    """
    if not graph.blocks and not any(_is_special(node) for node in graph.nodes.values()):
        return Expansion(graph, order=_order(graph))
    return _Opening(graph, signature).open()


def ancestors(path: str) -> list[str]:
    """Return the blocks that a path lies in: ``n5[2]/n3/n1`` → ``n5[2]``, ``n5``, ``n5[2]/n3``."""
    found = []
    place = path.find("/")
    while place >= 0:
        head = path[:place]
        found.append(head)
        if head.endswith("]"):
            found.append(head[: head.rindex("[")])
        place = path.find("/", place + 1)
    return found


def ids_on(path: str) -> tuple[str, ...]:
    """Return the ids along a path, without the numbers of copies: ``n5[2]/n3`` → ``n5``, ``n3``."""
    return tuple(re.sub(r"\[[0-9]+\]$", "", part) for part in path.split("/"))


def _is_special(node: Node) -> bool:
    """Say whether a node needs opening: a block, an expression, a port, or one that is switched off."""
    return (
        block_name(node) is not None
        or node.kind in (INPUT, OUTPUT)
        or ENABLED in node.arguments
        or any(isinstance(value, str) and value.startswith("=") for value in node.arguments.values())
    )


def _order(graph: Graph) -> tuple[str, ...]:
    """Return a graph's nodes in topological order; of one with a cycle, nothing."""
    try:
        return topology.order(graph)
    except GraphError:
        return ()


class _TooLargeError(Exception):
    """The flat graph would have more layers than any machine can train."""


@dataclass(frozen=True, slots=True)
class _Level:
    """Where the opening is: a definition, and what is known there."""

    graph: Graph
    path: str
    name: str
    scope: Scope
    entries: Mapping[str, Source | None]
    inside: tuple[str, ...] = ()
    frozen: bool = False


class _Opening:
    """One pass over a graph and all blocks in it."""

    def __init__(self, graph: Graph, signature: SignatureOf) -> None:
        self._graph = graph
        self._signature = signature
        self._found = Expansion()
        self._nodes: dict[str, Node] = {}
        self._edges: dict[str, list[Edge]] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._steps = 0
        self._told: set[tuple[str, ...]] = set()

    def open(self) -> Expansion:
        try:
            # Counting comes first: what is too much is refused before it takes seconds to find out.
            layers, steps = fewest_steps(self._graph, MAX_DEPTH)
            if layers > MAX_LAYERS or steps > MAX_STEPS:
                raise _TooLargeError
            self._open_level(_Level(self._graph, "", "", {}, {}))
        except _TooLargeError:
            message = f"The blocks of this network hold more than {MAX_LAYERS:,} layers."
            advice = "Lower the repeat counts."
            problem = Problem("error", "size", message, suggestion=advice)
            # What was found on the way ends in the middle of a block: it is of no use.
            self._found, self._nodes, self._edges = Expansion(problems=[problem]), {}, {}
        self._found.graph = self._flat()
        self._found.order = tuple(self._nodes)  # levels were opened in topological order
        return self._found

    def _flat(self) -> Graph:
        incoming = {target: tuple(edges) for target, edges in self._edges.items()}
        outgoing: dict[str, list[Edge]] = {}
        for edges in self._edges.values():
            for edge in edges:
                outgoing.setdefault(edge.source, []).append(edge)
        return Graph(Map(self._nodes), Map(incoming), Map({key: tuple(out) for key, out in outgoing.items()}))

    def _can_be_off(self, node: Node) -> bool:
        """Say whether a node may be switched off; of one that may not the catalog's check says so."""
        ports = self._signature(node)
        return ports is None or ports.setting(ENABLED) is not None

    def _open_level(self, level: _Level) -> dict[str, Source | None]:
        """Add a level's layers, and return where its output ports' tensors come from."""
        made: dict[Source, Source | None] = {}
        results: dict[str, Source | None] = {}
        for node_id in self._order(level):
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise _TooLargeError
            drawn = level.graph.nodes[node_id]
            node = self._worked_out(drawn, level)
            if drawn.kind == INPUT and level.inside:
                self._alias(made, drawn, "output", node.id, level.entries.get(drawn.name))
            elif drawn.kind == OUTPUT and level.inside:
                results[drawn.name] = self._first_feed(level, made, node_id)
            elif node.arguments.get(ENABLED) is False and self._can_be_off(node):
                self._found.disabled.add(node.id)
                feed = self._first_feed(level, made, node_id)
                ports = self._signature(node)
                for port in ports.outputs if ports is not None else ():
                    self._alias(made, drawn, port.name, node.id, feed)
                for edge in level.graph.outgoing.get(node_id, ()):
                    made.setdefault((node_id, edge.source_port), None)  # a port that it does not have
            elif block_name(node) in self._graph.blocks:
                self._open_block(level, made, drawn, node)
            else:
                self._add_layer(level, made, drawn, node)
        return results

    def _order(self, level: _Level) -> tuple[str, ...]:
        """Return a definition's nodes in topological order; of one with a cycle, nothing."""
        key = level.inside[-1] if level.inside else ""
        if key not in self._orders:
            self._orders[key] = _order(level.graph)
        return self._orders[key]

    def _worked_out(self, drawn: Node, level: _Level) -> Node:
        """Return a node with its path as id, its dotted name, and its expressions worked out."""
        node, failures = evaluated(drawn, level.scope)
        arguments = node.arguments
        for argument, reason in failures.items():
            arguments = arguments.delete(argument)
            if self._was_told(level, drawn, argument):
                continue
            message = f'"{level.name}{drawn.name}": {argument} has no value. {reason}'
            advice = "Correct the expression, or set a plain value."
            self._found.problems.append(
                Problem(
                    "error",
                    "expression",
                    message,
                    level.path + drawn.id,
                    argument=argument,
                    suggestion=advice,
                )
            )
        tied = arguments.get(TIED_TO)
        if level.path and isinstance(tied, str):
            arguments = arguments.set(TIED_TO, level.path + tied)
        ports = self._signature(drawn) if level.frozen else None
        if ports is not None and ports.setting(FROZEN) is not None:
            arguments = arguments.set(FROZEN, True)
        return Node(level.path + drawn.id, drawn.kind, level.name + drawn.name, arguments, drawn.x, drawn.y)

    def _was_told(self, level: _Level, drawn: Node, what: str) -> bool:
        """Say whether another instance of the same definition had this problem before."""
        key = (level.inside[-1] if level.inside else "", drawn.id, what)
        if key in self._told:
            return True
        self._told.add(key)
        return False

    def _alias(
        self, made: dict[Source, Source | None], drawn: Node, port: str, path: str, source: Source | None
    ) -> None:
        made[drawn.id, port] = source
        self._found.aliases[path, port] = source

    def _first_feed(self, level: _Level, made: dict[Source, Source | None], node_id: str) -> Source | None:
        """Return what comes in at a node's first port that has a wire."""
        ports = self._signature(level.graph.nodes[node_id])
        for port in ports.inputs if ports is not None else ():
            for edge in level.graph.inputs_of(node_id, port.name):
                return made.get((edge.source, edge.source_port))
        return None

    def _add_layer(self, level: _Level, made: dict[Source, Source | None], drawn: Node, node: Node) -> None:
        if len(self._nodes) >= MAX_LAYERS:
            raise _TooLargeError
        self._nodes[node.id] = node
        edges = []
        for edge in level.graph.incoming.get(drawn.id, ()):
            source = made.get((edge.source, edge.source_port), (level.path + edge.source, edge.source_port))
            if source is not None and (source[0] in self._nodes or not level.inside):
                edges.append(Edge(source[0], source[1], node.id, edge.target_port, edge.index))
        if edges:
            self._edges[node.id] = edges
        for edge in level.graph.outgoing.get(drawn.id, ()):
            made[drawn.id, edge.source_port] = (node.id, edge.source_port)

    def _open_block(self, level: _Level, made: dict[Source, Source | None], drawn: Node, node: Node) -> None:
        """Add what a block is made of, as often as it is repeated."""
        name = str(block_name(node))
        if name in level.inside or len(level.inside) >= MAX_DEPTH:
            if self._was_told(level, drawn, "recursion"):
                return
            message = (
                f'The block "{name}" contains itself.' if name in level.inside else "Blocks nest too deeply."
            )
            self._found.problems.append(
                Problem("error", "recursion", message, node.id, suggestion="Take the inner instance out.")
            )
            return
        block = self._graph.blocks[name]
        count = repeat_count(node.arguments.get(REPEAT))
        copies = (node.id,) if count is None else tuple(f"{node.id}[{place}]" for place in range(count))
        self._found.instances[node.id] = Instance(node, name, copies)
        inputs, outputs = block.inputs(), block.outputs()
        entries: dict[str, Source | None] = {}
        for port in inputs:
            wires = level.graph.inputs_of(drawn.id, port.name)
            entries[port.name] = made.get((wires[0].source, wires[0].source_port)) if wires else None
        results: dict[str, Source | None] = {}
        for place, path in enumerate(copies):
            dotted = node.name if count is None else f"{node.name}.{place}"
            inner = _Level(
                block.graph,
                f"{path}/",
                f"{dotted}.",
                inner_scope(block, node.arguments, place, len(copies)),
                entries,
                (*level.inside, name),
                level.frozen or node.arguments.get(FROZEN) is True,
            )
            results = self._open_level(inner)
            if count is not None:
                for port in outputs:
                    self._found.aliases[path, port.name] = results.get(port.name)
            # Of a row of blocks, each feeds the next: first output to first input, and so on.
            looped = {into.name: results.get(out.name) for into, out in zip(inputs, outputs, strict=False)}
            entries = {**entries, **looped}
        for port in outputs:
            self._alias(made, drawn, port.name, node.id, results.get(port.name))
        for edge in level.graph.outgoing.get(drawn.id, ()):
            made.setdefault((drawn.id, edge.source_port), None)  # a port that it does not have
