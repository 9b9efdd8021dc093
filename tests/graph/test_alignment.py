from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.graph import alignment
from studio.graph.alignment import Boxes

BOXES: Boxes = {"a": (0, 0, 100, 50), "b": (130, 20, 60, 90), "c": (400, 100, 100, 50)}


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("left", [(0, 0), (0, 20), (0, 100)]),
        ("right", [(400, 0), (440, 20), (400, 100)]),
        ("center", [(200, 0), (220, 20), (200, 100)]),
        ("top", [(0, 0), (130, 0), (400, 0)]),
        ("bottom", [(0, 100), (130, 60), (400, 100)]),
        ("middle", [(0, 50), (130, 30), (400, 50)]),
    ],
)
def test_edges_in_line(line: alignment.Line, places: list[tuple[float, float]]) -> None:
    assert list(alignment.aligned(BOXES, line).values()) == places


def test_gaps_are_equal_and_the_outermost_stay() -> None:
    places = alignment.distributed(BOXES, "across")
    assert places == {"a": (0, 0), "b": (220, 20), "c": (400, 100)}


def test_cards_without_room_are_put_just_apart() -> None:
    crowd = {i: (float(place), 0.0, 100.0, 50.0) for place, i in enumerate("abc")}
    assert [x for x, _ in alignment.distributed(crowd, "across").values()] == [0, 108, 216]


def test_a_row_and_a_column() -> None:
    assert alignment.in_line(BOXES, "across", 80.0) == {"a": (0, 0), "b": (180, 0), "c": (320, 0)}
    assert alignment.in_line(BOXES, "down", 40.0) == {"a": (0, 0), "b": (0, 90), "c": (0, 220)}


def test_nearest_lines_of_the_grid() -> None:
    assert alignment.on_grid({"a": (11.0, 13.0, 5.0, 5.0)}, 8) == {"a": (8, 16)}


@given(
    st.lists(st.tuples(*[st.integers(-500, 500)] * 2, *[st.integers(20, 200)] * 2), min_size=3, max_size=8),
    st.sampled_from(["across", "down"]),
)
def test_distributing_twice_is_as_once_but_for_rounding(
    found: list[tuple[int, int, int, int]], axis: alignment.Axis
) -> None:
    boxes = {str(place): tuple(map(float, box)) for place, box in enumerate(found)}
    once = alignment.distributed(boxes, axis)  # type: ignore[arg-type]
    twice = alignment.distributed({i: (*once[i], *boxes[i][2:]) for i in boxes}, axis)  # type: ignore[misc]
    assert all(abs(a - b) <= 1 for i in boxes for a, b in zip(once[i], twice[i], strict=True))
