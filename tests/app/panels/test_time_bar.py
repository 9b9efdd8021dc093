"""Going back in time: the slider, playing, and what the plots show of a moment."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.panels.time_bar import TimeBar
from studio.app.plots.bars import NewestHistogram
from studio.app.plots.depth_plot import DepthPlot
from studio.app.plots.filters_view import FiltersView
from studio.app.plots.learning_curves import LossPlot
from studio.app.plots.scheduler import RepaintScheduler
from tests.helpers.live_records import filters, histogram, norms, state, steps, surface_look


@pytest.fixture
def monitor() -> Monitor:
    found = Monitor()
    found.take(state("starting"))
    found.take(steps(1, [1.0 / step for step in range(1, 101)]))
    for step in range(10, 101, 10):
        found.take(norms(step, scale=step))
        found.take(histogram(step, [step, 100]))
    found.announce()
    return found


@pytest.fixture
def bar(qtbot: QtBot, monitor: Monitor) -> TimeBar:
    made = TimeBar(monitor)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_is_hidden_until_there_is_something_to_go_back_to(qtbot: QtBot) -> None:
    monitor = Monitor()
    made = TimeBar(monitor)
    qtbot.addWidget(made)
    assert made.slider.isHidden()
    monitor.take(state("starting"))
    for step in (1, 2):
        monitor.take(norms(step))
    monitor.announce()
    assert not made.slider.isHidden()
    assert made.words.text() == "step 2 of 2"


def test_plots_show_the_step_that_the_slider_stands_at(qtbot: QtBot, monitor: Monitor, bar: TimeBar) -> None:
    scheduler = RepaintScheduler()
    bars, depth, loss = NewestHistogram(monitor, scheduler), DepthPlot(monitor, scheduler), LossPlot(monitor)
    for plot in (bars, depth, loss):
        qtbot.addWidget(plot)
    bars.set_node("relu1")
    bar.slider.setValue(2)
    monitor.announce()
    for plot in (bars, depth):
        plot.refresh()
    assert bar.words.text() == "step 30 of 100"
    assert depth.values.tolist() == [30.0, 60.0]
    assert "at step 30" in bars._legend.text
    assert loss.moment.isVisible()
    assert loss.moment.value() == 30.0
    bar.now_button.click()
    monitor.announce()
    depth.refresh()
    assert depth.values.tolist() == [100.0, 200.0]
    assert not loss.moment.isVisible()


def test_filters_are_those_of_the_step(qtbot: QtBot) -> None:
    monitor = Monitor()
    monitor.take(state("starting"))
    for step in (5, 9):
        record = filters(np.full((2, 3, 3), step / 10), scale=1.0)
        monitor.take(type(record)("run-1", "conv1", step, record.pictures, 1.0, 2, (0, 1)))
    view = FiltersView(monitor, RepaintScheduler())
    qtbot.addWidget(view)
    view.set_node("conv1")
    assert "step 9" in view.words
    monitor.look_back(6)
    view.refresh()
    assert "step 5" in view.words
    found = monitor.filters_of("conv1")
    assert found is not None
    assert found.pictures == pytest.approx(np.full((2, 3, 3), 0.5), abs=1 / 254)


def test_playing_goes_from_the_start_to_now(qtbot: QtBot, monitor: Monitor, bar: TimeBar) -> None:
    seen: list[int | None] = []
    bar.moved.connect(lambda: seen.append(monitor.moment))
    bar.play_button.click()
    assert bar.is_playing
    qtbot.waitUntil(lambda: not bar.is_playing)
    assert seen[0] == 10
    assert seen == sorted(step for step in seen if step is not None)
    assert monitor.moment is None


def test_a_live_run_goes_on_beside_the_moment(monitor: Monitor, bar: TimeBar) -> None:
    bar.slider.setValue(0)
    monitor.take(norms(110))
    monitor.announce()
    assert monitor.moment == 10
    assert bar.words.text() == "step 10 of 110"
    assert bar.slider.maximum() == 10
    bar.show_now()
    assert bar.slider.value() == 10


def test_another_run_is_shown_from_now(monitor: Monitor, bar: TimeBar) -> None:
    bar.slider.setValue(0)
    monitor.take(state("starting", run="run-2"))
    monitor.announce()
    assert monitor.moment is None
    assert bar.slider.isHidden()


def test_it_goes_back_to_kept_surfaces_of_a_run_without_norms(qtbot: QtBot) -> None:
    monitor = Monitor()
    made = TimeBar(monitor)
    qtbot.addWidget(made)
    monitor.take(state("starting"))
    for step in (0, 8):
        monitor.take(surface_look(step))
    monitor.announce()
    assert not made.slider.isHidden()
    made.slider.setValue(0)
    assert (monitor.moment, made.words.text()) == (0, "step 0 of 8")
