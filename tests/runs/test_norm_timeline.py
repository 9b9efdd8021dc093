"""Norms over time: bounded, in order, and honest about what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from studio.runs.norm_timeline import MAX_ROWS, NormTimeline
from tests.helpers.live_records import norms


def test_rows_are_looks_and_columns_parameters() -> None:
    timeline = NormTimeline()
    assert timeline.gradients.shape == (0, 0)
    timeline.append(norms(1))
    timeline.append(norms(5, scale=2.0))
    assert timeline.steps.tolist() == [1, 5]
    assert timeline.gradients.tolist() == [[1.0, 2.0], [2.0, 4.0]]
    assert timeline.ratios == pytest.approx(np.full((2, 2), 0.001))


def test_many_looks_are_thinned_and_the_first_and_newest_stay() -> None:
    timeline = NormTimeline()
    for step in range(3 * MAX_ROWS):
        timeline.append(norms(step))
    assert len(timeline) <= MAX_ROWS
    assert (timeline.steps[0], timeline.steps[-1]) == (0, 3 * MAX_ROWS - 1)
    assert (np.diff(timeline.steps) > 0).all()


def test_going_back_drops_later_rows_and_other_parameters_all() -> None:
    timeline = NormTimeline()
    for step in (1, 2, 3):
        timeline.append(norms(step))
    timeline.append(norms(2, scale=9.0))
    assert timeline.steps.tolist() == [1, 2]
    assert timeline.gradients[-1, 0] == 9.0
    timeline.append(norms(7, names=("fc9.weight",)))
    assert (timeline.steps.tolist(), timeline.parameters) == ([7], ("fc9.weight",))


def test_a_weight_of_zero_has_no_ratio() -> None:
    timeline, record = NormTimeline(), norms(1)
    record.weights[0] = 0.0
    timeline.append(record)
    assert np.isnan(timeline.ratios[0, 0])
