"""Room is made along the flow, just as far as is needed, and frames grow with what they hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog import registry
from studio.graph import edits, placement
from studio.graph.graph import Direction, Graph
from studio.graph.mark import Mark
from studio.graph.node import Node
from studio.graph.problems import Fix, NewLayer
from tests.helpers.designs import chain, feeds, nodes, signature, wire
from tests.helpers.drawing import stage

WIDTH, HEIGHT = 136.0, 56.0
PITCH = WIDTH + 80.0


def row(count: int, pitch: float = PITCH) -> Graph:
    """A chain of layers in one row; the first is the input."""
    graph = chain("Input", *["Layer"] * (count - 1))
    return edits.move(graph, {f"n{place + 1}": (place * pitch, 0.0) for place in range(count)})


def put(graph: Graph, x: float, y: float = 0.0, source: str = "n1", target: str = "n2") -> Graph:
    node = edits.new_node(graph, "Layer", x=x, y=y)
    return placement.insert(graph, wire(source, target), [node], signature)


def xs(graph: Graph) -> list[float]:
    return [node.x for node in graph.ordered()]


def overlaps(graph: Graph) -> list[tuple[str, str]]:
    found = graph.ordered()
    return [
        (one.id, other.id)
        for place, one in enumerate(found)
        for other in found[place + 1 :]
        if abs(one.x - other.x) < WIDTH and abs(one.y - other.y) < HEIGHT
    ]


def test_a_node_on_a_short_wire_pushes_the_rest_of_the_row_and_keeps_the_spacing() -> None:
    graph = put(row(4), PITCH / 2)
    assert xs(graph) == [0, 2 * PITCH, 3 * PITCH, 4 * PITCH, PITCH]


def test_a_node_on_a_long_wire_stays_where_it_is_put_and_pushes_nothing() -> None:
    graph = row(3, pitch=600.0)
    assert xs(put(graph, 250.0)) == [0, 600, 1200, 250]


def test_a_gap_that_is_wide_takes_up_the_push() -> None:
    graph = edits.move(row(4), {"n4": (2 * PITCH + 500.0, 0.0)})
    assert put(graph, PITCH / 2).node("n4").x == 2 * PITCH + 500


def test_a_narrow_spacing_stays_narrow() -> None:
    graph = put(row(3, pitch=WIDTH + 40.0), 80.0)
    assert xs(graph) == [0, 352, 528, 176]  # 40 apart, as before


def test_what_lies_in_another_row_stays() -> None:
    graph = edits.add_node(row(3), Node("n9", "Layer", "below", x=PITCH, y=200.0))
    assert put(graph, PITCH / 2).node("n9").x == PITCH


def test_a_card_without_wires_in_the_row_is_pushed_too() -> None:
    graph = edits.add_node(row(2), Node("n9", "Layer", "loose", x=PITCH + WIDTH + 16, y=20.0))
    after = put(graph, PITCH / 2)
    assert after.node("n9").x == 2 * PITCH + WIDTH + 16
    assert not overlaps(after)


def test_the_next_row_stays_and_a_node_on_the_wire_back_joins_the_nearer_row() -> None:
    places = {"n1": (0.0, 0.0), "n2": (PITCH, 0.0), "n3": (0.0, 128.0), "n4": (PITCH, 128.0)}
    graph = edits.move(chain("Input", "Layer", "Layer", "Layer"), places)
    late = put(graph, PITCH - 40, 64.0, "n2", "n3")
    assert (late.node("n5").x, late.node("n5").y) == (2 * PITCH, 0.0)
    assert late.node("n4").x == PITCH
    early = put(graph, 0.0, 64.0, "n2", "n3")
    assert (early.node("n5").x, early.node("n5").y) == (0.0, 128.0)
    assert [early.node(i).x for i in ("n3", "n4")] == [PITCH, 2 * PITCH]
    assert not overlaps(late)
    assert not overlaps(early)


def test_downwards_room_is_made_below() -> None:
    graph = edits.set_direction(chain("Input", "Layer", "Layer"), "down")
    graph = edits.move(graph, {f"n{place + 1}": (0.0, place * 100.0) for place in range(3)})
    after = put(graph, 0.0, 50.0)
    assert [node.y for node in after.ordered()] == [0, 208, 312, 104]  # on the grid
    assert set(xs(after)) == {0.0}


def test_a_frame_grows_with_what_it_holds_and_one_behind_it_goes_on() -> None:
    graph = edits.move(row(4), {"n4": (3 * PITCH + 80, 0.0)})
    first = Mark("m1", "frame", "stem", -16, -32, 2 * PITCH - 80 + 32, 120)
    second = Mark("m2", "frame", "head", 2 * PITCH - 16, -32, 2 * PITCH + 32, 120)
    note = Mark("m3", "note", "why", 2 * PITCH, 60, 40, 20)
    graph = replace(graph, marks=graph.marks.update({"m1": first, "m2": second, "m3": note}))
    after = put(graph, PITCH / 2)
    assert after.marks["m3"] == replace(note, x=note.x + 136)
    assert after.marks["m1"] == replace(first, width=first.width + PITCH)
    assert after.marks["m2"].x == second.x + 136  # n4 had room to spare, so the frame's end goes less far
    assert after.node("n4").x <= after.marks["m2"].x + after.marks["m2"].width - WIDTH


def test_bends_go_along_with_what_is_pushed() -> None:
    graph = edits.bend(row(4), wire("n3", "n4"), [(2 * PITCH + WIDTH + 40, 28.0)])
    assert put(graph, PITCH / 2).bends[wire("n3", "n4")] == ((3 * PITCH + WIDTH + 40, 28.0),)


def test_a_chain_keeps_its_shape() -> None:
    graph = row(3)
    for place in (0, 1):
        graph = edits.add_node(graph, edits.new_node(graph, "Layer", x=100.0 + place * 160, y=0.0))
    graph = edits.connect(graph, "n4", "output", "n5", "input", signature)
    piece = [graph.node("n4"), graph.node("n5")]
    after = placement.insert(graph, wire("n1", "n2"), piece, signature)
    assert xs(after) == [0, PITCH + 296 + 80, 2 * PITCH + 296 + 80, PITCH, PITCH + 160]


@given(
    gaps=st.lists(st.integers(4, 30), min_size=2, max_size=6),
    x=st.integers(-100, 900),
    y=st.integers(-27, 27),
    which=st.integers(0, 5),
)
def test_no_cards_overlap_and_nothing_goes_back(gaps: list[int], x: int, y: int, which: int) -> None:
    graph = chain("Input", *["Layer"] * len(gaps))
    places, left = {"n1": (0.0, 0.0)}, 0.0
    for number, gap in enumerate(gaps, 2):
        left += WIDTH + gap * 8.0
        places[f"n{number}"] = (left, 0.0)
    graph = edits.move(graph, places)
    number = which % len(gaps) + 1
    after = put(graph, float(x), float(y), f"n{number}", f"n{number + 1}")
    assert not overlaps(after)
    assert all(after.node(node.id).x >= node.x for node in graph.ordered())
    order = sorted(after.ordered(), key=lambda node: node.x)
    assert [node.id for node in order if node.id in graph] == [node.id for node in graph.ordered()]


def test_beside_goes_out_of_the_row_as_near_as_is_clear() -> None:
    graph = edits.add_node(row(3), Node("n9", "Layer", "below", x=PITCH, y=128.0))
    assert placement.beside(graph, ["n1"]).node("n1").y == HEIGHT + 40
    assert placement.beside(graph, ["n2"]).node("n2").y == 128 + HEIGHT + 40
    down = edits.set_direction(graph, "down")
    assert placement.beside(down, ["n2"]).node("n2").x == 3 * PITCH - 40  # past the card of n3


@pytest.mark.parametrize("kind", ["Input", "Loss"])
def test_a_node_that_does_not_fit_is_refused(kind: str) -> None:
    with pytest.raises(edits.GraphError):
        placement.insert(row(2), wire("n1", "n2"), [edits.new_node(nodes("Input"), kind)], signature)


def test_a_suggestion_makes_room_for_the_layer_it_puts_in() -> None:
    fix = Fix("Insert a layer", "insert", "n2", "input", kind="Layer")
    mended = placement.mend(row(3), fix, signature, lambda _: placement.usual_size)
    assert feeds(mended, "n2") == ["n4"]
    assert xs(mended) == [0, 2 * PITCH, 3 * PITCH, PITCH]


def test_a_suggestion_inside_a_block_makes_room_there() -> None:
    fix = Fix("Insert a dropout", "insert", "n2[0]/n3", "input", kind="Dropout")
    design = stage()
    mended = placement.mend(design, fix, registry.signatures(design), lambda _: placement.usual_size)
    inside = mended.blocks["Stage"].graph
    assert feeds(inside, "n3") == ["n5"]
    assert not overlaps(inside)


@pytest.mark.parametrize("direction", ["right", "down"])
def test_a_suggestion_for_a_shortcut_stands_beside_the_way_that_it_passes(direction: Direction) -> None:
    graph = edits.add_node(row(3), edits.new_node(row(3), "Sum", x=3 * PITCH))
    for source in ("n3", "n1"):
        graph = edits.connect(graph, source, "output", "n4", "inputs", signature)
    if direction == "down":
        turned = {node.id: (0.0, node.x * 136.0 / PITCH) for node in graph.nodes.values()}
        graph = edits.set_direction(edits.move(graph, turned), "down")
    fix = Fix("Add a layer", "insert", "n4", "inputs", kind="Layer", index=1, then=(NewLayer("Layer"),))
    mended = placement.mend(graph, fix, signature, lambda _: placement.usual_size)
    assert feeds(mended, "n4") == ["n3", "n6"]
    assert all(mended.node(node.id) == node for node in graph.nodes.values())
    assert not overlaps(mended)
    beside = [node.y if direction == "right" else node.x for node in map(mended.node, ("n5", "n6"))]
    assert min(beside) > 0


@pytest.mark.parametrize("taken", [False, True])
def test_a_suggestion_that_adds_beside_the_rest_keeps_clear_of_it(taken: bool) -> None:
    graph = edits.add_node(row(2), edits.new_node(row(2), "Loss", x=2 * PITCH))
    graph = edits.connect(graph, "n2", "output", "n3", "input", signature)
    if taken:
        graph = edits.add_node(graph, edits.new_node(graph, "Layer", x=2 * PITCH - 240, y=136))
    fix = Fix("Add a Target", "feed", "n3", "target", kind="Target")
    mended = placement.mend(graph, fix, signature, lambda _: placement.usual_size)
    assert len(mended) == len(graph) + 1
    assert not overlaps(mended)
