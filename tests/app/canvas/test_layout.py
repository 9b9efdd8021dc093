from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from studio.app.canvas.layout import DEFAULT_SIZE, arrange, walk_order
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node


def chain(count: int) -> Graph:
    nodes = [Node(f"n{place}", "ReLU", f"r{place}") for place in range(count)]
    return Graph.of(nodes, [Edge(f"n{i}", "output", f"n{i + 1}", "input") for i in range(count - 1)])


@st.composite
def acyclic_graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 14))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(
        lambda pair: pair[0] < pair[1]
    )
    edges = draw(st.sets(pairs, max_size=20)) if count > 1 else set()
    nodes = [Node(f"n{place}", "Add", f"a{place}") for place in range(count)]
    return Graph.of(nodes, [Edge(f"n{a}", "output", f"n{b}", "inputs", a) for a, b in edges])


@settings(deadline=None)
@given(acyclic_graphs())
def test_cards_do_not_overlap_and_stand_on_the_grid(graph: Graph) -> None:
    places = arrange(graph)
    assert places.keys() == set(graph.nodes)
    cards = [QRectF(*place, *DEFAULT_SIZE) for place in places.values()]
    assert not any(one.intersects(other) for one, other in combinations(cards, 2))
    assert all(x % 8 == 0 and y % 8 == 0 for x, y in places.values())


def test_short_chain_is_one_level_row_in_order() -> None:
    places = arrange(chain(4))
    assert len({y for _, y in places.values()}) == 1
    assert [places[f"n{i}"][0] for i in range(4)] == sorted(x for x, _ in places.values())


def test_long_chain_goes_on_in_further_rows() -> None:
    places = arrange(chain(40))
    width = max(x for x, _ in places.values())
    height = max(y for _, y in places.values())
    assert 1.0 < width / height < 4.0


def test_branches_of_a_fork_stand_one_below_the_other() -> None:
    nodes = [Node(f"n{i}", "Add", f"a{i}") for i in range(4)]
    wires = [("n0", "n1"), ("n0", "n2"), ("n1", "n3"), ("n2", "n3")]
    places = arrange(Graph.of(nodes, [Edge(a, "output", b, "inputs") for a, b in wires]))
    assert places["n1"][0] == places["n2"][0]
    assert places["n1"][1] != places["n2"][1]


def test_sizes_are_respected() -> None:
    places = arrange(chain(2), {"n0": (208.0, 120.0)})
    assert places["n1"][0] >= 208 + 40


def test_arrange_is_the_same_every_time() -> None:
    graph = chain(12)
    again = Graph.of(reversed(graph.ordered()), graph.edges())
    assert arrange(graph) == arrange(again)


def test_walk_order_puts_what_feeds_first() -> None:
    nodes = [
        Node("n1", "ReLU", "last", x=0),
        Node("n2", "ReLU", "first", x=500),
        Node("n3", "ReLU", "lone", x=900),
    ]
    assert walk_order(Graph.of(nodes, [Edge("n2", "output", "n1", "input")])) == ["n2", "n1", "n3"]


def test_walk_order_of_a_damaged_file_with_a_cycle_has_every_node() -> None:
    nodes = [Node("n1", "ReLU", "a"), Node("n2", "ReLU", "b")]
    cycle = [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n1", "input")]
    assert sorted(walk_order(Graph.of(nodes, cycle))) == ["n1", "n2"]


def test_empty_graph_has_no_places() -> None:
    assert arrange(Graph()) == {}
