"""Deleting layers by name, with what belongs to them, as in an ablation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
        row: Name of the row of blocks that it is one of; empty for all else.
        place: Its number there.
    """

    name: str
    kind: str
    has_weights: bool
    row: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A network without some of its layers and blocks.

    Attributes:
        graph: What is left.
        rows: Of rows that lost some of their blocks, the numbers that those had that are left.
    """

    graph: Graph
    rows: Mapping[str, tuple[int, ...]]

    def name_before(self, name: str) -> str:
        """Return what a weight of it was called before: blocks behind a gap in a row have moved up."""
        for row, left in self.rows.items():
            if name.startswith(f"{row}."):
                number, dot, rest = name.removeprefix(f"{row}.").partition(".")
                return f"{row}.{left[int(number)]}{dot}{rest}"
        return name


def leave_out(graph: Graph, names: Iterable[str], followers: bool = True) -> LeftOut:
    """Leave layers, blocks, and blocks of rows out, and close the gaps.

    Args:
        graph: The network.
        names: As `removable` has them.
        followers: Leave out the activation, normalization and dropout after each layer, too.

    Raises:
        ZooError: There is no layer of a name, or a layer has several inputs, so that the gap would stay.
    """
    wanted = list(names)
    known = {one.name: one for one in removable(graph)}
    gone: dict[str, set[int]] = {}
    for one in (known[name] for name in wanted if name in known and known[name].row not in ("", *wanted)):
        gone.setdefault(one.row, set()).add(one.place)
    whole = [name for name in wanted if name not in known or not known[name].row]
    rows: dict[str, tuple[int, ...]] = {}
    for row, places in gone.items():
        there = {one.place for one in known.values() if one.row == row}
        rows[row] = tuple(sorted(there - places))
        if rows[row]:
            graph = _with_repeat(graph, row, len(rows[row]))
        else:
            whole.append(row)
    return LeftOut(delete_and_reconnect(graph, whole, followers).graph, rows)


def _with_repeat(graph: Graph, row: str, repeat: int) -> Graph:
    *outer, name = row.split(".")
    path: list[str] = []
    for instance in outer:
        path.append(level_at(graph, path).named(instance).id)
    return edit_level(
        graph, path, lambda level: edits.set_argument(level, level.named(name).id, REPEAT, repeat)
    )


def removable(graph: Graph) -> list[Removable]:
    """Return the layers and blocks that an ablation can leave out, in topological order.

    A block that is used once is opened; of one that is used several times only whole instances can go, for
    a layer of it would go from all. Of a row each block can go: ``layer1.2``.
    """
    used = Counter(block_name(node) for level in _levels(graph) for node in level.nodes.values())
    return _removable(graph, graph, "", used)


def _removable(design: Graph, level: Graph, prefix: str, used: Counter[str | None]) -> list[Removable]:
    found: list[Removable] = []
    for node_id in topology.order(level):
        node, spec = level.node(node_id), spec_of(design, level.node(node_id))
        block = design.blocks.get(block_name(node) or "")
        if block is not None:
            name, repeat = prefix + node.name, node.arguments.get(REPEAT)
            if used[block.name] == 1 and repeat is None:
                found += _removable(design, block.graph, f"{name}.", used)
                continue
            places = range(repeat) if isinstance(repeat, int) and repeat > 1 else ()
            found.append(Removable(name, block.name, not places))
            found += [Removable(f"{name}.{place}", block.name, True, name, place) for place in places]
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
