"""What is drawn of a long series: few points, and every extreme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.plots.pyramid import MinMaxPyramid

chunks = st.lists(st.lists(st.floats(-1e6, 1e6, width=32) | st.just(float("nan")), max_size=40), max_size=30)


def pyramid_of(parts: list[list[float]]) -> MinMaxPyramid:
    pyramid = MinMaxPyramid()
    for part in parts:
        pyramid.append(np.array(part, np.float32))
    return pyramid


@given(chunks, st.integers(2, 64))
def test_decimate_any_series_keeps_extremes_within_budget(parts: list[list[float]], budget: int) -> None:
    pyramid = pyramid_of(parts)
    whole = np.array([value for part in parts for value in part], np.float32)
    indices, values = pyramid.decimate(0, len(whole), budget)
    assert len(indices) == len(values) <= budget + 4
    assert np.all(np.diff(indices) >= 0)
    finite = whole[~np.isnan(whole)]
    if len(finite):
        assert np.nanmin(values) == finite.min()
        assert np.nanmax(values) == finite.max()
    else:
        assert np.isnan(values).all()


@given(chunks, st.integers(0, 1200), st.integers(0, 1200), st.integers(2, 32))
def test_decimate_part_covers_every_value_in_its_run(
    parts: list[list[float]], start: int, length: int, budget: int
) -> None:
    """Each value lies between the least and greatest of the points that stand for it."""
    pyramid = pyramid_of(parts)
    whole = pyramid.values
    stop = min(start + length, len(whole))
    indices, values = pyramid.decimate(start, stop, budget)
    for index in range(start, stop):
        if np.isnan(whole[index]):
            continue
        last = np.searchsorted(indices, index, side="right") - 1
        own = values[-2:] if index >= indices[-2:][0] else values[indices == indices[last]]
        assert np.nanmin(own) <= whole[index] <= np.nanmax(own)


def test_append_piecewise_equals_append_at_once() -> None:
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    pieces, once = MinMaxPyramid(), MinMaxPyramid()
    for part in np.array_split(values, 37):
        pieces.append(part)
    once.append(values)
    for budget in (10, 100, 900):
        for got, wanted in zip(pieces.decimate(3, 997, budget), once.decimate(3, 997, budget), strict=True):
            np.testing.assert_array_equal(got, wanted)


def test_decimate_single_spike_in_a_million_survives() -> None:
    pyramid = MinMaxPyramid()
    values = np.zeros(1_000_000, np.float32)
    values[654_321] = 9.0
    pyramid.append(values)
    indices, drawn = pyramid.decimate(0, len(values), 1000)
    assert len(drawn) <= 1004
    assert drawn.max() == 9.0
    assert abs(int(indices[drawn.argmax()]) - 654_321) < 2048


def test_decimate_few_values_returns_them_as_they_are() -> None:
    pyramid = pyramid_of([[3.0, 1.0, 2.0]])
    indices, values = pyramid.decimate(0, 3, 100)
    assert indices.tolist() == [0, 1, 2]
    assert values.tolist() == [3.0, 1.0, 2.0]


def test_decimate_hand_computed() -> None:
    pyramid = pyramid_of([[1, 5, 2, 2, 7, 0, 4]])
    indices, values = pyramid.decimate(0, 7, 6)
    assert indices.tolist() == [0, 0, 2, 2, 4, 4, 6, 6]
    assert values.tolist() == [1, 5, 2, 2, 0, 7, 4, 4]


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (5, 2), (100, 200)])
def test_decimate_empty_span_gives_nothing(start: int, stop: int) -> None:
    indices, values = pyramid_of([[1.0, 2.0]]).decimate(start, stop, 10)
    assert len(indices) == len(values) == 0


def test_extent_passes_over_what_is_not_finite() -> None:
    assert pyramid_of([[np.nan, 2.0, np.inf, -1.0]]).extent(0, 4) == (-1.0, 2.0)
    assert np.isnan(pyramid_of([[np.nan]]).extent(0, 1)[0])
