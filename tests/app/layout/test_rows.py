from __future__ import annotations

from studio.app.layout.rows import placed
from studio.app.layout.sketch import Layers, Sketch
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node


def hourglass() -> Graph:
    """Two wide parts of 12 layers each, joined by a single wire."""
    nodes = [Node(f"{part}{line}{i}", "Add", "a") for part in "ab" for line in "xyz" for i in range(12)]
    edges = [
        Edge(f"{part}{line}{i}", "output", f"{part}{line}{i + 1}", "inputs")
        for part in "ab"
        for line in "xyz"
        for i in range(11)
    ]
    return Graph.of(nodes, [*edges, Edge("ax11", "output", "bx0", "inputs")])


def test_a_row_ends_where_the_fewest_wires_lead_on() -> None:
    graph = hourglass()
    layers = [[f"{part}{line}{i}" for line in "xyz"] for part in "ab" for i in range(12)]
    top = {node_id: 100.0 * "xyz".index(node_id[1]) for node_id in graph.nodes}
    places = placed(Layers(layers, top), Sketch(graph, shape=1.0))
    starts = sorted({node_id[0] + node_id[2:] for node_id, (x, _) in places.items() if x == 0})
    assert "b0" in starts
    assert max(y for node, (_, y) in places.items() if node[0] == "a") < places["bx0"][1]
