"""Looking stays within its share of time, however long a look takes."""

from __future__ import annotations

import pytest

from studio.probes.budget import BESIDE, Budget


@pytest.mark.parametrize("cost_s", [0.0005, 0.01, 0.2])
def test_share_is_kept_over_a_long_time(cost_s: float) -> None:
    budget, now_s, looks = Budget(0.02), 0.0, 0
    while now_s < 100.0:
        if budget.due(now_s):
            now_s += cost_s
            budget.spend(now_s, cost_s)
            looks += 1
        now_s += 0.001
    assert looks > 5
    assert budget.spent_s / now_s <= 0.0205


def test_cheap_looks_come_no_more_often_than_they_can_be_seen() -> None:
    budget = Budget(0.02, max_hz=10.0)
    budget.spend(5.0, 1e-6)
    assert not budget.due(5.09)
    assert budget.due(5.1)


def test_slow_look_is_paid_back_before_the_next() -> None:
    budget = Budget(0.1)
    budget.spend(1.0, 0.5)
    ends_s = 1.0 + BESIDE * 0.5 / 0.1 - 0.5
    assert not budget.due(ends_s - 0.1)
    assert budget.due(ends_s)


def test_share_of_0_never_looks() -> None:
    assert not Budget(0.0).due(1e9)
