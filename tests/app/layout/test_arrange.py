from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from studio.app.layout.arrange import Task, arrange, arranged
from studio.app.layout.sketch import DEFAULT_SIZE
from studio.app.layout.walk import walk_order
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.mark import Mark
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
    assert len({y for _, y in places.values()}) == 1  # the ports of all are level
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


def test_a_network_that_runs_down_has_each_node_below_what_feeds_it() -> None:
    places = arrange(replace(chain(4), direction="down"))
    assert len({x for x, _ in places.values()}) == 1
    assert [places[f"n{i}"][1] for i in range(4)] == sorted(y for _, y in places.values())


def test_only_the_chosen_nodes_move_and_they_cover_no_other() -> None:
    graph = edits.move(chain(6), {f"n{i}": (0.0, 130.0 * i) for i in range(6)})
    new = arranged(Task(graph, only=frozenset({"n1", "n2", "n3"})))
    stay = [node_id for node_id in graph.nodes if new.node(node_id) == graph.node(node_id)]
    assert set(stay) == {"n0", "n4", "n5"}
    cards = [QRectF(node.x, node.y, *DEFAULT_SIZE) for node in new.nodes.values()]
    assert not any(one.intersects(other) for one, other in combinations(cards, 2))


def test_a_part_in_free_space_keeps_its_middle() -> None:
    graph = edits.move(chain(3), {"n0": (0, 0), "n1": (5000, 5000), "n2": (5000, 5120)})
    new = arranged(Task(graph, only=frozenset({"n1", "n2"})))
    middles = [sum(g.node(i).x for i in ("n1", "n2")) / 2 + DEFAULT_SIZE[0] / 2 for g in (graph, new)]
    assert abs(middles[0] - middles[1]) <= 8


def test_wires_lose_their_bends_where_both_ends_were_arranged() -> None:
    graph = chain(4)
    first, *_, last = graph.edges()
    graph = edits.bend(edits.bend(graph, first, [(9.0, 9.0)]), last, [(5.0, 5.0)])
    new = arranged(Task(graph, only=frozenset({"n0", "n1"})))
    assert dict(new.bends) == {last: ((5.0, 5.0),)}


def test_a_frame_is_drawn_around_what_it_held_and_a_note_goes_along() -> None:
    graph = edits.move(chain(3), {"n0": (0, 0), "n1": (40, 400), "n2": (900, 900)})
    frame = Mark("m1", "frame", "both", -20, -40, 300, 600)
    note = Mark("m2", "note", "last", 900, 1000, 80, 40)
    graph = replace(graph, marks=graph.marks.update({"m1": frame, "m2": note}))
    new = arranged(Task(graph))
    box = QRectF(new.marks["m1"].x, new.marks["m1"].y, new.marks["m1"].width, new.marks["m1"].height)
    inside = [i for i in new.nodes if box.contains(QRectF(new.node(i).x, new.node(i).y, *DEFAULT_SIZE))]
    assert sorted(inside) == ["n0", "n1"]
    moved = new.node("n2").x - 900, new.node("n2").y - 900
    assert (new.marks["m2"].x - 900, new.marks["m2"].y - 1000) == moved
