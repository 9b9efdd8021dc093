"""Gradients, weights and updates by depth: what is drawn is what was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.plots.depth_plot import DepthPlot
from studio.app.plots.scheduler import RepaintScheduler
from studio.runs.records import Norms
from tests.helpers.live_records import norms, state

NAMES = ("conv1.weight", "bn1.weight", "bn1.bias", "fc.weight", "fc.bias")


def five(step: int, scale: float = 1.0) -> Norms:
    record = norms(step, scale, NAMES)
    return replace(record, sizes=np.array([100, 8, 8, 80, 10], np.int64))


@pytest.fixture
def monitor() -> Monitor:
    found = Monitor()
    found.take(state("starting"))
    for step in (1, 10, 20):
        found.take(five(step, scale=step))
    found.announce()
    return found


@pytest.fixture
def plot(qtbot: QtBot, monitor: Monitor) -> DepthPlot:
    plot = DepthPlot(monitor, RepaintScheduler())
    qtbot.addWidget(plot)
    plot.resize(700, 300)
    plot.show()
    return plot


def test_newest_gradients_of_the_weights_stand_in_order(plot: DepthPlot) -> None:
    assert plot.names == ("conv1.weight", "fc.weight")
    assert plot.values.tolist() == [20.0, 80.0]
    assert plot.earlier == 2
    assert "first / last 0.25" in plot.words


def test_all_parameters_on_request(qtbot: QtBot, plot: DepthPlot) -> None:
    plot.set_shows_all(True)
    assert plot.names == NAMES


@pytest.mark.parametrize(("measure", "expected"), [("weight", [1.0, 4.0]), ("update ratio", [0.001, 0.001])])
def test_other_measures(plot: DepthPlot, measure: str, expected: list[float]) -> None:
    plot.findChild(object, f"plot.depth.{measure.replace(' ', '_')}").click()  # type: ignore[attr-defined]
    assert plot.values.tolist() == pytest.approx(expected)


def test_what_has_no_gradient_is_marked_and_told(monitor: Monitor, plot: DepthPlot) -> None:
    record = five(30)
    record.gradients[0], record.gradients[3] = np.nan, 0.0
    monitor.take(record)
    plot.refresh()
    plot.hover(0.2)
    assert plot.crosshair_words == "conv1.weight  none"
    plot.hover(1.0)
    assert plot.crosshair_words == "fc.weight  0"
    assert plot.triangles == 2


def test_arrows_go_along_and_enter_leads_to_the_node(qtbot: QtBot, plot: DepthPlot) -> None:
    plot.hover(0.0)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.crosshair_words.startswith("fc.weight")
    with qtbot.waitSignal(plot.node_chosen) as chosen:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert chosen.args == ["fc"]


def test_without_data_it_says_what_will_be_there(qtbot: QtBot) -> None:
    monitor = Monitor()
    plot = DepthPlot(monitor, RepaintScheduler())
    qtbot.addWidget(plot)
    assert "Press Train" in plot.empty_words
    monitor.take(state("starting"))
    plot.refresh()
    assert "Waiting" in plot.empty_words
    monitor.take(state("finished"))
    plot.refresh()
    assert "did not keep" in plot.empty_words
