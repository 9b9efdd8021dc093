"""Loss and accuracy plots on real widgets."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor, stored
from studio.app.plots.checkpoint_ticks import APART_PX, HEIGHT_PX, REACH_PX
from studio.app.plots.learning_curves import AccuracyPlot, LossPlot
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.plots.tables import curves_table
from studio.app.theme.theme import theme
from studio.runs.records import RunChanged
from studio.runs.store import RunStore
from tests.app.panels.test_runs import add
from tests.helpers.live_records import checkpoint, epoch, progress, state, steps


@pytest.fixture
def monitor(qapp: object) -> Monitor:
    made = Monitor()
    made.take(state("starting"))
    return made


@pytest.fixture
def loss(qtbot: QtBot, monitor: Monitor) -> LossPlot:
    return shown(qtbot, LossPlot(monitor, RepaintScheduler()))


def shown(qtbot: QtBot, plot: LossPlot | AccuracyPlot) -> LossPlot | AccuracyPlot:
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.show()
    return plot


def test_take_brings_points_to_the_plot(qtbot: QtBot, monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [2.0, 1.0]))
    monitor.take(steps(3, [0.5]))
    qtbot.waitUntil(lambda: len(loss.train) == 3)
    x, y = loss.curve("train").getData()
    assert x.tolist() == [1, 2, 3]
    assert y.tolist() == [2.0, 1.0, 0.5]


def test_validation_points_stand_at_the_last_step_of_their_epoch(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 20))
    monitor.take(epoch(1, 10, val_loss=0.75))
    monitor.take(epoch(2, 20, val_loss=0.25))
    loss.refresh()
    x, y = loss.curve("validation").getData()
    assert x.tolist() == [10, 20]
    assert y.tolist() == [0.75, 0.25]
    assert "validation 0.25" in loss.words


def test_many_steps_are_few_points_and_the_spike_is_among_them(monitor: Monitor, loss: LossPlot) -> None:
    losses = np.ones(200_000)
    losses[123_456] = 50.0
    monitor.take(steps(1, losses.tolist()))
    loss.refresh()
    x, y = loss.curve("train").getData()
    assert len(x) <= 1004
    assert np.nanmax(y) == 50.0
    assert loss.view_range[1][1] > 50.0


def test_axis_counts_epochs_until_steps_are_asked_for(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 80))
    monitor.take(progress(80, total_steps=100, epochs=10))
    loss.refresh()
    assert loss.horizontal_ticks() == ["0", "2", "4", "6", "8"]
    button = loss.findChild(QToolButton, "plot.loss.steps")
    button.click()
    assert loss.horizontal_ticks() == ["0", "20", "40", "60", "80"]


def test_log_switch_draws_logarithms_and_leaves_out_what_has_none(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0, 0.1, 0.0]))
    loss.findChild(QToolButton, "plot.loss.log").click()
    _, y = loss.curve("train").getData()
    assert y[:2].tolist() == pytest.approx([0.0, -1.0])
    assert math.isnan(y[2])


def test_loss_that_is_not_a_number_leaves_a_gap_and_is_said(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0, math.nan]))
    loss.refresh()
    assert "train not a number" in loss.words


def test_zoom_stays_until_home_is_pressed(qtbot: QtBot, monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 100))
    loss.refresh()
    whole = loss.view_range[0]
    qtbot.keyClick(loss, Qt.Key.Key_Plus)
    zoomed = loss.view_range[0]
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    monitor.take(steps(101, [1.0] * 100))
    loss.refresh()
    assert loss.view_range[0] == zoomed
    qtbot.keyClick(loss, Qt.Key.Key_Home)
    assert loss.view_range[0][1] >= 200


def test_hovering_says_the_values_there(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [4.0, 1.0, 1.0, 1.0]))
    loss.refresh()
    before = loss.words
    loss.hover(1.2)
    assert "train 4" in loss.words
    loss.hover(None)
    assert loss.words == before


def test_rewound_run_is_drawn_anew(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [3.0, 2.0, 1.0]))
    loss.refresh()
    monitor.take(steps(2, [9.0]))
    loss.refresh()
    _, y = loss.curve("train").getData()
    assert y.tolist() == [3.0, 9.0]


def test_empty_plot_says_how_to_fill_it(qtbot: QtBot) -> None:
    plot = shown(qtbot, LossPlot(Monitor(), RepaintScheduler()))
    assert plot.empty_words.startswith("Press Train: the loss")


def test_accuracy_is_in_percent(qtbot: QtBot, monitor: Monitor) -> None:
    plot = shown(qtbot, AccuracyPlot(monitor, RepaintScheduler()))
    monitor.take(steps(1, [1.0, 1.0], accuracy=0.5))
    monitor.take(epoch(1, 2, val_accuracy=0.983))
    plot.refresh()
    assert plot.curve("train").getData()[1].tolist() == [50.0, 50.0]
    assert "98.3 %" in plot.words


def test_accuracy_of_a_regression_says_that_there_is_none(qtbot: QtBot, monitor: Monitor) -> None:
    plot = shown(qtbot, AccuracyPlot(monitor, RepaintScheduler()))
    monitor.take(steps(1, [1.0, 1.0]))
    monitor.take(epoch(1, 2, val_accuracy=math.nan))
    plot.refresh()
    assert "not trained to tell classes apart" in plot.empty_words


def test_curves_take_the_colours_of_the_theme(qtbot: QtBot, loss: LossPlot) -> None:
    try:
        for scheme in ("dark", "light"):
            theme().choose(scheme)
            assert loss.curve("smoothed").opts["pen"].color() == theme().color("train")
            assert loss.curve("validation").opts["pen"].color() == theme().color("validation")
    finally:
        theme().choose("light")


def test_switches_make_room_for_the_values(qtbot: QtBot, monitor: Monitor) -> None:
    plot = AccuracyPlot(monitor)
    qtbot.addWidget(plot)
    plot.resize(600, 200)
    plot.show()
    (switch,) = plot.findChildren(QToolButton)
    assert not switch.isHidden()
    monitor.take(steps(1, [0.5] * 8, accuracy=0.985))
    monitor.take(epoch(1, step=8))
    qtbot.waitUntil(lambda: "validation" in plot.words)
    plot.resize(180, 200)
    assert switch.isHidden()
    plot.resize(600, 200)
    assert not switch.isHidden()


def test_gap_is_the_difference_of_the_two_curves(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 20))
    loss.refresh()
    assert math.isnan(loss.gap())
    monitor.take(epoch(1, 10, val_loss=1.5))
    monitor.take(epoch(2, 20, val_loss=0.75))
    loss.refresh()
    assert loss.gap() == -0.25
    assert loss.words.endswith("gap −0.25")
    loss.hover(10)
    assert loss.gap(10) == 0.5
    assert loss.words.endswith("gap +0.5")


def test_earlier_runs_are_drawn_behind_and_told(
    qtbot: QtBot, monitor: Monitor, loss: LossPlot, tmp_path: Path
) -> None:
    store = RunStore(tmp_path / "net.runs")
    add(store, "old", 0.1, [3.0, 2.0])
    add(store, "older", 0.1, [5.0, 4.0, 6.0])
    monitor.take(steps(1, [1.0, 0.5]))
    monitor.take(epoch(1, 2, val_loss=0.75))
    monitor.show_behind([stored(store.run("old")), stored(store.run("older"))])
    loss.refresh()
    curves = loss._behind._curves
    assert [curve.getData()[1].tolist() for curve in curves] == [[3.0, 2.0], [5.0, 4.0, 6.0]]
    assert curves[0].opts["pen"].style() != curves[1].opts["pen"].style()
    assert "old 2" in loss.words
    assert loss.view_range[1][1] > 4.0  # what is in view of them has room
    monitor.show_behind([])
    loss.refresh()
    assert not loss._behind._curves
    assert "old" not in loss.words


def set_lr(step: int, lr: float) -> RunChanged:
    return RunChanged("run-1", "running", step, 1, f"The learning rate was set to {lr:g}.", lr=lr)


def test_a_learning_rate_set_by_hand_is_marked_where_it_was_set(
    qtbot: QtBot, monitor: Monitor, loss: LossPlot
) -> None:
    monitor.take(steps(1, [1.0] * 1000))
    for step, lr in ((200, 0.05), (210, 0.04), (800, 0.001)):
        monitor.take(set_lr(step, lr))
    qtbot.waitUntil(lambda: loss.lr_marks.steps == [200, 210, 800])
    assert loss.lr_marks.words == ["lr 0.04", "lr 0.001"]  # of two so close the later one speaks
    monitor.take(steps(501, [0.5]))  # resumed from step 500: what was set after it never was
    loss.refresh()
    assert loss.lr_marks.steps == [200, 210]


def test_marks_of_a_stored_run_are_its_own(monitor: Monitor, loss: LossPlot, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "net.runs")
    add(store, "one", 0.1, [1.0, 0.5])
    writer = store.reopen_run("one")
    writer.changed(RunChanged("one", "stopped", 1, 1, lr=0.5))
    writer.close()
    monitor.show_stored(stored(store.run("one")))
    loss.refresh()
    assert loss.lr_marks.words == ["lr 0.5"]
    monitor.show_live()
    loss.refresh()
    assert loss.lr_marks.steps == []


def test_pauses_and_the_best_epoch_are_marked(qtbot: QtBot, monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 1000))
    for record in (state("paused", step=300), state("running", step=300), state("stopped", step=1000)):
        monitor.take(record)
    for record in (epoch(1, 500), replace(epoch(2, 1000), is_best=False)):
        monitor.take(record)
    loss.refresh()
    assert loss.marks.steps == [300, 500, 1000]
    assert loss.marks.words == ["paused", "best", "stopped"]
    for record in (state("starting"), state("running", step=700), steps(701, [0.5] * 200)):
        monitor.take(record)
    loss.refresh()
    assert monitor.shown.marks == {300: "paused", 500: "best", 700: "resumed"}
    assert loss.marks.steps == [300, 500, 700]


def test_checkpoints_stand_where_they_were_written(qtbot: QtBot, monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 1000))
    for step in (200, 400, 600, 800):
        monitor.take(checkpoint(step))
    qtbot.waitUntil(lambda: loss.checkpoints.steps == [200, 400, 600, 800])
    (low, high), box = loss.view_range[0], loss.checkpoints.parentItem()
    for step, line in zip((200, 400, 600, 800), loss.checkpoints._lines, strict=True):
        assert line.x1() == line.x2() == pytest.approx(box.width() * (step - low) / (high - low))
        assert (line.y1(), line.y2()) == (box.height() - HEIGHT_PX, box.height())
    monitor.take(steps(501, [0.5]))  # resumed from step 500: later ones are of a course it left
    loss.refresh()
    assert loss.checkpoints.steps == [200, 400]


def test_ten_thousand_checkpoints_are_as_few_strokes_as_have_room(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [1.0] * 10_000))
    for step in range(1, 10_001):
        monitor.take(checkpoint(step))
    loss.refresh()
    places = np.array([line.x1() for line in loss.checkpoints._lines])
    width = loss.checkpoints.parentItem().width()
    assert np.diff(places).min() >= APART_PX
    assert width / (2 * APART_PX) <= len(places) <= width / APART_PX + 1
    far = loss.checkpoints.steps
    loss._box.setXRange(4000.5, 4010.5, padding=0)
    assert loss.checkpoints.steps == list(range(4001, 4011))  # before the next refresh
    loss._box.setXRange(100, 10_100, padding=0)
    assert set(loss.checkpoints.steps) >= {step for step in far if step >= 100}  # none moves


def test_the_pointer_at_a_checkpoint_is_told_step_and_epoch(monitor: Monitor, loss: LossPlot) -> None:
    monitor.take(steps(1, [3.0] * 500 + [1.0] + [3.0] * 499))
    monitor.take(progress(1000, total_steps=1000, epochs=10))
    monitor.take(checkpoint(501))
    loss.refresh()
    loss.hover(503.0, REACH_PX)
    assert loss._crosshair.label.format == "checkpoint · epoch 5.0 · step 501"
    loss.hover(503.0, REACH_PX + 1)
    assert loss._crosshair.label.format == "epoch 5.0 · step 503"
    loss.hover(600.0, 0.0)
    assert loss._crosshair.label.format == "epoch 6.0 · step 600"


def test_checkpoints_of_a_stored_run_are_its_own(monitor: Monitor, loss: LossPlot, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "net.runs")
    add(store, "one", 0.1, [1.0, 0.5, 0.25])
    before = curves_table(stored(store.run("one"))).csv()
    writer = store.reopen_run("one")
    writer.checkpoint(checkpoint(2, "one"))
    writer.close()
    monitor.show_stored(stored(store.run("one")))
    loss.refresh()
    assert loss.checkpoints.steps == [2]
    assert curves_table(monitor.shown).csv() == before
    monitor.show_live()
    loss.refresh()
    assert loss.checkpoints.steps == []
