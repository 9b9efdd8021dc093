"""Which wires go round cards in their way, and by which lanes: looked for among the cards that are near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.app.canvas import wires
from studio.app.canvas.wires import Array
from studio.app.theme.measures import ARCH_FROM, FARTHEST_LANE

Slots = NDArray[np.intp]


def lanes_round(ends: Array, links: Slots, boxes: Array, rules: wires.Rules | None = None) -> Array:
    """Return the place of each wire's lane, NaN for none; short ones have no room for any.

    Args:
        ends: x, y of the output port and x, y of the input port, (E, 4).
        links: Rows of the two cards that each wire joins, (E, 2).
        boxes: Left, top, right, bottom of all cards, (N, 4).
        rules: How wires run, where they are not curved.
    """
    lanes = np.full(len(ends), np.nan)
    long = np.flatnonzero((ends[:, 2] - ends[:, 0] > ARCH_FROM) | wires.is_backward(ends))
    if not len(long):
        return lanes
    own = links[long]
    source, target = boxes[own[:, 0]], boxes[own[:, 1]]
    areas = wires.bounds(wires.sample(wires.routes(ends[long], source, target)))
    order = _downwards(boxes, areas)
    cards = boxes[order]
    tallest = float((cards[:, 3] - cards[:, 1]).max(initial=0.0))
    bounds = areas[:, 1] - tallest, areas[:, 3], areas[:, 1] - FARTHEST_LANE, areas[:, 3] + FARTHEST_LANE
    inner, past, first, last = (np.searchsorted(cards[:, 1], bound).tolist() for bound in bounds)
    for place, (left, top, right, _) in enumerate(areas.tolist()):
        near, slots = cards[inner[place] : past[place]], order[inner[place] : past[place]]
        hit = slots[(near[:, 0] < right) & (near[:, 2] > left) & (near[:, 3] > top)]
        if ((hit != own[place, 0]) & (hit != own[place, 1])).any():
            slots = order[first[place] : last[place]]
            others = boxes[slots[(slots != own[place, 0]) & (slots != own[place, 1])]]
            own_boxes = source[place], target[place]
            lanes[long[place]] = wires.lane_round(ends[long[place]], *own_boxes, others, rules)
    return lanes


def _downwards(boxes: Array, areas: Array) -> Slots:
    """Return the rows of the cards that could matter to wires in some areas, from the uppermost down."""
    margin = np.array([wires.ASIDE, FARTHEST_LANE])
    low, high = areas[:, :2].min(axis=0) - margin, areas[:, 2:].max(axis=0) + margin
    near = np.flatnonzero((boxes[:, :2] <= high).all(axis=1) & (boxes[:, 2:] >= low).all(axis=1))
    return near[np.argsort(boxes[near, 1], kind="stable")]
