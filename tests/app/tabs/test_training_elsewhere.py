"""A run goes on while another project is on show."""

from __future__ import annotations

import gc
import shutil
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton, QToolButton

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.engine.local import LocalClient
from studio.engine.records import ControlRun, EngineLost, RunStarted, StartRun, Watch
from studio.graph import edits
from studio.runs.records import RunChanged
from tests.app.tabs.conftest import leave, project
from tests.helpers.live_records import progress, state, steps


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, f"action.{name}")
    assert found is not None, name
    return found


def say(window: MainWindow, engine, *records: object) -> None:
    """Have the engine say something, and the window hear it."""
    engine.answers += records
    window.workspace.link.drain()
    window.workspace.monitor.announce()


@pytest.fixture
def training(window, three, engine) -> MainWindow:
    """The first project trains, two steps into its first run; the second is on show."""
    window.document.show(three[0])
    window.workspace.train()
    started = RunStarted(engine.last_start().id, "run-1", engine.last_start().runs_folder)
    say(window, engine, started, state("running"), steps(1, [3.0, 2.0]), progress(20))
    window.document.show(three[1])
    return window


def test_bar_says_which_project_trains_and_leads_there(training, three):
    words = training.findChild(QPushButton, "training.elsewhere")
    assert words.isVisible()
    assert words.text().startswith("“digits”: epoch 2 of 10")
    QTest.mouseClick(words, Qt.MouseButton.LeftButton)
    assert training.document.sheet is three[0]
    assert not words.isVisible()


def test_train_is_disabled_with_the_reason(training):
    reason = "“digits” is being trained. Stop that run, or wait until it is over."
    assert not action(training, "train.start").isEnabled()
    assert training.workspace.why_not_train() == reason
    main = training.findChild(QToolButton, "training.train")
    assert not main.isEnabled()
    assert reason in main.toolTip()
    assert not action(training, "train.stop").isEnabled()


def test_training_is_not_started_twice(training, engine):
    training.workspace.train()
    assert len(engine.questions(StartRun)) == 1


def test_records_are_kept_and_shown_on_return(training, three, engine):
    monitor = training.workspace.monitor
    say(training, engine, steps(3, [1.0]))
    assert len(monitor.shown.steps) == 0
    assert training.workspace.state is None
    training.document.show(three[0])
    assert monitor.shown.losses.tolist() == [3.0, 2.0, 1.0]
    assert training.workspace.state == "running"
    assert training.training_bar.state == "running"
    assert action(training, "train.stop").isEnabled()


def test_tab_shows_that_it_trains_until_it_does_not(training, engine):
    tabs = training.projects.bar.tabs
    assert not tabs.tabIcon(0).isNull()
    assert "It is being trained" in tabs.tabToolTip(0)
    assert tabs.tabIcon(1).isNull()
    say(training, engine, state("finished"))
    assert tabs.tabIcon(0).isNull()


def test_end_of_the_run_is_told_and_frees_the_engine(training, three, engine):
    say(training, engine, RunChanged("run-1", "finished", 100, 10, "Best in epoch 9."))
    assert training.status.currentMessage() == "“digits”: Best in epoch 9."
    assert not training.workspace.is_busy
    assert not training.workspace.why_not_train()
    assert training.workspace.state is None
    training.document.show(three[0])
    assert training.workspace.state == "finished"
    assert training.training_bar.state == "finished"


def test_failure_elsewhere_names_the_project_and_marks_nothing_here(training, engine):
    say(training, engine, RunChanged("run-1", "failed", 5, 1, "out of memory", "conv1"))
    assert training.banner.text == "“digits”: out of memory"
    assert training.workspace.selection.nodes == frozenset()


def test_record_of_a_run_with_the_same_name_stays_where_it_belongs(training, three, engine):
    """Both projects have a run-1: what the engine says late of the first is not the second's."""
    say(training, engine, state("finished"))
    training.workspace.train()
    started = RunStarted(engine.last_start().id, "run-1", engine.last_start().runs_folder)
    say(training, engine, started, state("running"), steps(1, [9.0]))
    monitor = training.workspace.monitor
    assert monitor.shown.losses.tolist() == [9.0]
    training.document.show(three[0])
    assert monitor.shown.losses.tolist() == [3.0, 2.0]
    assert training.workspace.trained is three[1]


def test_leaving_the_training_project_changes_nothing_that_is_watched(training, three, engine):
    training.document.show(three[0])
    training.workspace.selection.set([training.document.graph.named("relu2").id])
    before = engine.questions(Watch)
    assert before[-1].activations[0] == "relu2"
    training.document.show(three[1])
    training.document.edit("Add", lambda graph: edits.add_node(graph, edits.new_node(graph, "ReLU")))
    assert engine.questions(Watch) == before


