"""What the shape of a graph says, before PyTorch is asked: order, cycles, loose ends.

networkx is imported where it is needed: it takes 0.17 s, and the window and the command line start
without it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from studio.errors import GraphError
from studio.graph.block import INPUT, Block
from studio.graph.graph import Graph
from studio.graph.names import name_problems
from studio.graph.node import Node, id_key
from studio.graph.port import Role, SignatureOf
from studio.graph.problems import MAX_NAMES, Problem, listing, worst_first
from studio.graph.wiring import port_problems, unused_outputs

if TYPE_CHECKING:
    import networkx as nx


def order(graph: Graph) -> tuple[str, ...]:
    """Return all node ids, each after those that feed it; ties in the order of the ids.

    Raises:
        GraphError: The wires run in a circle.
    """
    keys = {node_id: id_key(node_id) for node_id in graph.nodes}
    waiting = {node_id: len(graph.inputs_of(node_id)) for node_id in graph.nodes}
    ready = [(keys[node_id], node_id) for node_id, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    found: list[str] = []
    while ready:
        _, node_id = heapq.heappop(ready)
        found.append(node_id)
        for edge in graph.outputs_of(node_id):
            waiting[edge.target] -= 1
            if waiting[edge.target] == 0:
                heapq.heappush(ready, (keys[edge.target], edge.target))
    if len(found) < len(graph):
        first = _cycle_problems(graph, to_networkx(graph))[0]
        raise GraphError(f"{first.message} {first.suggestion}", node_id=first.node)
    return tuple(found)


def to_networkx(graph: Graph) -> nx.MultiDiGraph[str]:
    """Return the graph as networkx has it: ids as nodes, one edge a wire with the `Edge` as its key."""
    import networkx as nx

    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    found.add_nodes_from(node.id for node in graph.ordered())
    found.add_edges_from((edge.source, edge.target, edge) for edge in graph.edges())
    return found


def structure_problems(graph: Graph, signature: SignatureOf) -> list[Problem]:
    """Return all that is wrong with names, wires and ends of a graph, errors first.

    What only PyTorch can say (shapes) and what the catalog says (arguments) is not here.
    """
    if not len(graph):
        return [
            Problem(
                "error",
                "empty",
                "The design is empty.",
                suggestion="Drag an input and some layers from the library onto the canvas.",
            )
        ]
    whole = to_networkx(graph)
    roles = {node.id: _role_of(node, signature) for node in graph.ordered()}
    cycles = _cycle_problems(graph, whole)
    lost = _unreached(graph, whole, roles, {node_id for cycle in cycles for node_id in cycle.nodes})
    return worst_first(
        [
            *cycles,
            *name_problems(graph),
            *port_problems(graph, signature),
            *_input_problems(graph, roles),
            *_output_problems(graph, roles, signature),
            *_reach_problems(graph, whole, lost, _idle(graph, whole, roles)),
        ]
    )


def block_problems(block: Block, signature: SignatureOf) -> list[Problem]:
    """Return what is wrong with names, wires and ends inside a block's definition."""
    graph = block.graph
    problems = [*_cycle_problems(graph, to_networkx(graph)), *name_problems(graph)]
    problems += port_problems(graph, signature)
    roles = {node.id: _role_of(node, signature) for node in graph.ordered()}
    for node in graph.ordered():
        if roles[node.id] in ("loss", "target") or (roles[node.id] == "input" and node.kind != INPUT):
            message = f'"{node.name}" cannot be inside a block.'
            advice = "Put inputs, targets and losses outside, and wire them to the block."
            problems.append(Problem("error", "inside-block", message, node.id, suggestion=advice))
    if not block.outputs():
        message = f'The block "{block.name}" has no output.'
        advice = "Add a Block output inside it, and wire a layer to it."
        problems.append(Problem("error", "no-output", message, suggestion=advice))
    return problems


def _role_of(node: Node, signature: SignatureOf) -> Role | None:
    """Return what a node is to the network; None for an unknown layer."""
    ports = signature(node)
    return None if ports is None else ports.role


def _names(graph: Graph, node_ids: Iterable[str]) -> list[str]:
    return [graph.node(node_id).name for node_id in node_ids]


def _cycle_problems(graph: Graph, whole: nx.MultiDiGraph[str]) -> list[Problem]:
    """Return a problem for each knot of cycles, with all nodes of it."""
    import networkx as nx

    knots = [
        sorted(knot, key=id_key)
        for knot in nx.strongly_connected_components(whole)
        if len(knot) > 1 or any(whole.has_edge(node_id, node_id) for node_id in knot)
    ]
    problems = []
    for knot in sorted(knots, key=lambda knot: id_key(knot[0])):
        path = _circle(graph, knot)
        names = _names(graph, path)
        shown = names if len(names) <= MAX_NAMES else [*names[: MAX_NAMES - 1], "…", names[-1]]
        problems.append(
            Problem(
                "error",
                "cycle",
                f"The wires run in a circle: {' → '.join([*shown, names[0]])}.",
                node=path[0],
                suggestion=f'Remove one of its wires, such as the one from "{names[-1]}" to "{names[0]}".',
                nodes=tuple(knot),
            )
        )
    return problems


