from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from studio.app.canvas.courses import Course, WireStyle, rounded
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.ports import PortRef
from studio.graph.node import Edge

WIRE = Edge("a", "output", "b", "input")
CORNERED: tuple[WireStyle, ...] = ("straight", "orthogonal")
ALL: tuple[WireStyle, ...] = ("curved", *CORNERED)


def table(course: Course, b: tuple[float, float], **others: tuple[float, float]) -> Geometry:
    """Cards of 100 × 50 with a port in the middle of each side: "a" at the origin, and others."""
    geometry = Geometry()
    geometry.set_course(course)
    along = 50.0 if course.down else 25.0
    places = {"a": (0.0, 0.0), "b": b, **others}
    for name in places:
        geometry.set_ports(name, {"input": along}, {"output": along})
    geometry.set_nodes({name: (*place, 100.0, 50.0) for name, place in places.items()})
    geometry.add_edges([WIRE])
    return geometry


def crossed(geometry: Geometry, name: str) -> bool:
    """Say whether the wire runs through a card."""
    path, card = geometry.path(0), geometry.rect(name)
    return any(card.contains(path.pointAtPercent(part / 500)) for part in range(501))


def test_a_network_that_runs_down_has_its_ports_above_and_below() -> None:
    geometry = table(Course(down=True), (0.0, 200.0))
    assert geometry.port_point(PortRef("a", "output", "output")) == QPointF(50, 50)
    assert geometry.port_point(PortRef("b", "input", "input")) == QPointF(50, 200)
    assert np.allclose(geometry.samples[0, :, 0], 50.0)


@pytest.mark.parametrize("style", ALL)
@pytest.mark.parametrize("down", [False, True], ids=["right", "down"])
def test_wires_lead_from_port_to_port_and_are_hit_where_they_are_seen(style: WireStyle, down: bool) -> None:
    for place in ((400.0, 300.0), (-400.0, -300.0), (10.0, 300.0), (300.0, 10.0)):
        geometry = table(Course(style, down), place)
        path = geometry.path(0)
        start, stop = (geometry.port_point(ref) for ref in _ends())
        assert (path.pointAtPercent(0) - start).manhattanLength() < 1e-6
        assert (path.pointAtPercent(1) - stop).manhattanLength() < 1e-6
        for part in range(1, 20):
            assert geometry.edge_at(path.pointAtPercent(part / 20), 9.0) == WIRE


def _ends() -> tuple[PortRef, PortRef]:
    return PortRef("a", "output", "output"), PortRef("b", "input", "input")


@pytest.mark.parametrize("style", ALL)
@pytest.mark.parametrize("down", [False, True], ids=["right", "down"])
def test_wires_go_round_a_card_in_their_way(style: WireStyle, down: bool) -> None:
    far, way = ((0.0, 700.0), (0.0, 300.0)) if down else ((700.0, 0.0), (300.0, 0.0))
    assert not crossed(table(Course(style, down), far, c=way), "c")


def test_an_orthogonal_wire_runs_along_the_axes() -> None:
    steps = np.diff(table(Course("orthogonal"), (400.0, 300.0)).samples[0], axis=0)
    assert (np.abs(steps).min(axis=1) < 1e-9).all()


def test_a_straight_wire_is_the_line_between_its_ports() -> None:
    samples = table(Course("straight"), (400.0, 300.0)).samples[0]
    way = np.array([300.0, 300.0])
    assert np.allclose((samples - (100.0, 25.0)) @ np.array([-way[1], way[0]]), 0.0)


@pytest.mark.parametrize("style", ALL)
@pytest.mark.parametrize("down", [False, True], ids=["right", "down"])
def test_wires_go_through_their_dots(style: WireStyle, down: bool) -> None:
    geometry = table(Course(style, down), (400.0, 400.0))
    dots = ((180.0, 260.0), (310.0, 90.0))
    geometry.set_bends({WIRE: dots})
    for dot in dots:
        assert np.hypot(*(geometry.samples[0] - dot).T).min() < 1e-6
        assert geometry.edge_at(QPointF(*dot), 1.0) == WIRE


def test_corners_are_rounded_and_the_ends_stay() -> None:
    path = rounded(np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 0.0], [100.0, 80.0]]))
    assert path.currentPosition() == QPointF(100, 80)
    nearest = min((path.pointAtPercent(i / 200) - QPointF(100, 0)).manhattanLength() for i in range(201))
    assert 2.0 < nearest < 10.0


def test_another_style_lays_all_wires_anew() -> None:
    geometry = table(Course(), (400.0, 300.0))
    before = geometry.path(0)
    geometry.set_course(Course("orthogonal"))
    assert geometry.path(0) != before
    assert len(geometry.take_dirty())
