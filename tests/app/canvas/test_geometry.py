from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.geometry import Geometry
from studio.app.canvas.ports import PortRef
from studio.graph.node import Edge

WIRE = Edge("a", "output", "b", "input")


def row(count: int) -> Geometry:
    """Cards of 100 × 50, 200 apart, each with a port on either side at its middle."""
    geometry = Geometry()
    names = [chr(ord("a") + place) for place in range(count)]
    for name in names:
        geometry.set_ports(name, {"input": 25.0}, {"output": 25.0})
    geometry.set_nodes({name: (200.0 * place, 0.0, 100.0, 50.0) for place, name in enumerate(names)})
    return geometry


@pytest.mark.parametrize(
    ("point", "found"),
    [((50, 25), "a"), ((100, 50), "a"), ((150, 25), None), ((250, 0), "b"), ((250, -1), None)],
)
def test_node_at(point: tuple[float, float], found: str | None) -> None:
    assert row(2).node_at(QPointF(*point)) == found


def test_the_node_raised_last_is_on_top() -> None:
    geometry = row(3)
    geometry.set_nodes(dict.fromkeys("abc", (0.0, 0.0, 100.0, 50.0)))
    assert geometry.node_at(QPointF(10, 10)) == "c"
    geometry.raise_nodes(["a"])
    assert geometry.node_at(QPointF(10, 10)) == "a"
    assert geometry.ids == ["b", "c", "a"]


def test_raising_keeps_wires_at_their_nodes() -> None:
    geometry = row(3)
    geometry.add_edges([WIRE])
    before = geometry.points.copy()
    geometry.raise_nodes(["a"])
    geometry.set_nodes({"c": (400.0, 0.0, 100.0, 50.0)})
    assert np.array_equal(geometry.points, before)
    geometry.set_nodes({"a": (0.0, 10.0, 100.0, 50.0)})
    assert geometry.points[0, 0].tolist() == [100.0, 35.0]


def test_port_at_returns_the_nearest_within_the_radius() -> None:
    geometry = row(2)
    assert geometry.port_at(QPointF(105, 27), 14) == PortRef("a", "output", "output")
    assert geometry.port_at(QPointF(195, 27), 14) == PortRef("b", "input", "input")
    assert geometry.port_at(QPointF(150, 25), 14) is None
    assert geometry.port_at(QPointF(105, 27), 14, side="input") is None


def test_edge_at_follows_the_curve() -> None:
    geometry = row(2)
    geometry.add_edges([WIRE])
    assert geometry.edge_at(QPointF(150, 27), 4) == WIRE
    assert geometry.edge_at(QPointF(150, 35), 4) is None


def test_moving_a_node_takes_its_wires_along() -> None:
    geometry = row(2)
    geometry.add_edges([WIRE])
    before = geometry.path(0)
    geometry.set_nodes({"b": (300.0, 100.0, 100.0, 50.0)})
    assert geometry.points[0, -1].tolist() == [300.0, 125.0]
    assert geometry.path(0) != before


def test_removing_nodes_renumbers_the_rest() -> None:
    geometry = row(3)
    second = Edge("b", "output", "c", "input")
    geometry.add_edges([WIRE, second])
    geometry.remove_edges([WIRE])
    geometry.remove_nodes(["a"])
    assert geometry.ids == ["b", "c"]
    assert geometry.slot("c") == 1
    assert geometry.edges == [second]
    geometry.set_nodes({"c": (500.0, 0.0, 100.0, 50.0)})
    assert geometry.points[0, -1].tolist() == [500.0, 25.0]


def test_extent_is_the_smallest_rectangle_around_the_cards() -> None:
    geometry = row(3)
    assert geometry.extent() == QRectF(0, 0, 500, 50)
    assert geometry.extent(["b"]) == QRectF(200, 0, 100, 50)
    assert Geometry().extent().isEmpty()


@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=30),
    st.floats(-1e4, 1e4),
    st.floats(-1e4, 1e4),
    st.floats(0, 5e3),
)
def test_culling_finds_what_rectangles_that_touch_find(
    corners: list[tuple[float, float]], left: float, top: float, side: float
) -> None:
    geometry = Geometry()
    for place in range(len(corners)):
        geometry.set_ports(str(place), {}, {})
    geometry.set_nodes({str(place): (x, y, 100.0, 50.0) for place, (x, y) in enumerate(corners)})
    found = geometry.nodes_in(QRectF(left, top, side, side)).tolist()
    right, bottom = left + side, top + side
    wanted = [
        place
        for place, (x1, y1, x2, y2) in enumerate(geometry.boxes.tolist())
        if x1 <= right and x2 >= left and y1 <= bottom and y2 >= top
    ]
    assert found == wanted


def test_wire_makes_way_for_a_card_that_is_put_under_it() -> None:
    geometry = row(4)
    skip = Edge("a", "output", "d", "input")
    geometry.set_nodes({"b": (200.0, 400.0, 100.0, 50.0), "c": (400.0, 400.0, 100.0, 50.0)})
    geometry.add_edges([skip])
    assert geometry.edge_at(QPointF(350, 25), 4) == skip
    geometry.set_nodes({"b": (300.0, 0.0, 100.0, 50.0)})
    geometry.mind_cards()
    assert geometry.edge_at(QPointF(350, 25), 4) is None
    assert geometry.edge_at(QPointF(350, -20), 4) == skip
    geometry.set_nodes({"b": (300.0, 400.0, 100.0, 50.0)})
    geometry.mind_cards()
    assert geometry.edge_at(QPointF(350, 25), 4) == skip
