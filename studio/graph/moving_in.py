"""Moving nodes into a block that is there already: their wires across its edge become ports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from studio.errors import GraphError
from studio.graph.block import INPUT, OUTPUT, Block
from studio.graph.block_inside import Inside, check_block, in_order
from studio.graph.definitions import definition_of, is_recursive, put_block
from studio.graph.edits import remove_nodes
from studio.graph.expansion import Source
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.grouping import PITCH_X, check_selection
from studio.graph.levels import level, put_level
from studio.graph.names import FreeNames
from studio.graph.node import Edge, Node
from studio.graph.pieces import retied
from studio.graph.port import SignatureOf
from studio.graph.reach import upstream
from studio.graph.wires import rewire, with_port

GAP = 64.0
"""Distance of what comes in from what is inside, in canvas pixels."""

CARD_WIDTH = 136.0


def move_in(
    design: Graph, path: Sequence[str], node_ids: Iterable[str], instance_id: str, signature: SignatureOf
) -> Graph:
    """Return the outermost graph with some nodes of a level moved into a block of that level.

    Args:
        design: The outermost graph.
        path: The instances that lead to the level.
        node_ids: The nodes that move.
        instance_id: The instance that they move into; its definition changes.
        signature: The ports of the graph's nodes.

    Raises:
        GraphError: It would change what the network computes; the message says why.
    """
    here = level(design, path)
    instance = here.node(instance_id)
    block = definition_of(here, instance)
    chosen = set(node_ids) - {instance_id}
    if not chosen:
        raise GraphError("Nothing is selected to move into the block.")
    check_block(design, instance, block)
    check_selection(here, chosen | {instance_id}, signature)
    nodes = in_order(here, chosen)
    for node in nodes:
        _check_expressions(node)
    moved = _MoveIn(here, instance, block, nodes, signature).result()
    if is_recursive(moved.blocks, block.name):
        raise GraphError(f'The block "{block.name}" cannot contain itself.')
    return put_level(design, path, moved)


def _check_expressions(node: Node) -> None:
    for argument, value in node.arguments.items():
        if is_expression(value):
            raise GraphError(
                f'"{node.name}" takes {argument} from the block around it. Set it to a plain value first.',
                node_id=node.id,
                argument=argument,
            )


class _MoveIn:
    """Collects what the level and the definition become."""

    def __init__(
        self, graph: Graph, instance: Node, block: Block, nodes: list[Node], signature: SignatureOf
    ) -> None:
        self._signature = signature
        self._graph = graph
        self._instance = instance
        self._block = block
        self._nodes = nodes
        self._chosen = {node.id for node in nodes}
        self._inside = Inside(block.graph)
        first = self._inside.last_number() + 1
        self._ids = {node.id: f"n{number}" for number, node in enumerate(nodes, first)}
        self._entries = self._present_entries()
        self._into: list[Edge] = []
        self._onward: dict[Source, str] = {}

    def result(self) -> Graph:
        """Return the level, with the block's new definition."""
        self._take_over_nodes()
        self._join_inputs()
        outputs = {port.name: self._inside.feed_of(port.id) for port in self._block.outputs()}
        for node in self._nodes:
            self._feed(node, outputs)
        self._hand_out()
        self._drop_outputs()
        self._put_ports_outside()
        block = replace(self._block, graph=self._inside.graph())
        return self._rewired(put_block(self._graph, block))

    def _present_entries(self) -> dict[Source, Source]:
        """Return, by what feeds the block from outside, the port inside that stands for it."""
        found: dict[Source, Source] = {}
        for port in self._block.inputs():
            for edge in self._graph.inputs_of(self._instance.id, port.name)[:1]:
                if edge.source not in self._chosen:
                    found.setdefault((edge.source, edge.source_port), (port.id, "output"))
        return found

    def _take_over_nodes(self) -> None:
        """Put copies inside: what leads to the block left of what is there, the rest right of it."""
        names = FreeNames(node.name for node in self._inside.nodes.values())
        before = upstream(self._graph, [self._instance.id])
        groups = [[n for n in self._nodes if (n.id in before) is first] for first in (True, False)]
        layers = [n for n in self._inside.nodes.values() if n.kind not in (INPUT, OUTPUT)]
        left = min((node.x for node in layers), default=0.0)
        right = max((node.x + CARD_WIDTH for node in layers), default=0.0)
        top = min((node.y for node in layers), default=0.0)
        for group, leads in zip(groups, (True, False), strict=True):
            if not group:
                continue
            far = max(node.x for node in group) + CARD_WIDTH + GAP if leads else min(n.x for n in group) - GAP
            dx = (left if leads else right) - far
            dy = top - min(node.y for node in group)
            for node in group:
                copy = replace(node, id=self._ids[node.id], name=names.take(node.name))
                self._inside.nodes[copy.id] = retied(copy, self._ids).at(node.x + dx, node.y + dy)

    def _join_inputs(self) -> None:
        """Lead what fed the block's inputs from the nodes straight to where those inputs led."""
        for port in self._block.inputs():
            for edge in self._graph.inputs_of(self._instance.id, port.name)[:1]:
                if edge.source in self._chosen:
                    new = self._ids[edge.source], edge.source_port
                    self._inside.feed_instead((port.id, "output"), new)
                    self._inside.drop(port.id)

    def _feed(self, node: Node, outputs: dict[str, Source | None]) -> None:
        """Draw the wires into one node inside."""
        for edge in self._graph.inputs_of(node.id):
            source: Source | None
            if edge.source in self._chosen:
                source = self._ids[edge.source], edge.source_port
            elif edge.source == self._instance.id:
                source = outputs.get(edge.source_port)
            else:
                source = self._entry(edge)
            if source is not None:
                target = self._ids[node.id]
                self._inside.edges.append(Edge(*source, target, edge.target_port, edge.index))

    def _entry(self, edge: Edge) -> Source:
        """Return the port inside that stands for what feeds a wire from outside, perhaps a new one."""
        source = edge.source, edge.source_port
        if source not in self._entries:
            port = self._inside.add_port(INPUT, self._graph.node(edge.source).name)
            self._entries[source] = port.id, "output"
            self._into.append(Edge(*source, self._instance.id, port.name))
        return self._entries[source]

    def _hand_out(self) -> None:
        """Add an output for each thing that is used outside, or that the network ends with."""
        own = self._chosen | {self._instance.id}
        for node in self._nodes:
            wires = self._graph.outputs_of(node.id)
            used = [edge.source_port for edge in wires if edge.target not in own]
            for port in dict.fromkeys([*used, *self._loose(node)]):
                made = self._inside.add_port(OUTPUT, f"to_{node.name}")
                self._inside.edges.append(Edge(self._ids[node.id], port, made.id, "input"))
                self._onward[node.id, port] = made.name

    def _loose(self, node: Node) -> list[str]:
        """Return the outputs of a node that nothing uses, if nothing of it is used."""
        ports = self._signature(node)
        if ports is None or self._graph.outputs_of(node.id):
            return []
        return [port.name for port in ports.outputs if port.carries == "tensor" and not port.optional]

    def _drop_outputs(self) -> None:
        """Take off the outputs of the block that only the nodes used."""
        for port in self._block.outputs():
            wires = self._graph.outputs_of(self._instance.id, port.name)
            if wires and all(edge.target in self._chosen for edge in wires):
                self._inside.drop(port.id)

    def _put_ports_outside(self) -> None:
        """Put the ports of the block left and right of all that is inside now."""
        layers = [n for n in self._inside.nodes.values() if n.kind not in (INPUT, OUTPUT)]
        left = min((node.x for node in layers), default=0.0) - PITCH_X
        right = max((node.x for node in layers), default=0.0) + PITCH_X
        for node in list(self._inside.nodes.values()):
            if node.kind in (INPUT, OUTPUT):
                x = min(node.x, left) if node.kind == INPUT else max(node.x, right)
                self._inside.nodes[node.id] = node.at(x, node.y)

    def _rewired(self, graph: Graph) -> Graph:
        """Return the level without the nodes, their wires at the block's ports."""
        taken: dict[tuple[str, str], list[Edge]] = {}
        for (node_id, port), name in self._onward.items():
            for edge in graph.outputs_of(node_id, port):
                place = edge.target, edge.target_port
                if edge.target not in self._chosen | {self._instance.id}:
                    wires = taken.setdefault(place, list(graph.inputs_of(*place)))
                    wires[edge.index] = replace(edge, source=self._instance.id, source_port=name)
        graph = remove_nodes(graph, self._chosen)
        for (target, port), wires in taken.items():
            graph = with_port(graph, target, port, wires)
        return rewire(graph, (), self._into)
