"""Moving nodes out of the block they are in: ports that they alone used go, and wires become ports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from studio.errors import GraphError
from studio.graph.block import INPUT, OUTPUT, Block
from studio.graph.block_inside import Inside, check_block, in_order
from studio.graph.definitions import put_block
from studio.graph.expansion import Source
from studio.graph.expressions import is_expression, substituted
from studio.graph.graph import Graph
from studio.graph.grouping import check_no_detour, check_ties
from studio.graph.levels import block_at, level, put_level
from studio.graph.names import FreeNames, last_number
from studio.graph.node import Edge, Node
from studio.graph.pieces import retied
from studio.graph.placement import beside, usual_size
from studio.graph.problems import listing
from studio.graph.pushing import SizeOf
from studio.graph.sizing import inner_scope
from studio.graph.wires import rewire, with_port


def move_out(
    design: Graph, path: Sequence[str], node_ids: Iterable[str], size_of: SizeOf = usual_size
) -> tuple[Graph, tuple[str, ...]]:
    """Return the outermost graph with some nodes moved out of the block they are in, and their new ids.

    Args:
        design: The outermost graph.
        path: The instances that lead into the block; the last is that of the block.
        node_ids: The nodes that move to the level around it.
        size_of: The size of a node's card, to find room beside the block.

    Raises:
        GraphError: It would change what the network computes; the message says why.
    """
    block = block_at(design, path)
    if block is None:
        raise GraphError("This is the network itself: there is nothing around it.")
    *outer, instance_id = path
    here = level(design, outer)
    instance, chosen = here.node(instance_id), set(node_ids)
    check_block(design, instance, block)
    _check_leaving(block, chosen)
    moving = _MoveOut(here, instance, block, in_order(block.graph, chosen))
    moved = beside(moving.result(), moving.ids.values(), size_of)
    return put_level(design, outer, moved), tuple(moving.ids.values())


def _check_leaving(block: Block, chosen: set[str]) -> None:
    """Refuse a selection that cannot leave its block."""
    nodes = [block.graph.node(node_id) for node_id in chosen]
    if not nodes:
        raise GraphError("Nothing is selected to move out of the block.")
    ports = sorted(node.name for node in nodes if node.kind in (INPUT, OUTPUT))
    if ports:
        raise GraphError(f"The ports of a block stay with it: take {listing(ports)} out of the selection.")
    if all(node.id in chosen or node.kind in (INPUT, OUTPUT) for node in block.graph.nodes.values()):
        raise GraphError("Nothing would be left in the block: ungroup it instead.")
    check_ties(block.graph, chosen)
    check_no_detour(block.graph, chosen)
    _check_no_way_between(block, chosen)


def _check_no_way_between(block: Block, chosen: set[str]) -> None:
    """Refuse nodes that lie in the middle: the block would feed them, and they would feed the block."""
    graph = block.graph
    stays = {node.id for node in graph.nodes.values() if node.kind not in (INPUT, OUTPUT)} - chosen
    fed = {e.target for i in stays for e in graph.outputs_of(i) if e.target in chosen}
    feeding = {e.source for i in stays for e in graph.inputs_of(i) if e.source in chosen}
    if fed and feeding:
        names = listing(sorted(graph.node(node_id).name for node_id in fed | feeding))
        raise GraphError(
            f"What stays in the block feeds {names}, and is fed by it: the block would have to feed itself. "
            "Select all that comes before it too, or all that comes after."
        )


class _MoveOut:
    """Collects what the level and the definition become.

    Attributes:
        ids: Id at the level around the block by that inside.
    """

    def __init__(self, graph: Graph, instance: Node, block: Block, nodes: list[Node]) -> None:
        self._graph = graph
        self._instance = instance
        self._block = block
        self._nodes = nodes
        self._chosen = {node.id for node in nodes}
        self._inside = Inside(block.graph)
        first = last_number(graph) + 1
        self.ids = {node.id: f"n{number}" for number, node in enumerate(nodes, first)}
        self._wires: list[Edge] = []
        self._given: dict[Source, Source] = {}

    def result(self) -> Graph:
        """Return the level, with the block's new definition."""
        for port in self._block.outputs():
            feed = self._inside.feed_of(port.id)
            if feed is not None and feed[0] not in self._chosen:
                self._given.setdefault(feed, (self._instance.id, port.name))
        for node in self._nodes:
            self._feed(node)
        onward = self._hand_over()
        self._lead_back()
        self._drop_inputs()
        for node in self._nodes:
            self._inside.drop(node.id)
        graph = put_block(self._graph, replace(self._block, graph=self._inside.graph()))
        return self._rewired(graph, onward)

    def _feed(self, node: Node) -> None:
        """Draw the wires into one node outside."""
        ports = {port.id: port.name for port in self._block.inputs()}
        for edge in self._block.graph.inputs_of(node.id):
            source: Source | None
            if edge.source in self._chosen:
                source = self.ids[edge.source], edge.source_port
            elif edge.source in ports:
                wires = self._graph.inputs_of(self._instance.id, ports[edge.source])
                source = (wires[0].source, wires[0].source_port) if wires else None
            else:
                source = self._output((edge.source, edge.source_port))
            if source is not None:
                self._wires.append(Edge(*source, self.ids[node.id], edge.target_port, edge.index))

    def _output(self, feed: Source) -> Source:
        """Return the block's output for something inside; a new one if there is none."""
        if feed not in self._given:
            port = self._inside.add_port(OUTPUT, f"to_{self._inside.nodes[feed[0]].name}")
            self._inside.edges.append(Edge(*feed, port.id, "input"))
            self._given[feed] = self._instance.id, port.name
        return self._given[feed]

    def _hand_over(self) -> dict[str, Source]:
        """Take off the outputs that the nodes fed; return, by their names, what is used in their place."""
        onward: dict[str, Source] = {}
        for port in self._block.outputs():
            feed = self._inside.feed_of(port.id)
            if feed is not None and feed[0] in self._chosen:
                onward[port.name] = self.ids[feed[0]], feed[1]
                self._inside.drop(port.id)
        return onward

    def _lead_back(self) -> None:
        """Add an input for each thing that feeds what stays inside."""
        for node in self._nodes:
            for port in dict.fromkeys(e.source_port for e in self._inside.edges if e.source == node.id):
                stay = [e for e in self._inside.fed_by((node.id, port)) if e.target not in self._chosen]
                if stay:
                    made = self._inside.add_port(INPUT, node.name)
                    self._inside.edges = [
                        replace(e, source=made.id, source_port="output") if e in stay else e
                        for e in self._inside.edges
                    ]
                    self._wires.append(Edge(self.ids[node.id], port, self._instance.id, made.name))

    def _drop_inputs(self) -> None:
        """Take off the inputs that only the nodes used."""
        for port in self._block.inputs():
            wires = self._inside.fed_by((port.id, "output"))
            if wires and all(edge.target in self._chosen for edge in wires):
                self._inside.drop(port.id)

    def _rewired(self, graph: Graph, onward: dict[str, Source]) -> Graph:
        """Return the level with the nodes beside the instance, and all wires where they belong."""
        kept = {node.name for node in self._inside.nodes.values() if node.kind == INPUT}
        gone = [e for e in graph.inputs_of(self._instance.id) if e.target_port not in kept]
        graph = self._with_nodes(rewire(graph, gone, ()))
        for edge in graph.outputs_of(self._instance.id):
            if edge.source_port in onward:
                source, port = onward[edge.source_port]
                graph = rewire(graph, [edge], [replace(edge, source=source, source_port=port)])
        graph = rewire(graph, (), self._wires)
        for node_id in self.ids.values():
            for name in dict.fromkeys(edge.target_port for edge in graph.inputs_of(node_id)):
                graph = with_port(graph, node_id, name, graph.inputs_of(node_id, name))
        return graph

    def _with_nodes(self, graph: Graph) -> Graph:
        """Return the level with copies of the nodes, placed as they were about the instance."""
        names = FreeNames(node.name for node in graph.nodes.values())
        scope = inner_scope(self._block, self._instance.arguments, 0, 1)
        left, top = min(node.x for node in self._nodes), min(node.y for node in self._nodes)
        nodes = graph.nodes.mutate()
        for node in self._nodes:
            copy = replace(node, id=self.ids[node.id], name=names.take(node.name))
            copy = retied(copy, self.ids).at(
                node.x - left + self._instance.x, node.y - top + self._instance.y
            )
            for argument, value in node.arguments.items():
                if is_expression(value):
                    copy = copy.with_argument(argument, substituted(str(value), scope))
            nodes[copy.id] = copy
        return replace(graph, nodes=nodes.finish())
