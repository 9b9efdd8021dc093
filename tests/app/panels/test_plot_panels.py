"""The tabs with plots: built when shown, and about the selected node."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.panels.activations import ActivationsPanel
from studio.app.panels.curves import CurvesPanel
from studio.app.panels.filters import FiltersPanel
from studio.app.panels.plot_panel import PlotPanel
from tests.helpers.live_records import filters, histogram, state, steps


@pytest.fixture
def monitor(qapp: object) -> Monitor:
    made = Monitor()
    made.take(state("starting"))
    made.take(steps(1, [2.0, 1.0], accuracy=0.5))
    made.take(histogram(1, [3, 1], node="conv1"))
    made.take(filters(np.ones((4, 3, 3))))
    return made


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (CurvesPanel, {"plot.loss", "plot.accuracy", "plot.activations"}),
        (ActivationsPanel, {"plot.activations", "plot.histogram"}),
        (FiltersPanel, {"plot.filters"}),
    ],
)
def test_plots_are_made_when_the_panel_is_shown(
    qtbot: QtBot, monitor: Monitor, kind: type[PlotPanel], names: set[str]
) -> None:
    panel = kind(monitor)
    qtbot.addWidget(panel)
    assert not panel.findChildren(QWidget)
    panel.set_node("conv1")
    panel.resize(1120, 260)
    panel.show()
    qtbot.waitUntil(lambda: names <= {child.objectName() for child in panel.findChildren(QWidget)})


def test_panels_follow_the_selected_node(qtbot: QtBot, monitor: Monitor) -> None:
    curves, pictures = CurvesPanel(monitor), FiltersPanel(monitor)
    for panel in (curves, pictures):
        qtbot.addWidget(panel)
        panel.set_node("conv1")
        panel.build()
    assert curves.heat_map.words.startswith("conv1 activations")
    assert pictures.view.words.startswith("conv1 filters 4 of 64")
    pictures.set_node("fc")
    assert "filters of fc" in pictures.view.empty_words or "Waiting for fc" in pictures.view.empty_words
