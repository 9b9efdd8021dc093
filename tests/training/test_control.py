"""Pause, resume and stop from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.project.project import Project
from studio.runs.records import Filters, RunChanged, Steps
from studio.runs.store import RunStore
from studio.training.control import Control, Watched
from studio.training.loop import Outcome, Trainer
from studio.training.run import train

Make = Callable[..., Project]


class Background:
    """A run on a thread of its own, with events for what it told."""

    def __init__(self, project: Project, recorder: Any) -> None:
        self.control = Control()
        self.seen = {
            state: threading.Event() for state in ("running", "paused", "stopped", "steps", "filters")
        }
        recorder.on_record = self._look
        self._trainer = Trainer(project, reporter=recorder, control=self.control)
        self.outcome: Outcome | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.outcome = self._trainer.run()

    def _look(self, record: Any) -> None:
        if isinstance(record, RunChanged) and record.state in self.seen:
            self.seen[record.state].set()
        elif isinstance(record, Steps):
            self.seen["steps"].set()
        elif isinstance(record, Filters):
            self.seen["filters"].set()

    def wait(self, what: str) -> None:
        assert self.seen[what].wait(30), f"nothing of {what}"
        self.seen[what].clear()

    def join(self) -> Outcome:
        self._thread.join(30)
        assert self.outcome is not None
        return self.outcome


def steps_told(recorder: Any) -> int:
    return int(recorder.of(Steps)[-1].steps[-1])


def test_stop_ends_the_run_at_the_next_step(make_project: Make, recorder: Any) -> None:
    run = Background(make_project(epochs=1_000_000), recorder)
    run.wait("steps")
    run.control.stop()
    outcome = run.join()
    assert outcome.state == "stopped"
    assert recorder.records[-1].state == "stopped"
    assert steps_told(recorder) == outcome.step


def test_paused_run_takes_no_step_until_it_is_resumed(make_project: Make, recorder: Any) -> None:
    run = Background(make_project(epochs=1_000_000), recorder)
    run.wait("steps")
    run.control.pause()
    run.wait("paused")
    paused_at = steps_told(recorder)
    count = len(recorder.records)
    assert not run.seen["steps"].wait(0.3) or steps_told(recorder) == paused_at
    assert len(recorder.records) == count
    run.seen["steps"].clear()
    run.control.resume()
    run.wait("steps")
    assert steps_told(recorder) > paused_at
    run.control.stop()
    run.join()
    states = [change.state for change in recorder.of(RunChanged)]
    assert states == ["starting", "running", "paused", "running", "stopped"]


def test_paused_run_can_be_stopped(make_project: Make, recorder: Any) -> None:
    run = Background(make_project(epochs=1_000_000), recorder)
    run.control.pause()
    run.wait("paused")
    run.control.stop()
    assert run.join().state == "stopped"
    assert [change.state for change in recorder.of(RunChanged)][-2:] == ["paused", "stopped"]


def test_run_stopped_before_it_begins_takes_no_step(make_project: Make, recorder: Any) -> None:
    control = Control()
    control.stop()
    outcome = Trainer(make_project(), reporter=recorder, control=control).run()
    assert (outcome.state, outcome.step) == ("stopped", 0)
    assert outcome.message == "Stopped after 0 of 15 steps. No epoch was completed."


def test_paused_run_shows_filters_that_are_asked_for(digits: Make, recorder: Any) -> None:
    run = Background(digits(epochs=1_000_000), recorder)
    run.wait("steps")
    run.control.pause()
    run.wait("paused")
    run.control.set_watch(filters=("fc1",))
    run.wait("filters")
    run.control.stop()
    run.join()


def test_stopped_run_has_all_its_checkpoints(make_project: Make, recorder: Any, tmp_path: Path) -> None:
    control = Control()
    recorder.on_record = lambda record: control.stop() if isinstance(record, Steps) else None
    run = train(make_project(epochs=99), runs_folder=tmp_path, reporter=recorder, control=control)
    assert run.state == "stopped"
    assert {path.name for path in run.folder.glob("*.safetensors")} >= {
        "last.safetensors",
        "resume.safetensors",
    }


def test_ctrl_c_leaves_the_run_stopped_and_goes_on_up(
    make_project: Make, recorder: Any, tmp_path: Path
) -> None:
    def press(record: Any) -> None:
        if isinstance(record, Steps):
            raise KeyboardInterrupt

    recorder.on_record = press
    with pytest.raises(KeyboardInterrupt):
        train(make_project(), runs_folder=tmp_path, reporter=recorder)
    assert RunStore(tmp_path).run("run-1").info.state == "stopped"


@pytest.mark.parametrize(("given", "kept"), [(0.02, 0.02), (-1.0, 0.0), (3.0, 0.5)])
def test_watch_is_replaced_as_a_whole(given: float, kept: float) -> None:
    control = Control()
    control.set_watch(("a",), ("b",), given)
    assert control.watch == Watched(("a",), ("b",), kept)
