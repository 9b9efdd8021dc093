"""The field of a plot tells where the pointer is, and keeps what is in view."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app.plots.bare_plot import BarePlot


@pytest.fixture
def plot(qtbot: QtBot) -> BarePlot:
    made = BarePlot()
    qtbot.addWidget(made)
    made.resize(400, 300)
    with qtbot.waitExposed(made):
        made.show()
    made.box.setXRange(0.0, 10.0, padding=0)
    return made


def test_what_is_put_in_does_not_change_what_is_in_view(plot: BarePlot) -> None:
    plot.put(pg.PlotCurveItem([0.0, 1000.0], [0.0, 1.0]))
    assert plot.box.viewRange()[0] == [0.0, 10.0]
    assert plot.box.state["mouseEnabled"] == [False, False]


def test_the_pointer_is_told_along_the_axis(qtbot: QtBot, plot: BarePlot) -> None:
    middle = plot.box.mapViewToScene(QPointF(5.0, 0.5))
    with qtbot.waitSignal(plot.hovered) as told:
        plot.scene().sigMouseMoved.emit(middle)
    assert told.args[0] == pytest.approx(5.0)
    with qtbot.waitSignal(plot.pointer_left):
        QGuiApplication.sendEvent(plot.viewport(), QEvent(QEvent.Type.Leave))
