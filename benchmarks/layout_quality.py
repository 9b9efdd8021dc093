"""Arranging by the library against our own quick layering, on networks as people draw them.

Both get the same cards and are cut into the same kind of rows; the wires are laid by the canvas. Counted are
crossings of wires as they are drawn, their whole length, the area, how many wires are level from end to end,
how many run over a card, and the time of the processor. The last columns are ratios, library to quick: below
1 the library is better. Where wires pass too many layers the program does not ask the library; that row shows
why.

    python benchmarks/layout_quality.py [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from studio import zoo
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.scene import Scene
from studio.app.facts import Facts
from studio.app.layout import library
from studio.app.layout.library import library_layers
from studio.app.layout.quick import quick_layers
from studio.app.layout.rows import placed
from studio.app.layout.sketch import Layers, Sketch
from studio.app.layout.straight import straightened
from studio.catalog.registry import signatures
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.block import block_name
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.ungrouping import ungroup

REPEAT = 5


def opened(graph: Graph) -> Graph:
    """Return a network with its blocks opened, as far as they can be."""
    for node in graph.ordered():
        if block_name(node) is not None:
            try:
                graph, _ = ungroup(graph, node.id, signatures(graph))
            except GraphError:
                continue  # it is switched off
    return graph


def dense(count: int) -> Graph:
    """Return a chain in which each node feeds all later ones: a dense block."""
    nodes = [Node("n0", "TensorInput", "x"), *(Node(f"n{i}", "Concat", f"c{i}") for i in range(1, count))]
    edges = [Edge(f"n{a}", "output", f"n{b}", "inputs", a) for b in range(1, count) for a in range(b)]
    return Graph.of(nodes, edges)


def forks(count: int, width: int) -> Graph:
    """Return forks in a row, each into branches of different lengths that meet again."""
    nodes, edges = [Node("start", "Add", "start")], []
    last = "start"
    for place in range(count):
        ends = []
        for branch in range(width):
            end = last
            for step in range(1 + (branch * 7 + place * 3) % 4):
                name = f"b{place}_{branch}_{step}"
                nodes.append(Node(name, "Conv2d", name))
                edges.append(Edge(end, "output", name, "input"))
                end = name
            ends.append(end)
        last = f"join{place}"
        nodes.append(Node(last, "Concat", last))
        edges += [Edge(end, "output", last, "inputs", index) for index, end in enumerate(ends)]
    return Graph.of(nodes, edges)


def tangled(count: int, extra: int, reach: int) -> Graph:
    """Return a network in which each node follows one of the few before it, with further wires at random."""
    rng = random.Random(count)
    nodes = [Node(f"n{place}", "Add", f"a{place}") for place in range(count)]
    pairs = {(max(0, place - rng.randint(1, 4)), place) for place in range(1, count)}
    for _ in range(extra):
        first = rng.randrange(count - 2)
        pairs.add((first, min(count - 1, first + rng.randint(2, reach))))
    return Graph.of(nodes, [Edge(f"n{a}", "output", f"n{b}", "inputs", a) for a, b in sorted(pairs)])


def networks() -> dict[str, Graph]:
    """Return what is arranged, by name."""
    return {
        "lenet5": zoo.build("lenet5"),
        "image_captioner": zoo.build("image_captioner"),
        "googlenet": zoo.build("googlenet"),
        "googlenet, opened": opened(zoo.build("googlenet")),
        "resnet50, opened": opened(zoo.build("resnet50")),
        "resnet152, opened": opened(zoo.build("resnet152")),
        "six forks of five": forks(6, 5),
        "tangled, 80": tangled(80, 30, 8),
        "tangled, 150": tangled(150, 40, 10),
        "dense block of 24": dense(24),
        "dense block of 40": dense(40),
    }


def sketch_of(graph: Graph) -> Sketch:
    """Return a network with the sizes and ports of its cards."""
    scene = Scene(Facts())
    scene.show(graph)
    joined = {*graph.incoming, *graph.outgoing}
    part = edits.subgraph(graph, joined)
    return Sketch(part, {i: scene.size(i) for i in joined}, scene.geometry.offsets())


def by_library(sketch: Sketch) -> Layers:
    """Return the library's layers, in this process, whatever the network."""
    library.HERE = library.MOST_NODES = library.MOST_PASSED = 10**6
    library.OPTIONS = {**library.OPTIONS, "limits": {}}
    found = library_layers(sketch, threading.Event())
    assert found is not None
    return found


