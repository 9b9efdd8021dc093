from __future__ import annotations

import numpy as np
import pytest

from studio.app.canvas.heat.scale import NOTHING, Scale, scale_of
from studio.app.theme.tokens import HEAT_STEPS

LAST = HEAT_STEPS - 1


def test_the_scale_goes_from_the_least_to_the_most() -> None:
    scale = scale_of("Elements", [0, 1, 256, 16], str)
    assert scale is not None
    assert (scale.low, scale.high) == (1, 256)
    assert [scale.step(amount) for amount in (0, 1, 2, 16, 128, 256)] == [NOTHING, 0, 1, 4, 7, LAST]


def test_many_at_once_have_the_same_steps() -> None:
    amounts = [0, 1, 2, 5, 16, 100, 255, 256]
    scale = Scale("Elements", 1, 256, str)
    assert scale.steps(np.array(amounts, dtype=float)).tolist() == [scale.step(amount) for amount in amounts]
    flat = Scale("Elements", 3, 3, str)
    assert flat.steps(np.array([0.0, 3.0])).tolist() == [NOTHING, LAST]


def test_a_single_amount_is_the_most() -> None:
    scale = scale_of("Elements", [7, 7], str)
    assert scale is not None
    assert scale.step(7) == LAST
    assert scale.marks == [(1.0, "7")]


def test_nothing_at_all_has_no_scale() -> None:
    assert scale_of("Elements", [0, 0], str) is None


def test_a_legend_writes_the_ends_and_the_middle() -> None:
    assert Scale("Elements", 4, 100, str).marks == [(0.0, "4"), (0.5, "20"), (1.0, "100")]


@pytest.mark.parametrize("amount", [10**18, 3])
def test_what_is_off_the_scale_has_an_end_step(amount: int) -> None:
    assert Scale("Elements", 10, 1000, str).step(amount) in (0, LAST)
