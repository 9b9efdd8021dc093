"""The ports of a block: adding, renaming and removing them, with the wires of all its instances.

All functions take and return the outermost graph, because instances lie at every level.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from studio.errors import GraphError, nearest
from studio.graph.block import INPUT, OUTPUT, Block
from studio.graph.definitions import put_block
from studio.graph.edits import add_node, free_name, new_node, remove_nodes, rename
from studio.graph.graph import Graph
from studio.graph.grouping import PITCH_X, PITCH_Y
from studio.graph.levels import follow_ports
from studio.graph.node import Node

Side: TypeAlias = Literal["input", "output"]
_KINDS = {"input": INPUT, "output": OUTPUT}


def add_port(graph: Graph, block: str, side: Side, name: str | None = None) -> Graph:
    """Return the graph with one more port of a block, after the others and without wires.

    Raises:
        GraphError: The name cannot be had.
    """
    found = graph.block(block)
    if name is not None and free_name(found.graph, name) != name:
        raise GraphError(f'A port of the block "{block}" cannot be called "{name}": choose another name.')
    kind = _KINDS[side]
    others = [node for node in found.graph.ordered() if node.kind == kind]
    x = others[-1].x if others else _edge_of(found.graph, side)
    y = others[-1].y + PITCH_Y if others else 0.0
    node = new_node(found.graph, kind, name=name or side, x=x, y=y)
    return put_block(graph, replace(found, graph=add_node(found.graph, node)))


def remove_port(graph: Graph, block: str, side: Side, name: str) -> Graph:
    """Return the graph without a port of a block, and without the wires that ended there.

    Raises:
        GraphError: There is no such port.
    """
    found = graph.block(block)
    return _with_inside(graph, found, remove_nodes(found.graph, [_port(found, side, name).id]))


def rename_port(graph: Graph, block: str, side: Side, old: str, new: str) -> Graph:
    """Return the graph with a port called something else; wires stay with it.

    Raises:
        GraphError: There is no such port, or the name cannot be had.
    """
    found = graph.block(block)
    return _with_inside(graph, found, rename(found.graph, _port(found, side, old).id, new))


def _with_inside(graph: Graph, old: Block, inside: Graph) -> Graph:
    new = replace(old, graph=inside)
    return follow_ports(put_block(graph, new), old, new)


def _port(block: Block, side: Side, name: str) -> Node:
    ports = block.inputs() if side == "input" else block.outputs()
    names = [port.name for port in ports]
    if name not in names:
        raise GraphError(f'The block "{block.name}" has no {side} "{name}"{nearest(name, names) or "."}')
    return ports[names.index(name)]


def _edge_of(level: Graph, side: Side) -> float:
    """Return where a block's first port of a side is drawn."""
    places = [node.x for node in level.nodes.values()]
    if not places:
        return 0.0
    return min(places) - PITCH_X if side == "input" else max(places) + PITCH_X
