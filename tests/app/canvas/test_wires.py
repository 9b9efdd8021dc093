from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.canvas import wires
from studio.app.theme.measures import ARCH_GAP, LANE_GAP

PLACE = st.floats(-5000, 5000)


def one(x1: float, y1: float, x2: float, y2: float) -> np.ndarray:
    """Return the points of a wire between two cards of 100 × 50 with ports at their middles."""
    ends = np.array([[x1, y1, x2, y2]])
    source = np.array([[x1 - 100, y1 - 25, x1, y1 + 25]])
    target = np.array([[x2, y2 - 25, x2 + 100, y2 + 25]])
    return wires.routes(ends, source, target)


@given(PLACE, PLACE, PLACE, PLACE)
def test_wires_begin_and_end_at_their_ports_level(x1: float, y1: float, x2: float, y2: float) -> None:
    points = one(x1, y1, x2, y2)[0]
    assert points[0].tolist() == [x1, y1]
    assert points[-1].tolist() == [x2, y2]
    assert np.isclose(points[1, 1], y1)
    assert np.isclose(points[-2, 1], y2)
    assert points[1, 0] >= x1
    assert points[-2, 0] <= x2


@given(PLACE, PLACE, PLACE, PLACE)
def test_halves_of_a_wire_meet(x1: float, y1: float, x2: float, y2: float) -> None:
    points = one(x1, y1, x2, y2)[0]
    assert points[3, 1] == points[4, 1]
    assert points[4, 0] <= points[3, 0] + 1e-9


def test_wire_back_to_the_row_below_runs_between_the_rows() -> None:
    points = one(800, 100, 100, 300)[0]
    assert points[3].tolist() == [760.0, 200.0]
    assert points[4].tolist() == [140.0, 200.0]


def test_wire_back_within_a_row_runs_below_the_cards() -> None:
    points = one(800, 100, 100, 100)[0]
    assert points[3, 1] == 125 + LANE_GAP


def test_distance_to_a_straight_wire() -> None:
    samples = wires.sample(one(0, 0, 200, 0))
    assert np.allclose(wires.distances(samples, 100, 7), [7.0])
    assert np.allclose(wires.distances(samples, -3, 4), [5.0])


def test_bounds_hold_every_sample() -> None:
    samples = wires.sample(one(800, 100, 100, 300))
    left, top, right, bottom = wires.bounds(samples)[0]
    assert (left, top) == (samples[..., 0].min(), samples[..., 1].min())
    assert right > 800
    assert bottom == 300


def test_path_goes_through_the_control_points() -> None:
    path = wires.path(one(0, 0, 200, 50)[0])
    assert (path.elementAt(0).x, path.elementAt(0).y) == (0.0, 0.0)
    assert (path.currentPosition().x(), path.currentPosition().y()) == (200.0, 50.0)


def lane(ends: tuple[float, float, float, float], *boxes: tuple[float, float, float, float]) -> float:
    """Return the lane of a wire between cards of 100 × 50 among others."""
    x1, y1, x2, y2 = ends
    own = np.array([[x1 - 100, y1 - 25, x1, y1 + 25], [x2, y2 - 25, x2 + 100, y2 + 25]])
    return wires.lane_round(np.array(ends), *own, np.array(boxes))


def test_long_level_wire_passes_over_the_card_in_its_way() -> None:
    between = (300.0, 70.0, 420.0, 126.0)
    assert lane((100, 98, 600, 98), between) == 70 - ARCH_GAP
    assert lane((100, 120, 600, 120), between) == 126 + ARCH_GAP  # below is nearer
    assert np.isnan(lane((100, 300, 600, 300), between))


@pytest.mark.parametrize(
    ("card", "turns_at"), [((200.0, 70.0, 320.0, 126.0), 226.0), ((400.0, 200.0, 520.0, 256.0), 98.0)]
)
def test_falling_wire_turns_where_no_card_is(
    card: tuple[float, float, float, float], turns_at: float
) -> None:
    assert lane((100, 98, 600, 226), card) == turns_at


def test_wire_back_takes_a_lane_between_rows() -> None:
    in_the_way = (300.0, 180.0, 420.0, 236.0)  # half way between the rows
    assert lane((800, 100, 100, 316), in_the_way) == 180 - ARCH_GAP
    assert np.isnan(lane((800, 100, 100, 316), (300.0, 600.0, 420.0, 656.0)))


def test_lanes_over_several_cards_lie_further_off() -> None:
    cards = [(x, 70.0, x + 120, 126.0) for x in (300.0, 500.0)]
    assert lane((100, 98, 800, 98), *cards) == 70 - ARCH_GAP - wires.NEST


def test_arched_wire_runs_along_its_lane() -> None:
    ends = np.array([[100.0, 98.0, 600.0, 98.0]])
    box = np.zeros((1, 4))
    points = wires.routes(ends, box, box, np.array([50.0]))[0]
    assert points[3].tolist() == [180.0, 50.0]
    assert points[4].tolist() == [520.0, 50.0]
    assert points[-1].tolist() == [600.0, 98.0]
