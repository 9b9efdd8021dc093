"""Series over steps, and their moving average."""

from __future__ import annotations

import numpy as np
import pytest

from studio.app.plots.buffers import GrowingBuffer
from studio.app.plots.smoothing import Smoother
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


def test_smoother_first_value_is_unbiased() -> None:
    assert Smoother(40).smooth(np.array([2.5])) == pytest.approx([2.5])


def test_smoother_hand_computed_and_independent_of_pieces() -> None:
    values = np.random.default_rng(1).normal(size=300)
    decay = 1 - 2 / 11
    weights = decay ** np.arange(300)[::-1]
    smoother = Smoother(10)
    got = np.concatenate([smoother.smooth(part) for part in np.array_split(values, 17)])
    assert got[-1] == pytest.approx((weights * values).sum() / weights.sum(), rel=1e-5)
    np.testing.assert_allclose(got, Smoother(10).smooth(values), rtol=1e-5, atol=1e-6)


def test_smoother_passes_over_what_is_not_finite() -> None:
    assert Smoother(10).smooth(np.array([np.nan, 4.0, np.inf])).tolist() == [
        pytest.approx(np.nan, nan_ok=True),
        4.0,
        4.0,
    ]


def test_points_include_one_outside_at_either_side() -> None:
    steps, _ = trace_of([0.0] * 10).points(4, 6, 100)
    assert steps.tolist() == [3, 4, 5, 6, 7]


def test_samples_end_at_the_last_point() -> None:
    trace = trace_of(list(range(100)))
    steps, values = trace.samples(0, 1000, 10)
    assert len(steps) <= 12
    assert steps[-1] == 100
    assert values[-1] == 99


def test_at_takes_the_nearest_step() -> None:
    trace = Trace()
    trace.append(np.array([10, 20]), np.array([1.0, 2.0]))
    assert [trace.at(step) for step in (0, 14, 16, 99)] == [1.0, 1.0, 2.0, 2.0]
    assert np.isnan(Trace().at(3))


def test_smoothed_trace_has_an_average_at_every_step() -> None:
    trace = SmoothedTrace()
    trace.append(np.arange(5), np.array([1.0, 3.0, 1.0, 3.0, 1.0]))
    assert len(trace.smoothed) == len(trace) == 5
    assert 1.0 < trace.smoothed.values[-1] < 3.0