def _circle(graph: Graph, knot: Sequence[str]) -> list[str]:
    """Return the shortest way round from the first node of a knot of cycles back to it."""
    inside, start = set(knot), knot[0]
    came_from: dict[str, str] = {}
    queue = deque([start])
    while start not in came_from:
        node_id = queue.popleft()
        for edge in graph.outputs_of(node_id):
            if edge.target in inside and edge.target not in came_from:
                came_from[edge.target] = node_id
                queue.append(edge.target)
    path = [came_from[start]]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def _input_problems(graph: Graph, roles: dict[str, Role | None]) -> list[Problem]:
    """Say where no data, or data at several places, would enter."""
    inputs = [node_id for node_id, role in roles.items() if role == "input"]
    if not inputs:
        return [
            Problem(
                "error",
                "no-input",
                "The network has no input.",
                suggestion="Drag an input from the library and wire it to the first layer.",
            )
        ]
    return []


def _output_problems(graph: Graph, roles: dict[str, Role | None], signature: SignatureOf) -> list[Problem]:
    """Say where nothing, or several things, would come out.

    Losses are what comes out; without one, each output that feeds nothing.
    """
    losses = [node_id for node_id, role in roles.items() if role == "loss"]
    if losses or "output" in roles.values():
        return []
    computing = [node for node in graph.ordered() if roles[node.id] in ("layer", None)]
    ends = [node.id for node in computing if unused_outputs(graph, node, signature)]
    if not ends:
        advice = "Wire the input to a layer, and the last layer to a loss."
        return [Problem("error", "no-output", "The network has no output.", suggestion=advice)]
    return []


def _unreached(
    graph: Graph, whole: nx.MultiDiGraph[str], roles: dict[str, Role | None], in_cycles: set[str]
) -> set[str]:
    """Return the nodes that no input leads to; those of cycles are reported as such.

    Unknown layers without wires in are taken for sources, like targets.
    """
    sources = [
        node_id
        for node_id, role in roles.items()
        if role in ("input", "target") or (role is None and not graph.inputs_of(node_id))
    ]
    return set(graph.nodes) - _spread(whole, sources) - in_cycles


def _idle(graph: Graph, whole: nx.MultiDiGraph[str], roles: dict[str, Role | None]) -> set[str]:
    """Return the nodes that lead to no loss.

    Where there is no loss, only inputs and targets that feed nothing: all else leads to an output.
    """
    losses = [node_id for node_id, role in roles.items() if role in ("loss", "output")]
    if "loss" in roles.values():
        return set(graph.nodes) - _spread(whole.reverse(copy=False), losses)
    ends = {node_id for node_id, role in roles.items() if role in ("input", "target")}
    return {node_id for node_id in ends if not graph.outputs_of(node_id)}


def _spread(whole: nx.MultiDiGraph[str], sources: Iterable[str]) -> set[str]:
    """Return some nodes and all that can be reached from them."""
    import networkx as nx

    return {node_id for layer in nx.bfs_layers(whole, list(sources)) for node_id in layer}


def _reach_problems(
    graph: Graph, whole: nx.MultiDiGraph[str], lost: set[str], idle: set[str]
) -> list[Problem]:
    """Return a warning for each connected group of nodes that no input leads to, or that lead nowhere."""
    problems = []
    for group in _groups(whole, lost):
        # A lone node lacks its own wire, which is reported as such.
        if len(group) > 1:
            names = listing(_names(graph, group))
            advice = "Wire an input, or a layer that has one, to the first of them, or remove them."
            message = f"No input leads to {names}."
            problems.append(
                Problem("warning", "unreachable", message, group[0], suggestion=advice, nodes=tuple(group))
            )
    for group in _groups(whole, idle - lost):
        names, verb = listing(_names(graph, group)), "leads" if len(group) == 1 else "lead"
        message = f"{names} {verb} to nothing that is trained."
        advice = "Wire it to a layer that leads to a loss, or remove it."
        problems.append(Problem("warning", "idle", message, group[0], suggestion=advice, nodes=tuple(group)))
    return problems


def _groups(whole: nx.MultiDiGraph[str], node_ids: set[str]) -> list[list[str]]:
    """Return the connected groups among some nodes, in the order of their first ids."""
    import networkx as nx

    groups = [sorted(group, key=id_key) for group in nx.weakly_connected_components(whole.subgraph(node_ids))]
    return sorted(groups, key=lambda group: id_key(group[0]))
