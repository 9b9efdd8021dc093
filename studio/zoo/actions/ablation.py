"""Deleting layers by name, with what belongs to them, as in an ablation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from studio.catalog import registry
from studio.errors import GraphError, ZooError
from studio.graph import edits, topology
from studio.graph.block import REPEAT, block_name
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.levels import level as level_at
from studio.graph.problems import listing
from studio.zoo.actions.change import Change, spec_of, tidied
from studio.zoo.actions.places import closed_up

_FOLLOWERS = ("activation", "normalization", "regularization")


def delete_and_reconnect(graph: Graph, names: Iterable[str], followers: bool = True) -> Change:
    """Delete layers or blocks and close the gaps; the layers after them read their sizes off the wire.

    Args:
        graph: The network.
        names: Of layers; a dotted name (``classifier.fc7``) leads into blocks and changes the definition.
        followers: Delete the activation, normalization and dropout after each of them, too.

    Raises:
        ZooError: There is no layer of a name, or a layer has several inputs, so that the gap would stay.
    """
    wanted = list(names)
    before, gone = graph, set[str]()
    for name in wanted:
        if name in gone:
            continue  # it followed one of the others
        try:
            graph, doomed = _without(graph, name, followers)
            gone |= doomed
        except GraphError as error:
            raise ZooError(f'Cannot delete "{name}": {error.message}') from error
    text = f"Deleted {listing(wanted)} and closed the gaps." if wanted else "Deleted nothing."
    return Change(tidied(before, graph), text, len(wanted))


@dataclass(frozen=True, slots=True)
class Removable:
    """A layer or block that an ablation can leave out.

    Attributes:
        name: Dotted.
        kind: Its layer, or its block's name.
        has_weights: It is a layer with weights that is no normalization, or a block.
    """

    name: str
    kind: str
    has_weights: bool


def removable(graph: Graph) -> list[Removable]:
    """Return the layers and blocks that an ablation can leave out, in topological order.

    A block that is used once is opened; of one that is used several times, or in a row, only the whole
    instance can go, for a layer of it would go from all.
    """
    used = Counter(block_name(node) for level in _levels(graph) for node in level.nodes.values())
    return _removable(graph, graph, "", used)


def _removable(design: Graph, level: Graph, prefix: str, used: Counter[str | None]) -> list[Removable]:
    found: list[Removable] = []
    for node_id in topology.order(level):
        node, spec = level.node(node_id), spec_of(design, level.node(node_id))
        block = design.blocks.get(block_name(node) or "")
        if block is not None:
            if used[block.name] == 1 and node.arguments.get(REPEAT) is None:
                found += _removable(design, block.graph, f"{prefix}{node.name}.", used)
            else:
                found.append(Removable(prefix + node.name, block.name, True))
        elif spec is not None and spec.role == "layer" and spec.inputs and spec.outputs:
            heavy = spec.learns and spec.family != "normalization"
            found.append(Removable(prefix + node.name, node.kind, heavy))
    return found


def _levels(graph: Graph) -> list[Graph]:
    return [graph, *(block.graph for block in graph.blocks.values())]


def _without(graph: Graph, dotted: str, followers: bool) -> tuple[Graph, set[str]]:
    """Return the graph without a layer, and the dotted names of all that went."""
    *outer, name = dotted.split(".")
    path: list[str] = []
    for instance in outer:
        path.append(level_at(graph, path).named(instance).id)
    inside = level_at(graph, path)
    doomed = [inside.named(name).id]
    if len({(edge.source, edge.source_port) for edge in inside.inputs_of(doomed[0])}) > 1:
        raise GraphError("it has several inputs, so nothing can take its place.", node_id=doomed[0])
    while followers and (after := _follower(inside, doomed[-1])) is not None:
        doomed.append(after)
    gone = {".".join((*outer, inside.node(node_id).name)) for node_id in doomed}
    signature = registry.signatures(graph)

    def edit(level: Graph) -> Graph:
        return closed_up(level, edits.remove_and_reconnect(level, doomed, signature))

    return edit_level(graph, path, edit), gone


def _follower(level: Graph, node_id: str) -> str | None:
    """Return the node that belongs to a layer: the only one it feeds, if that is no layer of its own."""
    wires = level.outputs_of(node_id)
    if len(wires) != 1:
        return None
    node = level.node(wires[0].target)
    spec = spec_of(level, node)
    belongs = spec is not None and spec.family in _FOLLOWERS and len(level.inputs_of(node.id)) == 1
    return node.id if belongs else None
