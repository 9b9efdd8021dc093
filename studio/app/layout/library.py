"""Layers by graphlay: crossings minimised, the main line straight, and every wire level where it can be.

It is much better than our own layering and as fast, as long as few wires pass many layers: each layer that
a wire passes is a point for it to place. Where these are too many it takes seconds and spreads the cards
over a wasteland, so then it is not asked. It holds Python's lock while it works, so a network of some size
is laid out in a process of its own, which also can be stopped.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from itertools import groupby
from typing import Any

from studio.app.layout.quick import ranked
from studio.app.layout.sketch import Layers, Sketch
from studio.app.theme.measures import GAP_ACROSS, GAP_ALONG
from studio.graph.node import id_key

MOST_NODES, MOST_PASSED = 2_000, 3_000
"""It is not asked about more nodes, or about wires that pass more layers, all together."""

HERE = 150
"""So many nodes are laid out at once, in this process."""

PATIENCE_S = 10.0
"""If it has not answered by then, our own layering does."""

OPTIONS: dict[str, Any] = {
    "spacing": {"layer_gap": GAP_ALONG, "node_gap": GAP_ACROSS, "reroute_node_gap": GAP_ACROSS},
    "routing": {"style": "diagonal"},
    "limits": {"max_dummies": 4 * MOST_PASSED},
}

PROGRAM = """
import json, sys, graphlay
graph, options = json.load(sys.stdin)
json.dump(graphlay.layout(graph, options=options).nodes, sys.stdout)
"""


def library_layers(sketch: Sketch, stop: threading.Event) -> Layers | None:
    """Return the layers of a network; None if the library is not the one to ask, or `stop` was set."""
    if not 0 < len(sketch.graph) <= MOST_NODES or _passed(sketch) > MOST_PASSED:
        return None
    ids = sorted(sketch.graph.nodes, key=id_key)
    found = _laid_out(_request(sketch, ids), stop, here=len(ids) <= HERE)
    if found is None:
        return None
    top = {i: node["center"]["y"] - node["size"]["height"] / 2 for i, node in zip(ids, found, strict=True)}
    rank = {node_id: node["rank"] for node_id, node in zip(ids, found, strict=True)}
    ordered = sorted(ids, key=lambda node_id: (rank[node_id], top[node_id], id_key(node_id)))
    return Layers([list(layer) for _, layer in groupby(ordered, key=rank.__getitem__)], top)


def _passed(sketch: Sketch) -> int:
    """Return over how many layers wires pass, all together."""
    rank = {node_id: place for place, layer in enumerate(ranked(sketch.graph)) for node_id in layer}
    return sum(max(rank[edge.target] - rank[edge.source] - 1, 0) for edge in sketch.edges)


def _request(sketch: Sketch, ids: list[str]) -> dict[str, Any]:
    """Return a network as the library takes it; ports have their places on the cards' sides."""
    place = {node_id: number for number, node_id in enumerate(ids)}
    sizes = [sketch.size(node_id) for node_id in ids]
    edges = []
    for edge in sketch.edges:
        source, target = place[edge.source], place[edge.target]
        out, into = sketch.ends_of(edge)
        edges.append(
            {
                "source": source,
                "target": target,
                "source_port": {"offset": {"side": "right", "t": _part_of_side(out, sizes[source][1])}},
                "target_port": {"offset": {"side": "left", "t": _part_of_side(into, sizes[target][1])}},
            }
        )
    return {"nodes": [{"size": {"width": wide, "height": high}} for wide, high in sizes], "edges": edges}


def _part_of_side(offset: float, length: float) -> float:
    """Return a place on a side as the library counts it: -1 at the upper end, 0 in the middle, 1 below."""
    return min(max(2 * offset / length - 1, -1.0), 1.0)


def _laid_out(request: dict[str, Any], stop: threading.Event, *, here: bool) -> list[dict[str, Any]] | None:
    """Return the library's nodes in the order of the request, or None if it gave up or was stopped."""
    if not here:
        return _in_a_process(json.dumps([request, OPTIONS]), stop)
    import graphlay  # late: it is needed by those who arrange

    try:
        found: list[dict[str, Any]] = graphlay.layout(request, options=OPTIONS).nodes
    except graphlay.GraphlayError:
        return None
    return found


def _in_a_process(question: str, stop: threading.Event) -> list[dict[str, Any]] | None:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        watch = threading.Thread(target=_kill_when, args=(process, stop), daemon=True)
        watch.start()
        answer, _ = process.communicate(question)
        watch.join()
    if process.returncode or stop.is_set():
        return None
    found: list[dict[str, Any]] = json.loads(answer)
    return found


def _kill_when(process: subprocess.Popen[str], stop: threading.Event) -> None:
    """End the process when it is to stop, or has used up our patience."""
    left_s, step_s = PATIENCE_S, 0.05
    while process.poll() is None:
        left_s -= step_s
        if stop.wait(step_s) or left_s <= 0:
            process.kill()
            return
