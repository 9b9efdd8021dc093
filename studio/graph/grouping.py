"""Making a block of a selection: its outer wires become ports, and an instance takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import (
    COUNT,
    INDEX,
    INPUT,
    OUTPUT,
    PREFIX,
    TIED_TO,
    Block,
    BlockArgument,
)
from studio.graph.definitions import check_new_name, put_block
from studio.graph.edits import new_node
from studio.graph.expansion import Source
from studio.graph.expressions import is_expression, names_in, renamed
from studio.graph.graph import Bend, Graph
from studio.graph.names import FreeNames, usable
from studio.graph.node import Edge, Node, Value
from studio.graph.pieces import retied
from studio.graph.port import SignatureOf
from studio.graph.problems import listing
from studio.graph.wires import rewire

PITCH_X, PITCH_Y = 200.0, 128.0
"""Distance at which ports are placed beside the layers of a new block, in canvas pixels."""

_PLACE = {INDEX: BlockArgument("place", 0, "Which of the row it is in."), COUNT: BlockArgument("length", 1)}
"""What a block cut out of a repeated one is told instead of `index` and `count`, which are its own."""


def group(
    graph: Graph, node_ids: Iterable[str], name: str, signature: SignatureOf, inside: Block | None = None
) -> Graph:
    """Return the graph with a new block in place of some nodes.

    Wires from outside become inputs of the block, one for each source; outputs that are used outside
    become outputs. What its expressions use of the block around it becomes arguments of its own.

    Args:
        graph: A level.
        node_ids: The selection.
        name: What the block is called.
        signature: The ports of the graph's nodes.
        inside: The block whose level it is, if it is one.

    Raises:
        GraphError: The name cannot be had, or the selection cannot be a block; the message says why.
    """
    check_new_name(graph, name)
    chosen = set(node_ids)
    check_selection(graph, chosen, signature)
    cut = _Cut(graph, [node_id for node_id in topology.order(graph) if node_id in chosen], signature)
    arguments, given, names = _arguments(cut.nodes, inside)
    block = Block(name, cut.inner(names), arguments)
    return _replaced(put_block(graph, block), cut, name, given)


def group_at(
    graph: Graph, path: Iterable[str], node_ids: Iterable[str], name: str, signature: SignatureOf
) -> Graph:
    """Return the outermost graph with some nodes at a level grouped; see `group`."""
    from studio.graph.levels import block_at, edit_level

    ids = tuple(path)
    check_new_name(graph, name)  # a level does not know of the blocks that are missing further out
    inside = block_at(graph, ids)
    return edit_level(graph, ids, lambda level: group(level, node_ids, name, signature, inside))


def why_not_group(graph: Graph, node_ids: Iterable[str], signature: SignatureOf) -> str | None:
    """Return why some nodes cannot become a block, as a sentence; None if they can."""
    try:
        check_selection(graph, set(node_ids), signature)
    except GraphError as error:
        return error.message
    return None


def check_selection(graph: Graph, chosen: set[str], signature: SignatureOf) -> None:
    """Refuse nodes that cannot be one block.

    Raises:
        GraphError: The message says which of them, and why.
    """
    if not chosen:
        raise GraphError("Nothing is selected. Select the layers that the block should be made of.")
    for node in sorted((graph.node(node_id) for node_id in chosen), key=lambda node: node.id):
        ports = signature(node)
        if ports is not None and ports.role != "layer":
            raise GraphError(
                f'"{node.name}" cannot be inside a block: inputs, targets, outputs and losses stay outside. '
                "Take it out of the selection.",
                node_id=node.id,
            )
    check_ties(graph, chosen)
    check_no_detour(graph, chosen)


def check_ties(graph: Graph, chosen: set[str]) -> None:
    """Refuse a selection that parts a layer from the one whose weights it uses."""
    for node in graph.ordered():
        tied = node.arguments.get(TIED_TO)
        if isinstance(tied, str) and tied in graph and (node.id in chosen) != (tied in chosen):
            raise GraphError(
                f'"{node.name}" uses the weights of "{graph.node(tied).name}". Select both, or neither.',
                node_id=node.id,
            )


def check_no_detour(graph: Graph, chosen: set[str]) -> None:
    """Refuse a selection that a path leaves and enters again: the block would have to feed itself."""
    after = _closure(
        (edge.target for node_id in chosen for edge in graph.outputs_of(node_id)),
        chosen,
        lambda node_id: (edge.target for edge in graph.outputs_of(node_id)),
    )
    before = _closure(
        (edge.source for node_id in chosen for edge in graph.inputs_of(node_id)),
        chosen,
        lambda node_id: (edge.source for edge in graph.inputs_of(node_id)),
    )
    between = [node.name for node in graph.ordered() if node.id in after & before]
    if between:
        verb = "lies" if len(between) == 1 else "lie"
        raise GraphError(
            f"{listing(between)} {verb} on a path that leaves the selection and comes back to it. "
            "Select it too, or less."
        )


def _closure(starts: Iterable[str], stop: set[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    """Return all that can be reached without going through some nodes."""
    seen = set(starts) - stop
    stack = list(seen)
    while stack:
        for node_id in step(stack.pop()):
            if node_id not in seen and node_id not in stop:
                seen.add(node_id)
                stack.append(node_id)
    return seen


class _Cut:
    """Where a selection is cut out of its level.

    Attributes:
        graph: The level.
        nodes: The selection, in topological order.
        entries: By outer source: the name of the port that it becomes.
        exits: By inner source that is used outside: the name of its port.
    """

    def __init__(self, graph: Graph, ordered: list[str], signature: SignatureOf) -> None:
        self.graph = graph
        self.nodes = [graph.node(node_id) for node_id in ordered]
        self._signature = signature
        self._chosen = set(ordered)
        names = FreeNames(node.name for node in self.nodes)
        entering = dict.fromkeys((edge.source, edge.source_port) for edge in self.wires_in())
        self.entries = self._named(list(entering), "input", names)
        self.exits = self._named(self._leaving(), "output", names)

    def wires_in(self) -> Iterator[Edge]:
        """Yield the wires from outside, in the order of the ports they end at."""
        for node in self.nodes:
            ports = self._signature(node)
            order = {port.name: place for place, port in enumerate(ports.inputs if ports is not None else ())}
            wires = self.graph.inputs_of(node.id)
            for edge in sorted(wires, key=lambda edge: (order.get(edge.target_port, len(order)), edge.index)):
                if edge.source not in self._chosen:
                    yield edge

    def wires_out(self) -> Iterator[Edge]:
        """Yield the wires to the outside."""
        for node in self.nodes:
            yield from (edge for edge in self.graph.outputs_of(node.id) if edge.target not in self._chosen)

    def _leaving(self) -> list[Source]:
        """Return what comes out: what is used outside, and what the network hands out as it ends there."""
        used = {(edge.source, edge.source_port) for edge in self.wires_out()}
        roles = {ports.role for node in self.graph.nodes.values() if (ports := self._signature(node))}
        ends = set() if used and roles & {"loss", "output"} else set(self._loose_ends())
        given = [
            (node.id, port)
            for node in self.nodes
            for port in self._ports_out(node)
            if (node.id, port) in used | ends
        ]
        return list(dict.fromkeys(given))

    def _loose_ends(self) -> Iterator[Source]:
        for node in self.nodes:
            ports = self._signature(node)
            for port in ports.outputs if ports is not None else ():
                if port.carries == "tensor" and not self.graph.outputs_of(node.id, port.name):
                    yield node.id, port.name

    def _ports_out(self, node: Node) -> list[str]:
        """Return a node's outputs in order; of an unknown layer, those that have wires."""
        ports = self._signature(node)
        known = [port.name for port in ports.outputs] if ports is not None else []
        return [*known, *(edge.source_port for edge in self.graph.outputs_of(node.id))]

    def _named(self, sources: list[Source], only: str, names: FreeNames) -> dict[Source, str]:
        """Return a name for the port of each source: the usual one, or the name of what feeds it."""
        if len(sources) == 1:
            return {sources[0]: names.take(only)}
        several = [node_id for node_id, _ in sources]
        found = {}
        for node_id, port in sources:
            name = self.graph.node(node_id).name
            wanted = f"{name}_{port}" if several.count(node_id) > 1 else name
            found[node_id, port] = names.take(usable(f"to_{wanted}" if only == "output" else wanted))
        return found

    def inner(self, names: dict[str, str]) -> Graph:
        """Return the inside of the block, with ports at its sides and names in expressions changed."""
        left = min(node.x for node in self.nodes)
        top = min(node.y for node in self.nodes)
        right = max(node.x for node in self.nodes) - left + 2 * PITCH_X
        nodes: list[Node] = []
        edges: list[Edge] = []
        bends: dict[Edge, tuple[Bend, ...]] = {}
        ids: dict[str, str] = {}
        for place, port in enumerate(self.entries.values()):
            nodes.append(Node(f"n{len(nodes) + 1}", INPUT, port, x=0.0, y=place * PITCH_Y))
        entry_ids = dict(zip(self.entries, (node.id for node in nodes), strict=True))
        for number, node in enumerate(self.nodes, len(nodes) + 1):
            ids[node.id] = f"n{number}"
        for node in self.nodes:
            moved = replace(node, id=ids[node.id]).at(node.x - left + PITCH_X, node.y - top)
            nodes.append(_renamed(retied(moved, ids), names))
            for edge in self.graph.inputs_of(node.id):
                if edge.source in ids:
                    inner = replace(edge, source=ids[edge.source], target=ids[node.id])
                    edges.append(inner)
                    bends[inner] = _shifted(self.graph.bends.get(edge, ()), PITCH_X - left, -top)
                else:
                    source = entry_ids[edge.source, edge.source_port]
                    edges.append(replace(edge, source=source, source_port="output", target=ids[node.id]))
        for place, ((node_id, from_port), port) in enumerate(self.exits.items()):
            end = Node(f"n{len(nodes) + 1}", OUTPUT, port, x=right, y=place * PITCH_Y)
            nodes.append(end)
            edges.append(Edge(ids[node_id], from_port, end.id, "input"))
        return Graph.of(nodes, edges, bends=bends)


