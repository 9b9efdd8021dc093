"""Deleting layers by name, with what belongs to them, as in an ablation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from studio.catalog import registry
from studio.errors import GraphError, ZooError
from studio.graph import edits
from studio.graph.block import INPUT, OUTPUT, REPEAT
from studio.graph.definitions import definition_of
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.levels import level as level_at
from studio.graph.node import Node
from studio.graph.problems import listing
from studio.graph.ungrouping import ungroup
from studio.zoo.actions.change import Change, spec_of, tidied
from studio.zoo.actions.places import closed_up
from studio.zoo.actions.removable import removable

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
class LeftOut:
    """A network without some of its layers and blocks.

    Attributes:
        graph: What is left.
        rows: Of rows that lost some of their blocks, the numbers that those had that are left.
        opened: Of what blocks were opened into, the dotted names that it had inside, by those it has now.
    """

    graph: Graph
    rows: Mapping[str, tuple[int, ...]]
    opened: Mapping[str, str]

    def name_before(self, name: str) -> str:
        """Return what a weight of it was called before: blocks behind a gap in a row have moved up."""
        first, dot, rest = name.partition(".")
        name = f"{self.opened.get(first, first)}{dot}{rest}"
        for row, left in self.rows.items():
            if name.startswith(f"{row}."):
                number, dot, rest = name.removeprefix(f"{row}.").partition(".")
                return f"{row}.{left[int(number)]}{dot}{rest}"
        return name

    def words_before(self, text: str) -> str:
        """Return a sentence about it with the names that quoted layers had before."""
        return re.sub(r'"([^"]+)"', lambda found: f'"{self.name_before(found[1])}"', text)


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
    inner = [name for name in wanted if name in known and known[name].is_inner]
    whole = [name for name in wanted if name not in inner and (name not in known or not known[name].row)]
    rows: dict[str, tuple[int, ...]] = {}
    for row, places in gone.items():
        there = {one.place for one in known.values() if one.row == row}
        rows[row] = tuple(sorted(there - places))
        if rows[row]:
            graph = _with_repeat(graph, row, len(rows[row]))
        else:
            whole.append(row)
    inner = [now for name in inner if not _is_within(name, wanted) and (now := _name_after(name, rows))]
    try:
        graph, opened = _opened_to(graph, inner)
    except GraphError as error:
        raise ZooError(f"Cannot delete {listing(inner)}: {error.message}") from error
    here = {before: now for now, before in opened.items()}
    names = [_name_here(name, here) for name in (*whole, *inner)]
    left = LeftOut(graph, rows, opened)
    try:
        return replace(left, graph=delete_and_reconnect(graph, names, followers).graph)
    except ZooError as error:
        raise ZooError(left.words_before(error.message)) from error


def _is_within(name: str, others: Iterable[str]) -> bool:
    """Say whether a layer lies in one of some blocks."""
    return any(name.startswith(f"{other}.") for other in others)


def _name_after(name: str, rows: Mapping[str, tuple[int, ...]]) -> str:
    """Return what a layer is called once blocks before it in its row are gone; empty if its own is."""
    for row, left in rows.items():
        if name.startswith(f"{row}."):
            number, dot, rest = name.removeprefix(f"{row}.").partition(".")
            return f"{row}.{left.index(int(number))}{dot}{rest}" if int(number) in left else ""
    return name


def _name_here(name: str, here: Mapping[str, str]) -> str:
    """Return what a layer is called once blocks that it may lie in have been opened."""
    for before, now in here.items():
        if name == before or name.startswith(f"{before}."):
            return f"{now}{name.removeprefix(before)}"
    return name


def _opened_to(graph: Graph, names: Iterable[str]) -> tuple[Graph, dict[str, str]]:
    """Open blocks until some layers stand on the outermost level, where each has its own copy's name.

    Returns:
        The graph, and of what came out of blocks the dotted names from before, by those it has now.

    Raises:
        GraphError: There is no such layer, or a block on the way stands for what single layers cannot.
    """
    before: dict[str, str] = {}
    for name in names:
        while True:
            known = {before.get(node.name, node.name): node for node in graph.nodes.values()}
            if name in known:
                break
            way = next((node for dotted, node in known.items() if name.startswith(f"{dotted}.")), None)
            if way is None:
                raise GraphError(f'There is no layer "{name}".')
            graph, made = _opened_once(graph, way)
            outer = before.pop(way.name, way.name)
            before |= {now: f"{outer}.{inner}" for now, inner in made.items()}
    return graph, before


def _opened_once(graph: Graph, node: Node) -> tuple[Graph, dict[str, str]]:
    """Return a graph with one block opened, and what the layers were called in it, by their names now."""
    layers = [one for one in definition_of(graph, node).graph.ordered() if one.kind not in (INPUT, OUTPUT)]
    graph, ids = ungroup(graph, node.id, registry.signatures(graph))
    is_row = isinstance(node.arguments.get(REPEAT), int)
    made: dict[str, str] = {}
    for place, node_id in enumerate(ids):
        copy, layer = divmod(place, len(layers))
        inner = layers[layer].name
        made[graph.node(node_id).name] = f"{copy}.{inner}" if is_row else inner
    return graph, made


def _with_repeat(graph: Graph, row: str, repeat: int) -> Graph:
    *outer, name = row.split(".")
    path: list[str] = []
    for instance in outer:
        path.append(level_at(graph, path).named(instance).id)
    return edit_level(
        graph, path, lambda level: edits.set_argument(level, level.named(name).id, REPEAT, repeat)
    )


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
