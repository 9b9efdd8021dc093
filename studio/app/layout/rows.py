"""Layers cut into rows like lines of text, and places for every node.

A network is often a hundred layers long and three high. A row ends where the fewest wires lead on, near
the length at which the whole has about the shape of a screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from studio.app.layout.sketch import Layers, Places, Sketch
from studio.app.theme.measures import GAP_ACROSS, GAP_ALONG, GRID, ROW_GAP, ROW_WIDTH

SLACK = 0.5
"""By what part of a row's width its end may be shifted, to cut fewer wires."""

CUT_COST = 0.08
"""How much worse a shape is taken to be for each wire that is cut, after the first of a row."""

MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class _Band:
    """Layers with all that is asked about cutting them.

    Attributes:
        ends: Where each layer ends, with its gap.
        crossing: What it costs to cut behind each layer: the wires that lead on, and their sources.
        low: Lower edge of each layer; `high` is the upper one.
    """

    ends: list[float]
    crossing: list[float]
    high: list[float]
    low: list[float]


def beside(ids: Iterable[str], sketch: Sketch, width: float) -> Places:
    """Return places for nodes without wires, side by side in lines as wide as `width` allows."""
    places: Places = {}
    x = y = deepest = 0.0
    for node_id in ids:
        wide, high = sketch.size(node_id)
        if x and x + wide > width:
            x, y = 0.0, y + deepest + GAP_ACROSS
            deepest = 0.0
        places[node_id] = _on_grid(x), _on_grid(y)
        x += wide + GAP_ACROSS
        deepest = max(deepest, high)
    return places


def placed(layers: Layers, sketch: Sketch) -> Places:
    """Return the nodes' places, row under row, on the grid."""
    places: Places = {}
    band = _band(layers, sketch)
    y = 0.0
    for first, past in _rows(band, sketch.shape):
        highest, lowest = min(band.high[first:past]), max(band.low[first:past])
        x = 0.0
        for layer in layers.layers[first:past]:
            for node_id in layer:
                places[node_id] = _on_grid(x), _on_grid(y + layers.top[node_id] - highest)
            x += _width(layer, sketch)
        y += lowest - highest + ROW_GAP
    return places


def _band(layers: Layers, sketch: Sketch) -> _Band:
    rank = {node_id: place for place, layer in enumerate(layers.layers) for node_id in layer}
    change = [0.0] * (len(layers.layers) + 1)
    for source, target in {(edge.source, edge.target) for edge in sketch.edges}:
        first, last = sorted((rank[source], rank[target]))
        change[first] += 1.0
        change[last] -= 1.0
    for source in {edge.source for edge in sketch.edges}:  # wires of one source run as one for a while
        last = max(rank[edge.target] for edge in sketch.graph.outputs_of(source))
        change[rank[source]] += 0.5
        change[last] -= 0.5
    return _Band(
        ends=list(accumulate(_width(layer, sketch) for layer in layers.layers)),
        crossing=list(accumulate(change))[:-1],
        high=[min(layers.top[i] for i in layer) for layer in layers.layers],
        low=[max(layers.top[i] + sketch.size(i)[1] for i in layer) for layer in layers.layers],
    )


def _width(layer: list[str], sketch: Sketch) -> float:
    return max(sketch.size(node_id)[0] for node_id in layer) + GAP_ALONG


def _rows(band: _Band, shape: float) -> list[tuple[int, int]]:
    """Return the first layer of each row and the one past its end; as many rows as make the best shape."""
    most = min(max(int(band.ends[-1] / ROW_WIDTH), 1), MOST_ROWS)
    return min(
        (_cut(band, count) for count in range(1, most + 1)), key=lambda rows: _misfit(band, rows, shape)
    )


def _cut(band: _Band, count: int) -> list[tuple[int, int]]:
    """Return about so many rows, each ending where few wires lead on, near where it should."""
    rows: list[tuple[int, int]] = []
    first, start, num_layers = 0, 0.0, len(band.ends)
    while first < num_layers:
        left = count - len(rows)
        wanted = (band.ends[-1] - start) / max(left, 1)
        near = [
            place
            for place in range(first, num_layers - 1)
            if abs(band.ends[place] - start - wanted) <= SLACK * wanted
        ]
        if left <= 1 or not near:
            rows.append((first, num_layers))
            break
        end = min(near, key=lambda p: (band.crossing[p], abs(band.ends[p] - start - wanted)))
        rows.append((first, end + 1))
        first, start = end + 1, band.ends[end]
    return rows


def _misfit(band: _Band, rows: list[tuple[int, int]], shape: float) -> float:
    """Return how far the whole is from the wanted shape, and what its cuts cost; 0 is right."""
    starts = [band.ends[first - 1] if first else 0.0 for first, _ in rows]
    wide = max(band.ends[past - 1] - start for (_, past), start in zip(rows, starts, strict=True))
    high = sum(max(band.low[first:past]) - min(band.high[first:past]) + ROW_GAP for first, past in rows)
    cut = sum(max(band.crossing[past - 1] - 1.5, 0) for _, past in rows[:-1])
    return abs(wide / high / shape - shape * high / wide) + CUT_COST * cut


def _on_grid(length: float) -> float:
    return float(round(length / GRID) * GRID)
