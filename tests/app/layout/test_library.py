from __future__ import annotations

import threading
import time

from studio.app.layout import library
from studio.app.layout.library import library_layers
from studio.app.layout.sketch import Sketch
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node


def ladder(count: int, reach: int) -> Graph:
    """A chain whose every node also feeds the one so many further on."""
    nodes = [Node(f"n{i}", "Add", f"a{i}") for i in range(count)]
    pairs = [(i, i + 1) for i in range(count - 1)] + [(i, i + reach) for i in range(count - reach)]
    return Graph.of(nodes, [Edge(f"n{a}", "output", f"n{b}", "inputs", k) for k, (a, b) in enumerate(pairs)])


def test_another_process_finds_the_same_places_as_this_one(monkeypatch) -> None:
    sketch, never = Sketch(ladder(30, 3)), threading.Event()
    here = library_layers(sketch, never)
    monkeypatch.setattr(library, "HERE", 0)
    assert here is not None
    assert library_layers(sketch, never) == here


def test_it_is_not_asked_where_wires_pass_too_many_layers(monkeypatch) -> None:
    monkeypatch.setattr(library, "MOST_PASSED", 20)
    assert library_layers(Sketch(ladder(30, 3)), threading.Event()) is None


def test_the_process_ends_when_it_is_to_stop(monkeypatch) -> None:
    monkeypatch.setattr(library, "HERE", 0)
    monkeypatch.setattr(library, "PROGRAM", "import time; time.sleep(60)")
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    assert library_layers(Sketch(ladder(5, 2)), stop) is None
    assert time.monotonic() - started < 30


def test_a_port_that_is_not_in_the_middle_is_level_with_what_feeds_it() -> None:
    graph = ladder(2, 9)
    (edge,) = graph.edges()
    layers = library_layers(Sketch(graph, {}, {edge: (10.0, 40.0)}), threading.Event())
    assert layers is not None
    assert layers.top["n0"] + 10 == layers.top["n1"] + 40
