"""Takes the small steps out of wires that are nearly level."""

from __future__ import annotations

from studio.app.layout.sketch import Layers, Sketch
from studio.app.theme.measures import STRAIGHTEN_BY as STEP
from studio.app.theme.measures import STRAIGHTEN_ROOM as ROOM


def straightened(layers: Layers, sketch: Sketch) -> Layers:
    """Return the layers with each node level with its first feed, where that is near and there is room."""
    top = dict(layers.top)
    for layer in layers.layers:
        bottoms = [float("-inf"), *(top[i] + sketch.size(i)[1] for i in layer)]
        for place, node_id in enumerate(layer):
            way = _way(node_id, top, sketch)
            below = top[layer[place + 1]] if place + 1 < len(layer) else float("inf")
            high = sketch.size(node_id)[1]
            moved = top[node_id] + way
            if abs(way) <= STEP and moved >= bottoms[place] + ROOM and moved + high + ROOM <= below:
                top[node_id] = moved
                bottoms[place + 1] = moved + high
    return Layers(layers.layers, top)


def _way(node_id: str, top: dict[str, float], sketch: Sketch) -> float:
    """Return how far down a node must go to be level with its first feed."""
    for edge in sketch.graph.inputs_of(node_id):
        out, into = sketch.ends_of(edge)
        return top[edge.source] + out - top[node_id] - into
    return 0.0
