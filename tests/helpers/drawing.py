"""Graphs in a few words: each line is a node with what feeds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from immutables import Map

from studio.catalog import registry
from studio.graph.block import Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node

Line = tuple[Any, ...]
"""``("fc", "Linear", "image", {"out_features": 3})``: name, kind, feeds apart by spaces, arguments."""


def draw(*lines: Line, blocks: Iterable[Block] = ()) -> Graph:
    """Return the graph of some lines; a node's id is its name.

    Feeds go to the input ports in order, all to the first if it takes several; ``lstm.hidden`` is an
    output port that is not the first, and ``fc>query`` says the input port.
    """
    known = {block.name: block for block in blocks}
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for name, kind, *rest in lines:
        feeds = next((item for item in rest if isinstance(item, str)), "").split()
        arguments = next((item for item in rest if isinstance(item, Mapping)), {})
        node = nodes[name] = Node(name, kind, name, Map(arguments))
        spec = registry.spec_of(node, known)
        for place, feed in enumerate(feeds):
            source, _, port = feed.partition(">")
            edges.append(_edge(nodes, known, source, node, port, place, spec))
    return Graph.of(nodes.values(), edges, known.values())


def block(
    name: str, *lines: Line, arguments: Mapping[str, Any] | None = None, inner: Iterable[Block] = ()
) -> Block:
    """Return a block of some lines; ports are ordered by their ids, which are their names."""
    given = tuple(BlockArgument(key, default) for key, default in (arguments or {}).items())
    return Block(name, _without_blocks(draw(*lines, blocks=inner)), given)


def _without_blocks(graph: Graph) -> Graph:
    return Graph(graph.nodes, graph.incoming, graph.outgoing)


def _edge(
    nodes: Mapping[str, Node],
    known: Mapping[str, Block],
    feed: str,
    node: Node,
    port: str,
    place: int,
    spec: Any,
) -> Edge:
    source, _, out = feed.partition(".")
    source_spec = registry.spec_of(nodes[source], known)
    assert source_spec is not None
    many = spec is not None and spec.inputs and spec.inputs[0].variadic
    target = port or (spec.inputs[0].name if many else spec.inputs[place].name)
    return Edge(source, out or source_spec.outputs[0].name, node.id, target, place if many else 0)


def made(*nodes: tuple[str, str] | tuple[str, str, dict[str, object]], wires: str = "") -> Graph:
    """A graph of nodes n1, n2 … given as kind, name and arguments, with wires such as ``1>2 2>3.key``."""
    found = [
        Node(f"n{number}", kind, name, Map(*given), x=number * 200.0)  # type: ignore[arg-type]
        for number, (kind, name, *given) in enumerate(nodes, 1)
    ]
    edges = []
    for wire in wires.split():
        source, _, end = wire.partition(">")
        target, _, port = end.partition(".")
        index = sum(edge.target == f"n{target}" for edge in edges) if port == "inputs" else 0
        edges.append(Edge(f"n{source}", "output", f"n{target}", port or "input", index))
    return Graph.of(found, edges)


def stage() -> Graph:
    """A repeated block whose expressions use its arguments, its place in the row and their number."""
    inside = made(
        ("BlockInput", "input"),
        ("Conv2d", "conv", {"out_channels": "=width * 2", "stride": "=2 if index == 0 else 1"}),
        ("Dropout", "drop", {"p": "=index / count"}),
        ("BlockOutput", "output"),
        wires="1>2 2>3 3>4",
    )
    stage = Block("Stage", inside, (BlockArgument("width", 8), BlockArgument("unused", 1)))
    outside = made(("ImageInput", "x"), ("block:Stage", "stage", {"repeat": 3, "width": 5}), wires="1>2")
    return Graph.of(outside.nodes.values(), outside.edges(), [stage])
