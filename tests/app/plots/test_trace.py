"""Series over steps, and their moving average."""

from __future__ import annotations

import numpy as np
import pytest

from studio.app.plots.buffers import GrowingBuffer
from studio.app.plots.trace import SmoothedTrace, Trace


def trace_of(values: list[float]) -> Trace:
    trace = Trace()
    trace.append(np.arange(1, len(values) + 1), np.array(values))
    return trace


def test_buffer_grows_past_its_capacity() -> None:
    buffer = GrowingBuffer(np.int64)
    for start in range(0, 5000, 700):
        buffer.append(np.arange(start, start + 700))
    assert buffer.values.tolist() == list(range(5600))


def test_buffer_truncate_then_append_replaces_the_end() -> None:
    buffer = GrowingBuffer(np.float32)
    buffer.append([1, 2, 3])
    buffer.truncate(1)
    buffer.append(9)
    assert buffer.values.tolist() == [1, 9]


def test_points_include_one_outside_at_either_side() -> None:
    steps, _ = trace_of([0.0] * 10).points(4, 6, 100)
    assert steps.tolist() == [3, 4, 5, 6, 7]


def test_at_takes_the_nearest_step() -> None:
    trace = Trace()
    trace.append(np.array([10, 20]), np.array([1.0, 2.0]))
    assert [trace.at(step) for step in (0, 14, 16, 99)] == [1.0, 1.0, 2.0, 2.0]
    assert np.isnan(Trace().at(3))


def smoothed(values: list[float]) -> SmoothedTrace:
    trace = SmoothedTrace()
    for index, value in enumerate(values, start=1):
        trace.append(np.array([index]), np.array([value]))
    return trace


def test_means_hand_computed() -> None:
    trace = smoothed([1.0, 2.0, 6.0, 10.0, 0.0])
    steps, means = trace.means(1, 5, half_width=1, budget=100)
    assert steps.tolist() == [1, 2, 3, 4, 5]
    assert means.tolist() == pytest.approx([1.0, 3.0, 6.0, 16 / 3, 5.0])


def test_means_of_a_straight_line_are_the_line_itself() -> None:
    """No lag: what only looks back would draw it late."""
    trace = smoothed([float(value) for value in range(200)])
    steps, means = trace.means(1, 150, half_width=20, budget=1000)
    np.testing.assert_allclose(means, steps - 1.0)


def test_means_pass_over_what_is_not_finite() -> None:
    trace = smoothed([np.nan, 4.0, np.inf, 6.0])
    assert trace.means(1, 4, 1, 100)[1].tolist() == pytest.approx([np.nan, 4.0, 5.0, 6.0], nan_ok=True)


def test_means_are_few_and_end_at_the_last_point() -> None:
    trace = smoothed([1.0] * 1000)
    steps, _ = trace.means(-np.inf, np.inf, 3, budget=100)
    assert len(steps) <= 102
    assert steps[-1] == 1000


def test_half_width_follows_what_is_in_view() -> None:
    trace = smoothed([1.0] * 600)
    assert trace.half_width(1, 600) == 10
    assert trace.half_width(1, 60) == 1


def test_mean_at_the_end_reaches_back() -> None:
    assert smoothed([1.0, 2.0, 3.0]).mean_at(np.inf, 1) == 2.5
    assert np.isnan(SmoothedTrace().mean_at(1, 1))
