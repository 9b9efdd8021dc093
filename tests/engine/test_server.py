"""What the engine does with requests; torch's part is played by functions that wait to be told."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from studio.engine.records import (
    Cancel,
    Check,
    Checked,
    ControlRun,
    DataFetched,
    DescribeData,
    Done,
    Failed,
    FetchData,
    LookInside,
    Progress,
    Ready,
    Record,
    Request,
    RunStarted,
    Shutdown,
    StartRun,
    Warm,
    Watch,
)
from studio.engine.server import Engine
from studio.errors import DataError, ProjectError, RunError
from studio.graph.report import Totals
from studio.runs.records import RunChanged


class Stage:
    """An engine, what it said, and the doors that its helpers wait at."""

    def __init__(self) -> None:
        self.said: list[Record] = []
        self._changed = threading.Condition()
        self.entered = threading.Event()
        self.door = threading.Event()
        self.warmed = 0
        self.controls: list[Any] = []
        self.train: Callable[..., None] = self.train_until_stopped
        self.engine = Engine(self.emit)
        self.thread = threading.Thread(target=self.engine.serve)

    def emit(self, record: Record) -> None:
        with self._changed:
            self.said.append(record)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[Record], bool]) -> Record:
        def found() -> Record | None:
            return next((record for record in self.said if wanted(record)), None)

        with self._changed:
            assert self._changed.wait_for(lambda: found() is not None, 20), self.said
            record = found()
        assert record is not None
        return record

    def reply(self, request: Request) -> Record:
        """Handle a request and return its reply."""
        self.engine.handle(request)
        return self.answer_to(request.id)

    def answer_to(self, request_id: int) -> Record:
        return self.wait_for(
            lambda record: getattr(record, "id", None) == request_id and not isinstance(record, Progress)
        )

    def answer(self, request: Request, shapes: object) -> Record:
        if isinstance(request, Check):
            if request.project.get("wait"):
                self.entered.set()
                assert self.door.wait(20)
            if request.project.get("break"):
                raise ZeroDivisionError("inside")
            return Checked(request.id, (), (), Totals())
        if isinstance(request, Warm):
            return Ready(request.id, 1, "2", ("cpu",), "cpu")
        raise ProjectError("It is empty.")

    def warm_up(self) -> None:
        self.warmed += 1
        assert self.door.wait(20)

    def fetch(
        self, request: FetchData, progress: Callable[[float, float, str], None], cancelled: Callable[[], bool]
    ) -> Record:
        progress(1.0, 2.0, "half")
        self.entered.set()
        assert self.door.wait(20)
        if request.data.get("break"):
            raise DataError("The file is damaged.")
        return DataFetched(request.id, "mnist")

    def train_until_stopped(self, project: object, *, reporter: Any, control: Any, **options: Any) -> None:
        self.controls.append(control)
        reporter.report(RunChanged("run-1", "starting", 0, 0))
        reporter.report(RunChanged("run-1", "running", 0, 0))
        while not control.stopped:
            if control.pending:
                control.wait(0.05)
            self.door.wait(0.01)
        reporter.report(RunChanged("run-1", "stopped", 5, 0))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage()
    answers = types.ModuleType("studio.engine.answers")
    answers.start = lambda threads: object()  # type: ignore[attr-defined]
    answers.answer = stage.answer  # type: ignore[attr-defined]
    answers.carry_out = stage.fetch  # type: ignore[attr-defined]
    answers.warm_up = stage.warm_up  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "studio.engine.answers", answers)
    monkeypatch.setattr("studio.engine.answers", answers, raising=False)
    run = types.ModuleType("studio.training.run")
    run.train = lambda *given, **options: stage.train(*given, **options)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "studio.training.run", run)
    stage.thread.start()
    yield stage
    stage.door.set()
    stage.engine.handle(Shutdown(999))
    assert stage.engine.wait_idle(20)
    stage.thread.join(20)
    assert not stage.thread.is_alive()


EMPTY = {"format": "flowgraph-studio", "version": 1, "graph": {"nodes": {}}}


def test_check_is_answered(stage: Stage) -> None:
    assert isinstance(stage.reply(Check(1, {})), Checked)


def test_older_waiting_check_is_superseded_and_the_newest_answered(stage: Stage) -> None:
    stage.engine.handle(Check(1, {"wait": True}))
    assert stage.entered.wait(20)
    stage.engine.handle(Check(2, {}))
    stage.engine.handle(Check(3, {}))
    superseded = stage.answer_to(2)
    assert isinstance(superseded, Failed)
    assert superseded.code == "superseded"
    stage.door.set()
    assert isinstance(stage.answer_to(1), Checked)
    assert isinstance(stage.answer_to(3), Checked)


def test_cancel_a_waiting_request(stage: Stage) -> None:
    stage.engine.handle(Check(1, {"wait": True}))
    assert stage.entered.wait(20)
    stage.engine.handle(DescribeData(2, {}))
    assert stage.reply(Cancel(3, 2)) == Done(3)
    assert stage.answer_to(2) == Failed(2, "cancelled", "Cancelled.")


def test_cancel_the_request_being_answered(stage: Stage) -> None:
    stage.engine.handle(Check(1, {"wait": True}))
    assert stage.entered.wait(20)
    stage.engine.handle(Cancel(2, 1))
    stage.door.set()
    assert stage.answer_to(1) == Failed(1, "cancelled", "Cancelled.")


def test_cancel_of_something_long_answered_is_harmless(stage: Stage) -> None:
    stage.reply(Check(1, {}))
    assert stage.reply(Cancel(2, 1)) == Done(2)
    assert [record for record in stage.said if getattr(record, "id", 0) == 1] == [
        Checked(1, (), (), Totals())
    ]


def test_exception_in_an_answer_is_told_and_the_engine_goes_on(stage: Stage) -> None:
    failed = stage.reply(Check(1, {"break": True}))
    assert isinstance(failed, Failed)
    assert failed.code == "internal"
    assert "ZeroDivisionError" in failed.details
    assert isinstance(stage.reply(Check(2, {})), Checked)


def test_studio_error_in_an_answer_keeps_its_words(stage: Stage) -> None:
    assert stage.reply(DescribeData(1, {})) == Failed(1, "project", "It is empty.")


def test_questions_are_answered_while_the_engine_warms_up_and_a_run_waits_for_it(stage: Stage) -> None:
    assert isinstance(stage.reply(Warm(1)), Ready)
    assert isinstance(stage.reply(Warm(2)), Ready)
    stage.engine.handle(StartRun(3, EMPTY))
    assert isinstance(stage.reply(Check(4, {})), Checked)
    assert stage.controls == []
    stage.door.set()
    assert isinstance(stage.answer_to(3), RunStarted)
    assert stage.warmed == 1


def test_fetch_runs_beside_other_answers(stage: Stage) -> None:
    stage.engine.handle(FetchData(1, {}))
    assert isinstance(stage.wait_for(lambda record: isinstance(record, Progress)), Progress)
    assert isinstance(stage.reply(Check(2, {})), Checked)
    stage.door.set()
    assert stage.answer_to(1) == DataFetched(1, "mnist")


def test_cancelled_fetch_says_so(stage: Stage) -> None:
    stage.engine.handle(FetchData(1, {}))
    assert stage.entered.wait(20)
    stage.engine.handle(Cancel(2, 1))
    stage.door.set()
    assert stage.answer_to(1) == Failed(1, "cancelled", "Cancelled.")


def test_a_newer_look_inside_ends_the_older(stage: Stage) -> None:
    stage.engine.handle(LookInside(1, {}, "conv1"))
    assert stage.entered.wait(20)
    stage.engine.handle(LookInside(2, {}, "conv2"))
    stage.wait_for(lambda record: isinstance(record, Progress) and record.id == 2)
    stage.door.set()
    assert stage.answer_to(1) == Failed(1, "cancelled", "Cancelled.")


def test_failed_fetch_says_why(stage: Stage) -> None:
    stage.door.set()
    assert stage.reply(FetchData(1, {"break": True})) == Failed(1, "data", "The file is damaged.")


def test_run_is_announced_before_its_records(stage: Stage) -> None:
    assert stage.reply(StartRun(1, EMPTY, runs_folder="some.runs")) == RunStarted(1, "run-1", "some.runs")
    running = stage.wait_for(lambda record: isinstance(record, RunChanged))
    assert stage.said.index(RunStarted(1, "run-1", "some.runs")) < stage.said.index(running)


def test_second_run_is_refused_while_one_goes_on(stage: Stage) -> None:
    stage.reply(StartRun(1, EMPTY))
    refused = stage.reply(StartRun(2, EMPTY))
    assert isinstance(refused, Failed)
    assert refused.code == "busy"
    assert '"run-1" is still going on' in refused.message


def test_run_can_start_as_soon_as_the_one_before_said_its_last_word(stage: Stage) -> None:
    stage.reply(StartRun(1, EMPTY))
    stage.engine.handle(ControlRun(2, "stop"))
    stage.wait_for(lambda record: isinstance(record, RunChanged) and record.state == "stopped")
    assert isinstance(stage.reply(StartRun(3, EMPTY)), RunStarted)


def test_pause_and_resume_reach_the_run_while_the_engine_is_busy(stage: Stage) -> None:
    stage.reply(StartRun(1, EMPTY))
    stage.engine.handle(Check(2, {"wait": True}))
    assert stage.entered.wait(20)
    assert stage.reply(ControlRun(3, "pause")) == Done(3)
    assert stage.controls[0].paused
    assert stage.reply(ControlRun(4, "resume")) == Done(4)
    assert not stage.controls[0].paused


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
def test_control_without_a_run_says_so(stage: Stage, action: Any) -> None:
    assert stage.reply(ControlRun(1, action)) == Failed(1, "idle", f"There is no run to {action}.")


def test_what_is_watched_reaches_the_run_going_on_and_the_next(stage: Stage) -> None:
    stage.reply(StartRun(1, EMPTY))
    assert stage.reply(Watch(2, ("conv1",), ("conv2",), 0.1)) == Done(2)
    assert stage.controls[0].watch.activations == ("conv1",)
    assert stage.controls[0].watch.budget == 0.1
    stage.reply(ControlRun(3, "stop"))
    stage.wait_for(lambda record: isinstance(record, RunChanged) and record.state == "stopped")
    stage.reply(StartRun(4, EMPTY, budget=0.05))
    assert stage.controls[1].watch.filters == ("conv2",)
    assert stage.controls[1].watch.budget == 0.05


def test_run_that_cannot_start_is_answered_by_failed(stage: Stage) -> None:
    def refuse(project: object, **options: object) -> None:
        raise RunError("The folder cannot be written.")

    stage.train = refuse
    assert stage.reply(StartRun(1, EMPTY)) == Failed(1, "run", "The folder cannot be written.")
    assert isinstance(stage.reply(Check(2, {})), Checked)


def test_run_of_a_malformed_project_is_answered_by_failed(stage: Stage) -> None:
    failed = stage.reply(StartRun(1, {"format": "cake"}))
    assert isinstance(failed, Failed)
    assert failed.code == "project"


@pytest.mark.parametrize("error", [RuntimeError("in native code"), SystemExit(1), MemoryError()], ids=repr)
def test_run_that_dies_without_a_word_ends_as_failed(stage: Stage, error: BaseException) -> None:
    def die(project: object, *, reporter: Any, **options: object) -> None:
        reporter.report(RunChanged("run-1", "running", 7, 1, device="cpu"))
        raise error

    stage.train = die
    stage.reply(StartRun(1, EMPTY))
    last = stage.wait_for(lambda record: isinstance(record, RunChanged) and record.state == "failed")
    assert isinstance(last, RunChanged)
    assert (last.step, last.epoch, last.device) == (7, 1, "cpu")
    assert type(error).__name__ in last.details


def test_run_that_said_why_it_failed_is_not_contradicted(stage: Stage) -> None:
    def fail(project: object, *, reporter: Any, **options: object) -> None:
        reporter.report(RunChanged("run-1", "failed", 7, 1, "The loss is NaN."))
        raise RunError("The loss is NaN.")

    stage.train = fail
    stage.reply(StartRun(1, EMPTY))
    assert stage.engine.wait_idle(20)
    assert [record.message for record in stage.said if isinstance(record, RunChanged)] == ["The loss is NaN."]


def test_shutdown_stops_the_run_and_settles_what_waits(stage: Stage) -> None:
    stage.reply(StartRun(1, EMPTY))
    stage.engine.handle(Check(2, {"wait": True}))
    assert stage.entered.wait(20)
    stage.engine.handle(DescribeData(3, {}))
    assert stage.reply(Shutdown(4)) == Done(4)
    assert stage.engine.wait_idle(20)
    assert RunChanged("run-1", "stopped", 5, 0) in stage.said
    assert stage.answer_to(3) == Failed(3, "cancelled", "Cancelled.")
    late = stage.reply(Check(5, {}))
    assert isinstance(late, Failed)
    assert "ending" in late.message
