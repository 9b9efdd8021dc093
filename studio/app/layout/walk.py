"""The order in which a person walks through a network."""

from __future__ import annotations

import heapq

from studio.graph.graph import Graph
from studio.graph.node import id_key


def walk_order(graph: Graph) -> list[str]:
    """Return all node ids, each after what feeds it: along a branch to its end, else along the flow."""
    waiting = {node_id: len({e.source for e in graph.inputs_of(node_id)}) for node_id in graph.nodes}
    ready = [_place_key(graph, node_id) for node_id, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order: dict[str, None] = {}
    while ready:
        node_id: str | None = heapq.heappop(ready)[-1]
        while node_id is not None and node_id not in order:
            order[node_id] = None
            fresh = []
            for target in {edge.target for edge in graph.outputs_of(node_id)}:
                waiting[target] -= 1
                if waiting[target] == 0:
                    fresh.append(_place_key(graph, target))
            for key in fresh:
                heapq.heappush(ready, key)
            node_id = min(fresh)[-1] if fresh else None
    left = set(graph.nodes) - set(order)  # only in a file that was edited by hand: cycles
    return [*order, *sorted(left, key=id_key)]


def _place_key(graph: Graph, node_id: str) -> tuple[float, float, tuple[tuple[str | int, ...], str], str]:
    node = graph.node(node_id)
    along, across = (node.y, node.x) if graph.direction == "down" else (node.x, node.y)
    return along, across, id_key(node_id), node_id
