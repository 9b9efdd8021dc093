from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engine import mailbox
from studio.engine.mailbox import MAX_SURFACES, Mailbox, thin
from studio.engine.records import Done, Progress
from studio.runs.records import EpochEnded, Filters, Histogram, RunChanged, RunProgress, Steps, SurfaceLook
from tests.helpers.live_records import norms, surface_look


def steps(first: int, count: int, run: str = "run") -> Steps:
    numbers = np.arange(first, first + count)
    return Steps(run, numbers, np.float32(1) / numbers.astype(np.float32), np.zeros(count, np.float32))


def epoch(number: int) -> EpochEnded:
    return EpochEnded("run", number, number * 10, 1.0, 1.0, 0.5, 0.5, False)


def changed(state: str, run: str = "run") -> RunChanged:
    return RunChanged(run, state, 0, 0)  # type: ignore[arg-type]


def histogram(step: int, node: str = "conv") -> Histogram:
    return Histogram("run", node, step, 0.0, 1.0, np.zeros(4, np.int64), 0.0, 0.0, 1.0)


def progress(step: int, run: str = "run") -> RunProgress:
    return RunProgress(run, step, 100, 1, 2, 0.0, 1.0, 10.0, 0.0)


def drain_of(*records: object) -> list[object]:
    box = Mailbox()
    for record in records:
        box.put(record)  # type: ignore[arg-type]
    return list(box.drain())


def test_replies_and_events_stay_in_order() -> None:
    records = [Done(1), changed("running"), epoch(1), Done(2), epoch(2), changed("finished"), Done(1)]
    assert drain_of(*records) == records


def test_steps_of_one_run_become_one_record() -> None:
    first, second = drain_of(steps(1, 2), steps(1, 1, "other"), steps(3, 3))
    assert isinstance(first, Steps)
    assert first.steps.tolist() == [1, 2, 3, 4, 5]
    assert first.losses[4] == np.float32(0.2)
    assert len(first.accuracies) == 5
    assert isinstance(second, Steps)
    assert second.run == "other"


def test_steps_before_and_after_a_resume_stay_apart() -> None:
    stopped, started = changed("stopped"), changed("starting")
    before, *between, after = drain_of(steps(5, 2), stopped, started, steps(5, 3))
    assert between == [stopped, started]
    assert isinstance(before, Steps)
    assert isinstance(after, Steps)
    assert (before.steps.tolist(), after.steps.tolist()) == ([5, 6], [5, 6, 7])


def test_newest_progress_and_filters_replace_older() -> None:
    old = Filters("run", "conv", 1, np.zeros((1, 3, 3), np.float32), 1.0, 1, (0,))
    new = Filters("run", "conv", 2, np.zeros((1, 3, 3), np.float32), 1.0, 1, (0,))
    records = drain_of(
        progress(1),
        old,
        progress(1, "other"),
        new,
        progress(2),
        Progress(4, 0.1, 1, ""),
        Progress(4, 0.9, 1, ""),
    )
    assert records == [progress(1, "other"), new, progress(2), Progress(4, 0.9, 1, "")]


def test_histograms_beyond_the_limit_span_the_time_and_keep_the_newest() -> None:
    found = [
        record.step
        for record in drain_of(*(histogram(step) for step in range(1000)))
        if isinstance(record, Histogram)
    ]
    assert len(found) <= mailbox.MAX_SEEN
    assert found[-1] == 999
    assert found[0] == 0
    assert max(np.diff(found)) < 1000 / 8
    assert found == sorted(found)


def test_norms_and_quantities_wait_beside_each_other() -> None:
    one = histogram(1)
    found = drain_of(one, replace(one, quantity="weight"), norms(1), norms(2))
    assert len(found) == 4


def test_histograms_of_different_nodes_do_not_displace_each_other() -> None:
    assert len(drain_of(*(histogram(step, node) for step in range(5) for node in ("a", "b")))) == 10


def test_drain_empties_the_box() -> None:
    box = Mailbox()
    box.put(steps(1, 3))
    assert len(box) == 1
    assert len(box.drain()) == 1
    assert box.drain() == []
    assert not box.wait(0)


def test_pending_points_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MAX_POINTS", 1000)
    box = Mailbox()
    for first in range(1, 20_000, 50):
        box.put(steps(first, 50))
        assert sum(box._points.values()) <= 2050
    (record,) = box.drain()
    assert isinstance(record, Steps)
    assert len(record.steps) <= 1000
    assert (record.steps[0], record.steps[-1]) == (1, 20_000)


@settings(max_examples=100, deadline=None, database=None)
@given(
    st.lists(st.floats(width=32), min_size=1, max_size=400),
    st.integers(3, 50),
)
def test_thin_keeps_lowest_highest_and_newest_in_order(losses: list[float], limit: int) -> None:
    numbers = np.arange(len(losses)) + 1
    array = np.array(losses, np.float32)
    kept = thin(Steps("run", numbers, array, array), limit)
    assert len(kept.steps) <= limit
    assert kept.steps[-1] == numbers[-1]
    assert np.all(np.diff(kept.steps) > 0)
    assert np.array_equal(kept.losses, array[kept.steps - 1], equal_nan=True)
    if not np.isnan(array).all():
        assert np.nanmin(kept.losses) == np.nanmin(array)
        assert np.nanmax(kept.losses) == np.nanmax(array)


def test_several_threads_lose_nothing() -> None:
    box = Mailbox()
    found: list[object] = []

    def write(run: str) -> None:
        for number in range(1, 500):
            box.put(steps(number, 1, run))
            box.put(RunChanged(run, "running", number, 0))

    writers = [threading.Thread(target=write, args=(run,)) for run in ("a", "b", "c")]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers) or box.wait(0):
        found.extend(box.drain())
    for run in ("a", "b", "c"):
        numbers = [record.step for record in found if isinstance(record, RunChanged) and record.run == run]
        assert numbers == list(range(1, 500))
        points = [record.steps for record in found if isinstance(record, Steps) and record.run == run]
        assert np.concatenate(points).tolist() == list(range(1, 500))


def test_wait_returns_when_something_comes() -> None:
    box = Mailbox()
    waiting = threading.Thread(target=box.wait)
    waiting.start()
    box.put(Done(1))
    waiting.join(timeout=10)
    assert not waiting.is_alive()


def test_looks_at_surfaces_wait_beside_norms_and_are_thinned_evenly() -> None:
    box = Mailbox()
    box.put(norms(1))
    for step in range(3 * MAX_SURFACES):
        box.put(surface_look(step))
    found = box.drain()
    steps = [record.step for record in found if isinstance(record, SurfaceLook)]
    assert (len(steps), steps[0], steps[-1]) == (MAX_SURFACES, 0, 3 * MAX_SURFACES - 1)
    assert len(found) == MAX_SURFACES + 1
