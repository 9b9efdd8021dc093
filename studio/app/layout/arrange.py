"""Arranges a network, or part of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio.app.layout.library import library_layers
from studio.app.layout.marks import with_marks_along
from studio.app.layout.part import put_in_place
from studio.app.layout.quick import quick_layers
from studio.app.layout.rows import beside, placed
from studio.app.layout.sketch import Places, Size, Sketch
from studio.app.layout.straight import straightened
from studio.app.theme.measures import GAP_ACROSS, GRID, ROW_GAP, ROW_WIDTH
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge, id_key


@dataclass(frozen=True)
class Task:
    """What is to be arranged, all of it immutable: any thread may take it.

    Attributes:
        graph: The level, in the direction that it is to have.
        sizes: Width and height of the cards; those missing are taken as the smallest.
        ends: How far along the sides of its two cards each wire ends.
        only: Ids of the nodes to arrange; None for all.
    """

    graph: Graph
    sizes: Mapping[str, Size] = field(default_factory=dict)
    ends: Mapping[Edge, tuple[float, float]] = field(default_factory=dict)
    only: frozenset[str] | None = None


def arranged(task: Task, stop: threading.Event | None = None) -> Graph:
    """Return the level with its nodes arranged, frames around what they held, and wires free of their bends.

    Args:
        task: What to do.
        stop: Set by another thread to have it stop early; what it returns then is worth nothing.
    """
    graph = task.graph
    chosen = task.only if task.only is not None else frozenset(graph.nodes)
    part = graph if task.only is None else _part(graph, chosen)
    places = arrange(part, task.sizes, task.ends, stop)
    if task.only is not None:
        places = put_in_place(graph, places, task.sizes)
    straight = {
        edge: points for edge, points in graph.bends.items() if not {edge.source, edge.target} <= chosen
    }
    graph = with_marks_along(graph, places, task.sizes) if graph.marks else graph
    return edits.move(replace(graph, bends=type(graph.bends)(straight)), places)


def _part(graph: Graph, chosen: frozenset[str]) -> Graph:
    """Return some nodes with the wires between them."""
    inner = (edge for edge in graph.edges() if edge.source in chosen and edge.target in chosen)
    return Graph.of((graph.node(node_id) for node_id in chosen), inner, direction=graph.direction)


def arrange(
    graph: Graph,
    sizes: Mapping[str, Size] | None = None,
    ends: Mapping[Edge, tuple[float, float]] | None = None,
    stop: threading.Event | None = None,
) -> Places:
    """Return a place for every node, layer after layer the way the network is drawn.

    Args:
        graph: What to arrange.
        sizes: Width and height of the cards; those missing are taken as the smallest.
        ends: How far along the sides of its two cards each wire ends.
        stop: Set by another thread to have it stop early; what it returns then is worth nothing.
    """
    if not len(graph):
        return {}
    sketch = Sketch(graph, sizes or {}, ends or {})
    if graph.direction == "down":
        return {node_id: (x, y) for node_id, (y, x) in _arranged(sketch.turned(), stop).items()}
    return _arranged(sketch, stop)


def _arranged(sketch: Sketch, stop: threading.Event | None) -> Places:
    """Return places of a network that runs to the right; nodes without wires go below all others."""
    joined = frozenset({*sketch.graph.incoming, *sketch.graph.outgoing})
    loose = sorted(set(sketch.graph.nodes) - joined, key=id_key)
    if not joined:
        area = sum((wide + GAP_ACROSS) * (high + GAP_ACROSS) for wide, high in map(sketch.size, loose))
        return beside(loose, sketch, (area * sketch.shape) ** 0.5)
    wired = replace(sketch, graph=_part(sketch.graph, joined)) if loose else sketch
    layers = library_layers(wired, stop or threading.Event()) or quick_layers(wired)
    places = placed(straightened(layers, wired), wired)
    wide = max(x + sketch.size(node_id)[0] for node_id, (x, _) in places.items())
    below = max(y + sketch.size(node_id)[1] for node_id, (_, y) in places.items()) + ROW_GAP
    below = float(math.ceil(below / GRID) * GRID)
    return places | {i: (x, y + below) for i, (x, y) in beside(loose, sketch, max(wide, ROW_WIDTH)).items()}
