"""Our own layering: quick whatever the network, at the price of more crossings.

Each node stands right of all that feed it (longest path). Within a layer nodes are ordered by where their
neighbours are, which keeps wires from crossing, and stand as level with them as there is room.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from studio.app.layout.sketch import Layers, Sketch
from studio.app.layout.walk import walk_order
from studio.app.theme.measures import GAP_ACROSS
from studio.graph.graph import Graph
from studio.graph.node import id_key

SWEEPS = 6


def quick_layers(sketch: Sketch) -> Layers:
    """Return the layers of a network."""
    layers = _ordered_layers(sketch.graph, ranked(sketch.graph))
    return Layers(layers, _levels(sketch, layers))


def ranked(graph: Graph) -> list[list[str]]:
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


def _levels(sketch: Sketch, layers: list[list[str]]) -> dict[str, float]:
    """Return each node's top edge, as level with its neighbours' as the order in its layer allows.

    Tops are compared, not middles: ports sit at the same height below the top of every card.
    """
    top: dict[str, float] = {}
    for layer in layers:
        y = 0.0
        for node_id in layer:
            top[node_id] = y
            y += sketch.size(node_id)[1] + GAP_ACROSS
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            near = {node_id: _neighbours(sketch.graph, node_id, before=forward) for node_id in layer}
            wanted = {i: fmean(top[n] for n in near[i]) if near[i] else top[i] for i in layer}
            _settle(sketch, layer, wanted, top)
    return _straightened(sketch, layers, top)


def _straightened(sketch: Sketch, layers: list[list[str]], top: dict[str, float]) -> dict[str, float]:
    """Return the top edges with the first node of each layer level with what feeds its first input.

    Means put a fork's nodes half a card off; a person puts the main line straight and the rest below.
    """
    for layer in layers[1:]:
        y = float("-inf")
        for node_id in layer:
            fed = sketch.graph.inputs_of(node_id)
            y = max(top[fed[0].source] if fed else top[node_id], y)
            top[node_id] = y
            y += sketch.size(node_id)[1] + GAP_ACROSS
    return top


def _settle(sketch: Sketch, layer: list[str], wanted: Mapping[str, float], top: dict[str, float]) -> None:
    """Put a layer's nodes where they want to be, pushed apart where they would overlap."""
    down, y = [], float("-inf")
    for node_id in layer:
        y = max(y, wanted[node_id])
        down.append(y)
        y += sketch.size(node_id)[1] + GAP_ACROSS
    shift = fmean(wanted[node_id] - place for node_id, place in zip(layer, down, strict=True))
    for node_id, place in zip(layer, down, strict=True):
        top[node_id] = place + shift