def test_watching_goes_on_as_it_was(training, three, engine):
    before = len(engine.questions(Watch))
    training.workspace.selection.set(["n2"])
    assert len(engine.questions(Watch)) == before
    training.document.show(three[0])
    training.workspace.selection.set([training.document.graph.named("relu2").id])
    assert len(engine.questions(Watch)) > before


@pytest.mark.parametrize("agreed", [True, False])
def test_closing_the_training_project_asks(training, three, engine, monkeypatch, agreed):
    answer = QMessageBox.StandardButton.Yes if agreed else QMessageBox.StandardButton.No
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *args: asked.append(args[2]) or answer)
    assert training.projects.close(three[0]) is agreed
    assert asked[0].startswith("“digits” is training.")
    assert bool(engine.questions(ControlRun)) is agreed
    assert (three[0] in training.document.sheets) is not agreed
    assert training.workspace.is_busy  # until the engine says that it stopped


def test_engine_is_free_once_the_closed_run_has_stopped(training, three, engine, monkeypatch):
    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda *args: yes)
    training.projects.close(three[0])
    assert "A project that was closed is being trained" in training.workspace.why_not_train()
    say(training, engine, state("stopped"))
    assert not training.workspace.is_busy
    assert training.workspace.trained is None
    say(training, engine, steps(4, [1.0]))
    assert len(training.workspace.monitor.live.steps) == 0


def test_closing_another_project_asks_nothing(training, three, never_asked):
    assert training.projects.close(three[1])
    assert training.workspace.is_busy


def test_lost_engine_offers_to_resume_the_run_in_its_project(training, three, engine):
    say(training, engine, EngineLost("The engine ended."))
    resume = training.banner.findChild(QPushButton, "banner.resume-run-1")
    resume.click()
    assert training.document.sheet is three[0]
    assert engine.last_start().resume == "run-1"
    assert engine.last_start().path == str(three[0].path)


def test_strip_at_the_bottom_says_what_trains(training, three, engine):
    state_label = training.status._labels["state"]
    assert state_label.text() == "●  training “digits”"
    say(training, engine, state("stopped"))
    assert "digits" not in state_label.text()
    training.document.show(three[0])
    assert state_label.text() == "●  stopped"


@pytest.mark.timeout(180)
def test_real_engine_trains_one_project_and_checks_another(qtbot, tmp_path, examples):
    """With PyTorch behind it: the second project is checked while the first trains, and nothing is lost."""
    window = MainWindow(LocalClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(window, before_close_func=leave_with_engine)
    window.show()
    for name in ("digits", "moons"):
        window.open_path(Path(shutil.copy(examples / f"{name}.flow", tmp_path)))
    digits, moons = window.document.sheets
    window.document.show(digits)
    qtbot.waitUntil(lambda: window.workspace.facts.totals.parameters > 0, timeout=90_000)
    digits_parameters = window.workspace.facts.totals.parameters
    window.workspace.train()
    window.document.show(moons)
    qtbot.waitUntil(lambda: window.workspace.facts.totals.parameters == 354, timeout=90_000)
    qtbot.waitUntil(lambda: not window.workspace.is_busy, timeout=90_000)
    assert window.workspace.state is None
    assert window.workspace.monitor.live.epochs == []
    window.document.show(digits)
    assert window.workspace.state == "finished"
    assert window.workspace.facts.totals.parameters == digits_parameters
    numbers = [epoch.epoch for epoch in window.workspace.monitor.live.epochs]
    assert numbers == list(range(1, 21))
    assert (tmp_path / "digits.runs" / "run-1" / "best.safetensors").is_file()


def leave_with_engine(window: MainWindow) -> None:
    window.workspace.close()
    leave(window)


def test_failure_elsewhere_is_said_again_where_it_can_be_pointed_at(training, three, engine, qtbot):
    say(training, engine, RunChanged("run-1", "failed", 5, 1, "out of memory", "conv1"))
    training.document.show(three[2])
    assert training.banner.text == ""
    training.document.show(three[0])
    qtbot.waitUntil(lambda: training.banner.text == "out of memory")
    assert training.document.graph.node(training.workspace.selection.single).name == "conv1"
    training.document.show(three[1])
    training.document.show(three[0])
    qtbot.wait(10)
    assert training.banner.text == ""


def test_records_of_a_closed_project_are_freed(window, engine):
    window.document.open(project("a", "ReLU"), None)
    window.workspace.train()
    started = RunStarted(engine.last_start().id, "run-1", engine.last_start().runs_folder)
    say(window, engine, started, steps(1, [3.0]), state("finished"))
    kept = weakref.ref(window.workspace.monitor.live)
    assert len(kept().steps) == 1
    window.document.close(window.document.sheet)
    window.workspace.monitor.announce()
    gc.collect()
    assert kept() is None