def _shifted(points: Iterable[Bend], dx: float, dy: float) -> tuple[Bend, ...]:
    """Return points moved right and down."""
    return tuple((x + dx, y + dy) for x, y in points)


def _renamed(node: Node, names: dict[str, str]) -> Node:
    """Return a node with other names in its expressions."""
    for argument, value in node.arguments.items():
        if is_expression(value):
            node = node.with_argument(argument, renamed(str(value), names))
    return node


def _arguments(
    nodes: list[Node], inside: Block | None
) -> tuple[tuple[BlockArgument, ...], dict[str, Value], dict[str, str]]:
    """Return a new block's arguments, what its instance sets them to, and how names in it change."""
    used = {
        name
        for node in nodes
        for value in node.arguments.values()
        if is_expression(value)
        for name in names_in(str(value))
    }
    outer = inside.arguments if inside is not None else ()
    arguments = [argument for argument in outer if argument.name in used]
    given: dict[str, Value] = {argument.name: f"={argument.name}" for argument in arguments}
    names: dict[str, str] = {}
    free = FreeNames([*used, *(argument.name for argument in outer)])
    for own in (INDEX, COUNT):
        if inside is not None and own in used:
            told = replace(_PLACE[own], name=free.take(_PLACE[own].name))
            arguments.append(told)
            given[told.name] = f"={own}"
            names[own] = told.name
    return tuple(arguments), given, names


def _replaced(graph: Graph, cut: _Cut, name: str, given: dict[str, Value]) -> Graph:
    """Return the level with an instance where the selection was."""
    wires_in, wires_out = list(cut.wires_in()), list(cut.wires_out())
    chosen = {node.id for node in cut.nodes}
    between = [edge for node_id in chosen for edge in graph.inputs_of(node_id)]
    rest = rewire(graph, [*between, *wires_out], ())
    nodes = rest.nodes.mutate()
    for node_id in chosen:
        del nodes[node_id]
    rest = replace(rest, nodes=nodes.finish())
    x = sum(node.x for node in cut.nodes) / len(chosen)
    y = sum(node.y for node in cut.nodes) / len(chosen)
    made = new_node(rest, f"{PREFIX}{name}", arguments=given, x=round(x), y=round(y))
    rest = replace(rest, nodes=rest.nodes.set(made.id, made))
    into = {
        Edge(edge.source, edge.source_port, made.id, cut.entries[edge.source, edge.source_port])
        for edge in wires_in
    }
    out = [
        replace(edge, source=made.id, source_port=cut.exits[edge.source, edge.source_port])
        for edge in wires_out
    ]
    return rewire(rest, (), [*into, *out])
