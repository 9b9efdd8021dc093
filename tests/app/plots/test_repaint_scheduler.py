"""At most one plot is repainted a tick."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.plots.scheduler import RepaintScheduler


class Plot(QWidget):
    def __init__(self, name: str, log: list[str]) -> None:
        super().__init__()
        self.name, self.log = name, log

    def refresh(self) -> None:
        self.log.append(self.name)


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def plots(qtbot: QtBot, log: list[str]) -> list[Plot]:
    made = [Plot(name, log) for name in "abc"]
    for plot in made:
        qtbot.addWidget(plot)
        plot.show()
    return made


def test_tick_refreshes_one_plot_in_turn(plots: list[Plot], log: list[str]) -> None:
    scheduler = RepaintScheduler()
    for plot in plots:
        scheduler.mark(plot)
    seen = []
    for _ in range(4):
        scheduler.tick()
        seen.append(list(log))
    assert seen == [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c"]]


def test_mark_again_keeps_the_place_so_none_starves(plots: list[Plot], log: list[str]) -> None:
    scheduler = RepaintScheduler()
    for _ in range(3):
        for plot in plots:
            scheduler.mark(plot)
        scheduler.tick()
    assert log == ["a", "b", "c"]


def test_tick_passes_over_hidden_plots_until_they_are_shown(plots: list[Plot], log: list[str]) -> None:
    scheduler = RepaintScheduler()
    plots[0].hide()
    scheduler.mark(plots[0])
    assert not scheduler.is_active
    scheduler.tick()
    assert log == []
    plots[0].show()
    scheduler.tick()
    assert log == ["a"]


def test_timer_runs_only_while_something_waits(qtbot: QtBot, plots: list[Plot], log: list[str]) -> None:
    scheduler = RepaintScheduler()
    assert not scheduler.is_active
    scheduler.mark(plots[1])
    assert scheduler.is_active
    qtbot.waitUntil(lambda: not scheduler.is_active)
    assert log == ["b"]


def test_deleted_plot_is_forgotten(qtbot: QtBot, log: list[str]) -> None:
    scheduler = RepaintScheduler()
    plot = Plot("gone", log)
    scheduler.mark(plot)
    with qtbot.waitSignal(plot.destroyed):
        plot.deleteLater()
    scheduler.tick()
    assert log == []