def quality(sketch: Sketch, layers: Callable[[Sketch], Layers]) -> dict[str, float]:
    """Return the numbers of one way to arrange a network."""
    times = []
    for _ in range(REPEAT):
        started = time.thread_time()
        places = placed(straightened(layers(sketch), sketch), sketch)
        times.append((time.thread_time() - started) * 1e3)
        if times[-1] > 1000:
            break
    scene = Scene(Facts())
    scene.show(edits.move(replace(sketch.graph, marks=type(sketch.graph.marks)()), places))
    geometry = scene.geometry
    steps = np.diff(geometry.samples, axis=1)
    extent = geometry.extent()
    ends = geometry.points[:, [0, -1], 1]
    return {
        "crossings": crossings(geometry.samples),
        "wire_length": round(float(np.hypot(steps[..., 0], steps[..., 1]).sum())),
        "area_mpx": round(extent.width() * extent.height() / 1e6, 2),
        "level": round(float((np.abs(np.diff(ends, axis=1)) < 1).mean()), 2),
        "over_cards": over_cards(geometry),
        "ms": round(min(times), 1),
    }


def crossings(samples: np.ndarray) -> int:
    """Return how often two wires cross, seen as lines through their samples."""
    pieces = np.concatenate([samples[:, :-1], samples[:, 1:]], axis=2).reshape(-1, 4)
    owner = np.repeat(np.arange(len(samples)), samples.shape[1] - 1)
    found = 0
    for place in range(len(pieces) - 1):
        start, way = pieces[place, :2], pieces[place, 2:] - pieces[place, :2]
        others = pieces[place + 1 :]
        ways, gaps = others[:, 2:] - others[:, :2], others[:, :2] - start
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = way[0] * ways[:, 1] - way[1] * ways[:, 0]
            here = (gaps[:, 0] * ways[:, 1] - gaps[:, 1] * ways[:, 0]) / turn
            there = (gaps[:, 0] * way[1] - gaps[:, 1] * way[0]) / turn
        meets = (here > 0) & (here < 1) & (there > 0) & (there < 1) & (owner[place + 1 :] != owner[place])
        found += int(meets.sum())
    return found


def over_cards(geometry: Geometry) -> int:
    """Return how many wires run over a card that is none of their own."""
    found = 0
    for row, points in enumerate(geometry.samples):
        x, y = points[:, :1], points[:, 1:]
        left, top, right, bottom = geometry.boxes.T
        inside = ((x > left + 1) & (x < right - 1) & (y > top + 1) & (y < bottom - 1)).any(axis=0)
        inside[geometry.links_of(np.array([row]))[0]] = False
        found += bool(inside.any())
    return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    app = QApplication([])
    rows = []
    for name, graph in networks().items():
        sketch = sketch_of(graph)
        quick, ours = quality(sketch, quick_layers), quality(sketch, by_library)
        rows.append({"network": name, "nodes": len(sketch.graph), "quick": quick, "library": ours})
    app.quit()
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    keys = list(rows[0]["quick"])
    print(f"{'':20}{'nodes':>6}  " + "".join(f"{key:>23}" for key in keys) + "    length  area")
    for row in rows:
        quick, ours = row["quick"], row["library"]
        cells = "".join(f"{f'{quick[key]:,} / {ours[key]:,}':>23}" for key in keys)
        ratios = (ours[key] / quick[key] for key in ("wire_length", "area_mpx"))
        print(f"{row['network']:20}{row['nodes']:>6}  {cells}    " + "  ".join(f"{r:.2f}" for r in ratios))


if __name__ == "__main__":
    main()
