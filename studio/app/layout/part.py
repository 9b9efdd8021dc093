"""Where the arranged part of a network goes: about where it was, and over nothing that stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from studio.app.layout.sketch import DEFAULT_SIZE, Places, Size
from studio.app.theme.measures import GAP_ACROSS, GRID
from studio.graph.graph import Graph

Boxes = NDArray[np.float64]
AIR = GAP_ACROSS / 2
STEP = 4.0 * GRID
RINGS = 120
"""The place is looked for in so many rings about the old one, a step apart."""


def put_in_place(graph: Graph, places: Places, sizes: Mapping[str, Size]) -> Places:
    """Return places shifted together, so that the middle is where it was if that covers no other node.

    Args:
        graph: The network as it was.
        places: Of the nodes that were arranged, wherever.
        sizes: Width and height of the cards; those missing are taken as the smallest.
    """
    before = _boxes({node_id: (graph.node(node_id).x, graph.node(node_id).y) for node_id in places}, sizes)
    after = _boxes(places, sizes)
    way = _on_grid(_middle(before) - _middle(after))
    others = ((node.id, (node.x, node.y)) for node in graph.nodes.values() if node.id not in places)
    stay = _boxes(dict(others), sizes)
    dx, dy = (way + _free_shift(after + np.tile(way, 2), stay)).tolist()
    return {node_id: (x + dx, y + dy) for node_id, (x, y) in places.items()}


def _free_shift(moved: Boxes, stay: Boxes) -> NDArray[np.float64]:
    """Return the smallest shift that brings some boxes clear of others; below them all if none is small."""
    for ring in range(RINGS):
        for way in sorted(_ring(ring), key=lambda way: way[0] ** 2 + way[1] ** 2):
            shift = np.array(way) * STEP
            if not _meet(moved + np.tile(shift, 2), stay):
                return shift
    return _on_grid(np.array([0.0, stay[:, 3].max() - moved[:, 1].min() + 2 * AIR]))


def _ring(ring: int) -> Iterable[tuple[int, int]]:
    """Return the eight ways of a ring; coarse, for each costs a look at all boxes."""
    if not ring:
        return [(0, 0)]
    return [(x, y) for x in (-ring, 0, ring) for y in (-ring, 0, ring) if x or y]


def _meet(one: Boxes, other: Boxes) -> bool:
    """Say whether any box of one list comes too near to any of another."""
    if not len(other):
        return False
    low, high = one[:, :2].min(axis=0) - AIR, one[:, 2:].max(axis=0) + AIR
    near = other[(other[:, :2] < high).all(axis=1) & (other[:, 2:] > low).all(axis=1)]
    a, b = one[:, None, :], near[None, :, :]
    apart = (a[..., :2] - AIR >= b[..., 2:]) | (a[..., 2:] + AIR <= b[..., :2])
    return bool((~apart.any(axis=2)).any())


def _boxes(places: Mapping[str, tuple[float, float]], sizes: Mapping[str, Size]) -> Boxes:
    """Return left, top, right, bottom of cards, (N, 4)."""
    found = [(*place, *sizes.get(node_id, DEFAULT_SIZE)) for node_id, place in places.items()]
    boxes = np.array(found, dtype=float).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def _middle(boxes: Boxes) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = (boxes[:, :2].min(axis=0) + boxes[:, 2:].max(axis=0)) / 2
    return middle


def _on_grid(way: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.round(way / GRID) * GRID
    return rounded
