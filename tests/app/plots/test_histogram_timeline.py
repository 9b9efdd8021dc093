"""Histograms in common bins: no count is lost, and memory is bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.plots.timeline import BINS, MAX_COLUMNS, HistogramTimeline
from tests.helpers.live_records import histogram

ranges = st.tuples(st.floats(-100, 100), st.floats(0.01, 50))


def test_append_histogram_in_common_bins_keeps_counts_where_they_were() -> None:
    timeline = HistogramTimeline()
    timeline.append(histogram(1, [4, 0, 0, 8]))
    quarter = BINS // 4
    column = timeline.counts[0]
    assert column[:quarter].tolist() == [4 / quarter] * quarter
    assert column[quarter : 3 * quarter].sum() == 0
    assert column[3 * quarter :].sum() == pytest.approx(8)


@given(
    st.lists(
        st.tuples(ranges, st.lists(st.integers(0, 1000), min_size=1, max_size=8)), min_size=1, max_size=12
    )
)
def test_append_any_ranges_keeps_every_count(parts: list[tuple[tuple[float, float], list[int]]]) -> None:
    timeline = HistogramTimeline()
    for step, ((low, width), counts) in enumerate(parts):
        timeline.append(histogram(step, counts, low, low + width))
    assert timeline.low <= min(low for (low, _), _ in parts)
    sums = timeline.counts.sum(axis=1)
    np.testing.assert_allclose(sums, [sum(counts) for _, counts in parts], rtol=1e-4, atol=1e-3)


def test_append_wider_histogram_doubles_the_range_exactly() -> None:
    timeline = HistogramTimeline()
    timeline.append(histogram(1, [1] * BINS, 0.0, 1.0))
    timeline.append(histogram(2, [1], 0.0, 1.5))
    assert (timeline.low, timeline.high) == (0.0, 2.0)
    assert timeline.counts[0].tolist() == [2.0] * (BINS // 2) + [0.0] * (BINS // 2)
    assert timeline.revision == 1


def test_append_beyond_capacity_thins_the_older_half() -> None:
    timeline = HistogramTimeline()
    for step in range(3 * MAX_COLUMNS):
        timeline.append(histogram(step, [1, 2]))
    assert len(timeline) <= MAX_COLUMNS
    assert timeline.steps[0] == 0
    assert timeline.steps[-1] == 3 * MAX_COLUMNS - 1
    gaps = np.diff(timeline.steps)
    assert gaps[0] > gaps[-1] == 1
    assert timeline.counts.sum() == pytest.approx(9 * MAX_COLUMNS)


def test_append_step_of_a_resumed_run_drops_what_came_later() -> None:
    timeline = HistogramTimeline()
    for step in (1, 2, 3):
        timeline.append(histogram(step, [1]))
    timeline.append(histogram(2, [5]))
    assert timeline.steps.tolist() == [1, 2]
    assert timeline.counts[1].sum() == pytest.approx(5)


def test_append_equal_values_has_a_range_all_the_same() -> None:
    timeline = HistogramTimeline()
    timeline.append(histogram(1, [7], low=3.0, high=3.0))
    assert timeline.low < 3.0 < timeline.high
    assert timeline.counts.sum() == pytest.approx(7)


def test_value_range_leaves_out_outliers() -> None:
    timeline = HistogramTimeline()
    counts = [0] * BINS
    counts[10], counts[11], counts[BINS - 1] = 50_000, 50_000, 3
    timeline.append(histogram(1, counts))
    assert timeline.value_range() == pytest.approx((10 / BINS, 12 / BINS))
