"""Arranges a network by itself: layers of nodes from left to right, in rows like lines of text.

Each node stands right of all that feed it (longest path). Within a layer nodes are ordered by where their
neighbours are, which keeps wires from crossing, and stand as level with them as there is room. A network
too long for the screen's shape goes on in a further row.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from statistics import fmean

from studio.app.canvas.cards import GRID, HEIGHT, MIN_WIDTH
from studio.graph.graph import Graph
from studio.graph.node import id_key

GAP_X, GAP_Y = 80.0, 40.0
ROW_GAP = 72.0
ROW_WIDTH = 900.0
"""No row is cut shorter than this."""

SHAPE = 1.9
"""Width to height of the whole that is aimed for."""

SWEEPS = 6
DEFAULT_SIZE = (float(MIN_WIDTH), float(HEIGHT))

Sizes = Mapping[str, tuple[float, float]]


def arrange(graph: Graph, sizes: Sizes | None = None) -> dict[str, tuple[float, float]]:
    """Return a place for every node, as top left corners by id.

    Args:
        sizes: Width and height of the cards; those missing are taken as the smallest.
    """
    sizes = sizes or {}
    layers = _ordered_layers(graph, _layers(graph))
    if not layers:
        return {}
    heights = _levels(graph, layers, sizes)
    rows = _rows(layers, heights, sizes)
    return _placed(rows, heights, sizes)


def walk_order(graph: Graph) -> list[str]:
    """Return all node ids, each after what feeds it: along a branch to its end, else from left to right."""
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
    return node.x, node.y, id_key(node_id), node_id


def _layers(graph: Graph) -> list[list[str]]:
    """Return the nodes by the length of the longest path to them; a source stands just before its use."""
    depth: dict[str, int] = {}
    order = walk_order(graph)
    for node_id in order:
        depth[node_id] = max((depth.get(e.source, -1) + 1 for e in graph.inputs_of(node_id)), default=0)
    for node_id in order:
        fed = [depth[edge.target] for edge in graph.outputs_of(node_id)]
        if not graph.inputs_of(node_id) and fed:
            depth[node_id] = max(min(fed) - 1, 0)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node_id in sorted(depth, key=id_key):
        layers[depth[node_id]].append(node_id)
    return [layer for layer in layers if layer]


def _ordered_layers(graph: Graph, layers: list[list[str]]) -> list[list[str]]:
    """Return the layers with their nodes ordered by the middle of their neighbours, swept to and fro."""
    place = {node_id: float(index) for layer in layers for index, node_id in enumerate(layer)}
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            wanted = {}
            for node_id in layer:
                near = _neighbours(graph, node_id, before=forward)
                wanted[node_id] = fmean(place[other] for other in near) if near else place[node_id]
            layer.sort(key=lambda node_id: (wanted[node_id], id_key(node_id)))
            middle = (len(layer) - 1) / 2
            place.update({node_id: index - middle for index, node_id in enumerate(layer)})
    return layers


def _neighbours(graph: Graph, node_id: str, *, before: bool) -> list[str]:
    if before:
        return [edge.source for edge in graph.inputs_of(node_id)]
    return [edge.target for edge in graph.outputs_of(node_id)]


def _levels(graph: Graph, layers: list[list[str]], sizes: Sizes) -> dict[str, float]:
    """Return each node's top edge, as level with its neighbours' as the order in its layer allows.

    Tops are compared, not middles: ports sit at the same height below the top of every card.
    """
    top: dict[str, float] = {}
    for layer in layers:
        y = 0.0
        for node_id in layer:
            top[node_id] = y
            y += sizes.get(node_id, DEFAULT_SIZE)[1] + GAP_Y
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            near = {node_id: _neighbours(graph, node_id, before=forward) for node_id in layer}
            wanted = {i: fmean(top[n] for n in near[i]) if near[i] else top[i] for i in layer}
            _settle(layer, wanted, top, sizes)
    return _straightened(graph, layers, top, sizes)


def _straightened(
    graph: Graph, layers: list[list[str]], top: dict[str, float], sizes: Sizes
) -> dict[str, float]:
    """Return the top edges with the first node of each layer level with what feeds its first input.

    Means put a fork's nodes half a card off; a person puts the main line straight and the rest below.
    """
    for layer in layers[1:]:
        y = float("-inf")
        for node_id in layer:
            fed = graph.inputs_of(node_id)
            y = max(top[fed[0].source] if fed else top[node_id], y)
            top[node_id] = y
            y += sizes.get(node_id, DEFAULT_SIZE)[1] + GAP_Y
    return top


def _settle(layer: list[str], wanted: Mapping[str, float], top: dict[str, float], sizes: Sizes) -> None:
    """Put a layer's nodes where they want to be, pushed apart where they would overlap."""
    down, y = [], float("-inf")
    for node_id in layer:
        y = max(y, wanted[node_id])
        down.append(y)
        y += sizes.get(node_id, DEFAULT_SIZE)[1] + GAP_Y
    shift = fmean(wanted[node_id] - place for node_id, place in zip(layer, down, strict=True))
    for node_id, place in zip(layer, down, strict=True):
        top[node_id] = place + shift


def _rows(layers: list[list[str]], top: Mapping[str, float], sizes: Sizes) -> list[list[list[str]]]:
    """Return the layers cut into rows, so many that the whole has about the wanted shape."""
    widths = [max(sizes.get(i, DEFAULT_SIZE)[0] for i in layer) + GAP_X for layer in layers]
    nodes = [node_id for layer in layers for node_id in layer]
    high = max(top[i] + sizes.get(i, DEFAULT_SIZE)[1] for i in nodes) - min(top[i] for i in nodes) + ROW_GAP
    whole = sum(widths)
    most = max(int(whole / ROW_WIDTH), 1)
    count = min(range(1, most + 1), key=lambda n: abs(whole / n / (n * high) - SHAPE))
    rows: list[list[list[str]]] = [[]]
    used = 0.0
    for layer, width in zip(layers, widths, strict=True):
        if rows[-1] and used + width / 2 > whole / count and len(rows) < count:
            rows.append([])
            used = 0.0
        rows[-1].append(layer)
        used += width
    return rows


def _placed(
    rows: list[list[list[str]]], top: Mapping[str, float], sizes: Sizes
) -> dict[str, tuple[float, float]]:
    """Return the nodes' places, row under row, on the grid."""
    places: dict[str, tuple[float, float]] = {}
    y = 0.0
    for row in rows:
        nodes = [node_id for layer in row for node_id in layer]
        highest = min(top[node_id] for node_id in nodes)
        x = 0.0
        for layer in row:
            for node_id in layer:
                places[node_id] = _on_grid(x), _on_grid(y + top[node_id] - highest)
            x += max(sizes.get(node_id, DEFAULT_SIZE)[0] for node_id in layer) + GAP_X
        y += max(top[i] - highest + sizes.get(i, DEFAULT_SIZE)[1] for i in nodes) + ROW_GAP
    return places


def _on_grid(length: float) -> float:
    return float(round(length / GRID) * GRID)
