"""Ridges: shares of each look's values, in bins that outliers do not rule, looks spread over the steps."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.plots.heat_map import HistogramHeatMap
from studio.app.plots.ridge import DECADES, MOST_POINTS, MOST_RIDGES, RidgeField, ridges_of
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.plots.timeline import HistogramTimeline
from studio.runs.records import Histogram
from tests.helpers.live_records import histogram, state


def looks(samples: dict[int, np.ndarray]) -> HistogramTimeline:
    timeline = HistogramTimeline()
    for step, values in samples.items():
        counts, edges = np.histogram(values, 64)
        timeline.append(Histogram("r", "n", step, float(edges[0]), float(edges[-1]), counts, 0.0, 0.0, 1.0))
    return timeline


def bells(count: int) -> HistogramTimeline:
    rng = np.random.default_rng(0)
    return looks({10 * step: rng.normal(0.02 * step, 1.0, 8192) for step in range(1, count + 1)})


def test_heights_are_shares_of_each_look_on_one_scale() -> None:
    timeline = HistogramTimeline()
    timeline.append(histogram(1, [4, 2, 0, 2]))
    timeline.append(histogram(2, [0, 0, 80, 0]))
    found = ridges_of(timeline, is_log=False)
    shares = timeline.counts / timeline.counts.sum(axis=1, keepdims=True)
    first, last = (round(256 * value) for value in timeline.value_range())
    bins = np.arange(first, last, 4)
    joined = np.add.reduceat(shares[:, :last], bins, axis=1)
    assert found.top == pytest.approx(np.quantile(joined[joined > 0], 0.95))
    np.testing.assert_allclose(found.heights, np.minimum(joined / found.top, 1.0), rtol=1e-5)
    assert found.low == pytest.approx(first / 256)


def test_the_logarithmic_scale_counts_powers_of_ten_below_the_top() -> None:
    timeline = bells(3)
    linear, log = (ridges_of(timeline, is_log=is_log).heights for is_log in (False, True))
    wanted = 1.0 + np.log10(np.maximum(linear, 10.0**-DECADES)) / DECADES
    np.testing.assert_allclose(log, np.clip(wanted, 0.0, 1.0), atol=1e-12)
    assert log[linear > 0].min() >= 0.0


def test_few_outliers_do_not_widen_the_bins() -> None:
    rng = np.random.default_rng(0)
    timeline = looks({1: np.append(rng.normal(0, 1, 100_000), 1000.0), 2: rng.normal(0, 1, 100_000)})
    found = ridges_of(timeline, is_log=False)
    assert found.high - found.low < 100.0


def test_a_spike_of_zeros_leaves_the_rest_to_be_seen() -> None:
    rng = np.random.default_rng(0)
    found = ridges_of(looks({1: np.maximum(rng.normal(0, 1, 50_000), 0.0)}), is_log=False)
    assert found.heights[0].max() == 1.0
    assert np.median(found.heights[0]) > 0.1


def test_looks_are_spread_over_the_steps_with_the_first_the_last_and_the_one_looked_back_to() -> None:
    timeline = bells(120)
    found = ridges_of(timeline, is_log=False, moment=333)
    assert len(found.steps) <= MOST_RIDGES + 1
    assert found.heights.shape[1] <= MOST_POINTS
    assert {10, 330, 1200} <= set(found.steps.tolist())


def test_constant_values_are_one_ridge_at_their_place() -> None:
    timeline = HistogramTimeline()
    timeline.append(histogram(1, [100], low=2.5, high=2.5))
    found = ridges_of(timeline, is_log=True)
    assert found.low < 2.5 < found.high
    assert np.isfinite(found.heights).all()


def test_an_empty_field_paints_and_says_nothing(qtbot: QtBot) -> None:
    field = RidgeField()
    qtbot.addWidget(field)
    field.resize(300, 200)
    field.set_timeline(HistogramTimeline(), is_log=False)
    assert not field.grab().isNull()
    assert field.words_at(150, 100) == ""


def test_the_newest_is_in_front_and_the_pointer_reads_step_value_and_share(qtbot: QtBot) -> None:
    field = RidgeField()
    qtbot.addWidget(field)
    field.resize(400, 300)
    field.set_timeline(bells(5), is_log=False)
    assert field.foot(4) == pytest.approx(field._area().bottom())
    assert field.foot(0) < field.foot(4)
    words = field.words_at(field._area().center().x(), field.foot(4) - 1)
    assert words.startswith("step 50 · value ")
    assert words.endswith("% of its values")


@pytest.mark.parametrize("quantity", ["activation", "gradient"])
def test_ridges_and_columns_are_switched_by_a_button(qtbot: QtBot, quantity: str) -> None:
    monitor = Monitor()
    heat_map = HistogramHeatMap(monitor, RepaintScheduler(), quantity=quantity)  # type: ignore[arg-type]
    qtbot.addWidget(heat_map)
    heat_map.resize(400, 240)
    heat_map.set_node("relu1")
    heat_map.show()
    monitor.take(state("starting"))
    for step in range(1, 6):
        seen = histogram(step, [step, 1])
        monitor.take(Histogram(*(getattr(seen, name) for name in Histogram.__slots__[:9]), quantity))  # type: ignore[arg-type]
    qtbot.waitUntil(heat_map.field.isVisible)
    heat_map.show_ridges(True)
    assert heat_map.ridge_field.isVisible()
    assert not heat_map.field.isVisible()
    assert heat_map.ridge_field.ridges is not None
    before = heat_map.ridge_field.grab().toImage()
    monitor.look_back(2)
    monitor.announce()
    assert heat_map.ridge_field.grab().toImage() != before
    qtbot.mouseMove(heat_map.ridge_field, QPoint(150, 100))
    assert "step" in heat_map.ridge_field.words_at(150, 100)
    heat_map.show_ridges(False)
    assert heat_map.field.isVisible()
