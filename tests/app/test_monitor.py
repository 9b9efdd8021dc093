"""How live records become arrays, and who is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.monitor import KINDS, Monitor, Runs, stored
from studio.app.plots.filters_view import FiltersView
from studio.app.plots.heat_map import HistogramHeatMap
from studio.project.project import Project
from studio.runs.records import EpochEnded
from studio.runs.store import RunStore
from tests.helpers.drawing import draw
from tests.helpers.live_records import epoch, filters, histogram, progress, state, steps
from tests.helpers.settling import settle


@pytest.fixture
def monitor(qapp: object) -> Monitor:
    made = Monitor()
    made.start("run-1")
    made.announce()
    return made


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    store = RunStore(tmp_path / "digits.runs")
    writer = store.create_run("old", Project(), "cpu", 0)
    writer.steps(steps(1, [4.0, 3.0], run="old"))
    writer.epoch(EpochEnded("old", 1, 2, 3.5, 3.25, 0.5, 0.5, True))
    writer.seen(histogram(2, [1, 3], node="relu1"))
    writer.changed(state("finished", run="old", step=2))
    writer.close()
    return store


def kinds_told(monitor: Monitor) -> list[str]:
    told: list[str] = []
    monitor.changed.connect(told.append)
    monitor.announce()
    monitor.changed.disconnect(told.append)
    return told


def test_take_joins_steps_in_order(monitor: Monitor) -> None:
    monitor.take(steps(1, [3.0, 2.0]))
    monitor.take(steps(3, [1.0]))
    assert monitor.shown.steps.tolist() == [1, 2, 3]
    assert monitor.shown.losses.tolist() == [3.0, 2.0, 1.0]
    assert np.isnan(monitor.shown.accuracies).all()


def test_many_records_are_announced_once_a_kind(qtbot: QtBot, monitor: Monitor) -> None:
    told: list[str] = []
    monitor.changed.connect(told.append)
    for step in range(1, 200):
        monitor.take(steps(step, [1.0]))
        monitor.take(progress(step))
    assert told == []
    qtbot.waitUntil(lambda: told == ["steps", "progress"])


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (state("running"), "state"),
        (epoch(1, 10), "epochs"),
        (progress(5), "progress"),
        (histogram(1, [1]), "histograms"),
        (filters(np.zeros((1, 2, 2))), "filters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_take_announces_the_kind_of_the_record(monitor: Monitor, record: object, kind: str) -> None:
    monitor.take(record)
    assert kinds_told(monitor) == [kind]


def test_take_keeps_the_newest_picture_of_each_node(monitor: Monitor) -> None:
    first, second = filters(np.zeros((1, 2, 2))), filters(np.ones((1, 2, 2)))
    monitor.take(first)
    monitor.take(second)
    monitor.take(histogram(1, [1]))
    monitor.take(histogram(2, [9]))
    assert monitor.filters == {"conv1": second}
    assert monitor.newest_histograms["relu1"].step == 2


def test_take_steps_of_a_resumed_run_replace_what_came_after_the_checkpoint(monitor: Monitor) -> None:
    monitor.take(steps(1, [5.0] * 20))
    monitor.take(epoch(1, 10))
    monitor.take(epoch(2, 20))
    monitor.take(steps(11, [1.0]))
    assert monitor.shown.steps.tolist() == list(range(1, 12))
    assert monitor.shown.losses[-1] == 1.0
    assert [known.epoch for known in monitor.shown.epochs] == [1]
    assert monitor.shown.rewinds == 1


def test_start_the_same_run_again_keeps_its_past(monitor: Monitor) -> None:
    monitor.take(steps(1, [5.0] * 3))
    monitor.take(state("stopped"))
    monitor.start("run-1")
    assert monitor.shown.steps.tolist() == [1, 2, 3]
    assert monitor.shown.state == "starting"


def test_take_late_record_of_an_older_run_is_dropped(monitor: Monitor) -> None:
    monitor.take(steps(1, [1.0], run="older"))
    assert len(monitor.shown.steps) == 0
    monitor.take(state("starting", run="run-2"))
    assert monitor.shown.name == "run-2"


def test_steps_per_epoch_comes_from_progress_or_the_last_epoch(monitor: Monitor) -> None:
    assert monitor.shown.steps_per_epoch is None
    monitor.take(epoch(2, 30))
    assert monitor.shown.steps_per_epoch == 15
    monitor.take(progress(30, total_steps=200, epochs=10))
    assert monitor.shown.steps_per_epoch == 20


def test_a_stored_run_is_shown_and_what_was_seen_of_it_is_read_when_asked_for(
    qtbot: QtBot, monitor: Monitor, store: RunStore
) -> None:
    monitor.show_stored(stored(store.run("old")))
    assert kinds_told(monitor) == list(KINDS)
    assert monitor.shown.losses.tolist() == [4.0, 3.0]
    assert monitor.shown.epochs[0].val_loss == 3.25
    assert monitor.shown.state == "finished"
    assert monitor.shown.timeline("relu1") is monitor.shown.timeline("nowhere") is None
    assert monitor.shown.awaits("histograms", "relu1")
    with qtbot.waitSignal(monitor.changed, check_params_cb=lambda kind: kind == "histograms"):
        settle(qtbot, monitor)
    timeline = monitor.shown.timeline("relu1")
    assert timeline is not None
    assert timeline.steps.tolist() == [2]
    assert monitor.shown.timeline("nowhere") is None
    assert not monitor.past.is_busy


def test_live_run_is_collected_while_another_is_shown(monitor: Monitor, store: RunStore) -> None:
    monitor.take(steps(1, [1.0]))
    monitor.show_stored(stored(store.run("old")))
    monitor.announce()
    monitor.take(steps(2, [0.5]))
    assert kinds_told(monitor) == []
    assert monitor.shown.name == "old"
    monitor.show_live()
    assert monitor.shown.losses.tolist() == [1.0, 0.5]


def test_the_past_of_a_resumed_run_is_put_before_what_came_meanwhile(
    qtbot: QtBot, monitor: Monitor, store: RunStore
) -> None:
    assert monitor.start("old")
    monitor.await_past()
    monitor.take(steps(3, [2.0], run="old"))
    monitor.take(replace(histogram(3, [2, 2], node="relu1"), run="old"))
    assert monitor.shown.losses.tolist() == [2.0]
    monitor.join(monitor.runs, stored(store.run("old")))
    monitor.take(replace(histogram(4, [1, 1], node="relu1"), run="old"))
    assert monitor.is_live
    assert monitor.shown.losses.tolist() == [4.0, 3.0, 2.0]
    assert monitor.shown.state == "starting"
    settle(qtbot, monitor)
    timeline = monitor.shown.timeline("relu1")
    assert timeline is not None
    assert timeline.steps.tolist() == [2, 3, 4]


def test_a_past_that_comes_too_late_is_dropped(monitor: Monitor, store: RunStore) -> None:
    monitor.start("old")
    monitor.await_past()
    monitor.start("run-2")
    monitor.join(monitor.runs, stored(store.run("old")))
    assert monitor.shown.name == "run-2"
    assert len(monitor.shown.steps) == 0


def test_looks_that_cannot_be_read_are_told(qtbot: QtBot, monitor: Monitor, store: RunStore) -> None:
    monitor.show_stored(stored(store.run("old")))
    (store.folder / "runs.sqlite").write_bytes(b"no list of runs" * 100)
    with qtbot.waitSignal(monitor.message) as said:
        assert len(monitor.shown.norms) == 0
    assert "damaged" in said.args[0]
    assert not monitor.shown.awaits("norms")


def test_records_of_a_project_that_is_not_on_show_are_kept_for_it(monitor: Monitor, qtbot: QtBot) -> None:
    trained, other = Runs(), Runs()
    monitor.show_runs(trained)
    monitor.feed(trained)
    monitor.start("run-1")
    monitor.take(steps(1, [3.0]))
    monitor.show_runs(other)
    monitor.announce()
    with qtbot.assertNotEmitted(monitor.changed):
        monitor.take(steps(2, [2.0]))
        monitor.announce()
    assert monitor.shown.name == ""
    assert len(monitor.shown.steps) == 0
    monitor.show_runs(trained)
    assert monitor.shown.losses.tolist() == [3.0, 2.0]


def test_progress_of_another_project_is_announced(monitor: Monitor, qtbot: QtBot) -> None:
    trained = Runs()
    monitor.feed(trained)
    monitor.start("run-1")
    with qtbot.waitSignal(monitor.live_changed):
        monitor.take(progress(4))
    assert monitor.progress is None
    assert monitor.fed_progress is not None
    assert monitor.fed_progress.step == 4


def test_a_run_says_which_layers_it_has_though_the_design_goes_on_being_edited(qapp: object) -> None:
    monitor = Monitor()
    heat_map, filters = HistogramHeatMap(monitor), FiltersView(monitor)
    design = draw(("x", "VectorInput", {"features": 2}), ("relu", "ReLU", "x"))
    assert monitor.knows("gone", "Tanh")
    assert not monitor.lacks("gone")
    monitor.feed(monitor._runs, design)
    monitor.take(state("starting"))
    assert monitor.knows("relu", "ReLU")
    assert not monitor.knows("relu", "Tanh")
    assert monitor.lacks("gone")
    for plot in (heat_map, filters):
        plot.set_node("relu")
        assert "Waiting" in plot.empty_words
        plot.set_node("gone")
        assert "added or renamed since" in plot.empty_words
