"""Steps thinned for every scale, by hand and against their own promise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from studio.app.plots.thinned_steps import ThinnedSteps


def of(*steps: int) -> ThinnedSteps:
    made = ThinnedSteps()
    for step in steps:
        made.append(step)
    return made


def test_between_gives_what_lies_apart() -> None:
    steps = of(1, 2, 3, 5, 8, 13, 21, 22, 40)
    assert steps.between(0, 50) == [1, 2, 3, 5, 8, 13, 21, 22, 40]
    assert steps.between(2, 21) == [2, 3, 5, 8, 13, 21]
    assert steps.between(0, 50, 2) == [1, 3, 5, 8, 13, 21, 40]
    assert steps.between(0, 50, 3) == [1, 5, 13, 21, 40]  # as for 4
    assert steps.between(0, 50, 1e6) == [1]


def test_a_step_that_is_no_later_is_left_out() -> None:
    steps = of(5, 5, 3, 9)
    assert (steps.between(0, 9), len(steps), steps.last) == ([5, 9], 2, 9)


@pytest.mark.parametrize("cut", [1, 400, 5000, 10_000])
def test_truncate_leaves_what_would_be_there_without_the_rest(cut: int) -> None:
    steps = np.unique(np.random.default_rng(0).integers(0, 10_000, 3000)).tolist()
    whole, part = of(*steps), of(*(step for step in steps if step < cut))
    whole.truncate(cut)
    assert whole._levels == part._levels


@pytest.mark.parametrize("apart", [1, 2, 7, 64, 1000])
def test_no_two_are_closer_and_no_gap_is_wider_than_it_must_be(apart: int) -> None:
    steps = np.unique(np.random.default_rng(1).integers(0, 100_000, 20_000))
    chosen = np.array(of(*steps.tolist()).between(0, 100_000, apart))
    gaps = np.diff(chosen)
    assert gaps.min() >= apart
    for left, right in pairwise(chosen):
        skipped = steps[(steps > left) & (steps < right)]
        assert (skipped - left < 2 * apart).all()


def test_nothing_gives_nothing() -> None:
    assert ThinnedSteps().between(0, 10, 4) == []
    assert ThinnedSteps().last == -1
