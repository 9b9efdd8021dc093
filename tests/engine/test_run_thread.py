from __future__ import annotations

from studio.engine.records import StartRun, Watch
from studio.engine.run_thread import RunThread


def thread(budget: float) -> RunThread:
    request = StartRun(1, {}, budget=budget)
    return RunThread(request, Watch(0, ("relu1",), ("conv1",), 0.02), lambda _record: None)


def test_run_starts_with_the_share_of_time_that_was_asked_for() -> None:
    watch = thread(0.1).control.watch
    assert (watch.activations, watch.filters, watch.budget) == (("relu1",), ("conv1",), 0.1)


def test_share_may_change_while_the_run_goes_on() -> None:
    run = thread(0.1)
    run.watch(Watch(2, ("relu2",), (), 0.0))
    assert (run.control.watch.activations, run.control.watch.budget) == (("relu2",), 0.0)
