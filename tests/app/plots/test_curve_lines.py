"""Lines draw as many points as can be seen."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.plots.curve_lines import CurveLines
from studio.app.plots.trace import SmoothedTrace, Trace


def traces(count: int) -> tuple[SmoothedTrace, Trace]:
    train, validation = SmoothedTrace(), Trace()
    steps = np.arange(1, count + 1)
    train.append(steps, np.linspace(2.0, 1.0, count, dtype=np.float32))
    validation.append(steps[-2:], np.array([3.0, np.nan], np.float32))
    return train, validation


@pytest.mark.parametrize("smooths", [True, False])
def test_a_long_run_costs_no_more_points_than_a_short_one(qtbot: QtBot, smooths: bool) -> None:
    lines = CurveLines(smooths=smooths)
    lines.dress()
    train, validation = traces(100_000)
    lines.draw(train, validation, (0.0, 100_000.0), 200, train.half_width(0.0, 1e5), lambda values: values)
    assert 0 < len(lines.curve("train").xData) <= 402
    assert bool(len(lines.curve("smoothed").xData)) == smooths


def test_dots_stand_where_the_validation_part_has_a_value(qtbot: QtBot) -> None:
    lines = CurveLines(smooths=True)
    lines.draw(*traces(10), (0.0, 10.0), 200, 1, lambda values: values)
    assert lines.parts[3].getData()[0].tolist() == [9]
