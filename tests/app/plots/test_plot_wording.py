"""Numbers and ticks as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.plots.ticks import linear_ticks, log_ticks, tick_text
from studio.app.plots.wording import clock, count, number, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0614, "0.0614"),
        (-12.34, "−12.3"),
        (4.1e-7, "4.1e−7"),
        (31420.0, "31,420"),
        (float("nan"), "not a number"),
        (float("-inf"), "−∞"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(72.0, "1:12"), (59.6, "1:00"), (7420.0, "2:03:40"), (float("inf"), "–")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_percent_and_count() -> None:
    assert percent(0.9834) == "98.3 %"
    assert percent(1.0) == "100 %"
    assert count(3280) == "3,280"


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 12))
def test_linear_ticks_lie_inside_and_are_few(low: float, width: float, at_most: int) -> None:
    high = low + width
    if not high > low:
        return
    ticks = linear_ticks(low, high, at_most)
    assert len(ticks) <= at_most
    slack = 1e-6 * width + 1e-15 * abs(low) + 1e-9
    assert all(low - slack <= tick <= high + slack for tick in ticks)


def test_linear_ticks_are_round() -> None:
    assert linear_ticks(0.0, 2.6, 6) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert linear_ticks(0.0, 8.08, 5) == [0.0, 2.0, 4.0, 6.0, 8.0]


def test_log_ticks_are_powers_or_their_parts() -> None:
    assert log_ticks(-2.0, 2.0, 5) == [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert log_ticks(0.0, 1.0, 5) == pytest.approx([0.0, 0.30103, 0.69897, 1.0])


@pytest.mark.parametrize(
    ("value", "spacing", "text"),
    [(0.5, 0.5, "0.5"), (2.0, 0.5, "2.0"), (3000.0, 1000.0, "3,000"), (-1e-12, 0.1, "0.0"), (-2, 1, "−2")],
)
def test_tick_text_has_as_many_decimals_as_needed(value: float, spacing: float, text: str) -> None:
    assert tick_text(value, spacing) == text
