"""The run store: what is written can be read, by whoever and whenever."""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.errors import RunError
from studio.project.project import Project
from studio.runs import database, lock
from studio.runs import writer as writing
from studio.runs.records import CheckpointWritten, EpochEnded, Histogram, RunChanged, Steps
from studio.runs.store import RunStore, RunWriter
from tests.helpers.live_records import norms


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "digits.runs")


def start(store: RunStore, name: str = "") -> RunWriter:
    return store.create_run(name, Project(name="digits"), "cpu", 7)


def steps(first: int, last: int, run: str = "run-1") -> Steps:
    numbers = np.arange(first, last + 1)
    return Steps(run, numbers, (1.0 / numbers).astype(np.float32), np.full(len(numbers), 0.5, np.float32))


def epoch(number: int, step: int, val_loss: float, is_best: bool = True) -> EpochEnded:
    return EpochEnded("run-1", number, step, 0.5, val_loss, math.nan, 0.9, is_best)


def histogram(step: int, node: str = "relu") -> Histogram:
    return Histogram("run-1", node, step, -1.0, 2.0, np.array([1, 2, 3]), 0.25, 0.1, 0.2)


def test_what_a_full_disk_refuses_is_written_when_there_is_room_again(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "RETRY_S", 0.01)
    full = [True]
    real = writing._write_steps

    def write(connection: sqlite3.Connection, run: int, records: list[Steps]) -> None:
        if full[0] and records:
            raise sqlite3.OperationalError("database or disk is full")
        real(connection, run, records)

    monkeypatch.setattr(writing, "_write_steps", write)
    writer = start(store)
    writer.steps(steps(1, 3))
    with pytest.raises(RunError, match="disk is full"):
        writer.flush()
    assert "has room" in writer.trouble
    writer.steps(steps(4, 5))
    full[0] = False
    writer.close()
    assert writer.trouble == ""
    assert store.run("run-1").steps()[0].tolist() == [1, 2, 3, 4, 5]


def test_disk_that_stays_full_is_told_when_the_run_is_closed(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(writing, "_write_steps", refuse)
    writer = start(store)
    writer.steps(steps(1, 3))
    with pytest.raises(RunError, match="disk is full"):
        writer.close()


def test_all_that_is_written_is_read_back(store: RunStore) -> None:
    writer = start(store)
    writer.changed(RunChanged("run-1", "running", 0, 0, device="cpu"))
    writer.steps(steps(1, 3))
    writer.steps(steps(4, 5))
    writer.epoch(epoch(1, 5, 0.4))
    writer.seen(histogram(2))
    writer.checkpoint(CheckpointWritten("run-1", 4))
    writer.changed(RunChanged("run-1", "failed", 5, 1, "it broke", node="fc", details="trace"))
    writer.close()
    reader = store.run("run-1")
    numbers, losses, accuracies = reader.steps()
    assert numbers.tolist() == [1, 2, 3, 4, 5]
    assert losses == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert accuracies.tolist() == [0.5] * 5
    assert reader.steps(after=3)[0].tolist() == [4, 5]
    (found,) = reader.epochs()
    assert (found.epoch, found.val_loss, found.is_best) == (1, 0.4, True)
    assert math.isnan(found.train_accuracy)
    assert [event.state for event in reader.events()] == ["running", "failed"]
    assert reader.events()[1] == RunChanged("run-1", "failed", 5, 1, "it broke", "fc", "trace")
    assert [one.step for one in reader.checkpoints()] == [4]
    (kept,) = reader.histograms("relu")
    assert (kept.step, kept.low, kept.high, kept.zeros) == (2, -1.0, 2.0, 0.25)
    assert kept.counts.tolist() == [1, 2, 3]
    assert reader.project() == Project(name="run-1")


def test_list_tells_state_and_best_epoch(store: RunStore) -> None:
    writer = start(store, "first try")
    writer.epoch(epoch(1, 10, 0.4))
    writer.epoch(epoch(2, 20, 0.3))
    writer.epoch(epoch(3, 30, 0.6, is_best=False))
    writer.changed(RunChanged("first try", "finished", 30, 3, "done"))
    writer.close()
    (info,) = store.list_runs()
    assert (info.name, info.state, info.epochs, info.step) == ("first try", "finished", 3, 30)
    assert (info.best_val_loss, info.best_val_accuracy, info.seed) == (0.3, 0.9, 7)
    assert (info.device, info.message, info.alive) == ("cpu", "done", False)
    assert info.created <= info.updated


def test_new_run_is_listed_before_it_wrote_anything(store: RunStore) -> None:
    writer = start(store)
    (info,) = store.list_runs()
    assert (info.state, info.alive, info.step) == ("starting", True, 0)
    assert math.isnan(info.best_val_loss)
    writer.close()


def test_store_that_never_was_lists_nothing_and_makes_nothing(store: RunStore) -> None:
    assert store.list_runs() == []
    assert not store.folder.exists()


def test_names_count_up(store: RunStore) -> None:
    for _ in range(2):
        start(store).close()
    start(store, "run-7").close()
    start(store).close()
    assert [info.name for info in store.list_runs()] == ["run-1", "run-2", "run-7", "run-8"]


def test_folder_left_over_is_not_written_into(store: RunStore) -> None:
    (store.folder / "run-1").mkdir(parents=True)
    writer = start(store)
    writer.close()
    assert writer.name == "run-2"


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", ".", "..", " x", "x.", "nul", "COM1.x", "x" * 65, "a\0b"]
)
def test_name_that_is_no_folder_name_is_refused(store: RunStore, name: str) -> None:
    with pytest.raises(RunError, match="cannot be a run's name"):
        start(store, name)
    assert not store.folder.exists()


@pytest.mark.parametrize("name", ["x", "wide net lr=0.1", "größer_2", "a.b-c+d"])
def test_ordinary_names_are_taken(store: RunStore, name: str) -> None:
    start(store, name).close()
    assert store.run(name).info.name == name


def test_taken_name_is_refused_in_any_case(store: RunStore) -> None:
    start(store, "Wide").close()
    with pytest.raises(RunError, match='already is a run "wide"'):
        start(store, "wide")


def test_unknown_run_suggests_the_nearest(store: RunStore) -> None:
    start(store, "baseline").close()
    with pytest.raises(RunError, match='did you mean "baseline"'):
        store.run("basline")


def test_missing_checkpoint_says_which(store: RunStore) -> None:
    start(store).close()
    with pytest.raises(RunError, match='no checkpoint "best"'):
        store.run("run-1").checkpoint_path("best")


def test_rewind_forgets_what_came_after_the_step(store: RunStore) -> None:
    writer = start(store)
    writer.steps(steps(1, 10))
    writer.epoch(epoch(1, 5, 0.4))
    writer.epoch(epoch(2, 10, 0.3))
    writer.seen(histogram(8))
    writer.flush()
    writer.rewind(7)
    writer.steps(steps(8, 9))
    writer.close()
    reader = store.run("run-1")
    assert reader.steps()[0].tolist() == list(range(1, 10))
    assert [found.epoch for found in reader.epochs()] == [1]
    assert reader.histograms("relu") == []


def test_norms_and_quantities_are_read_back_and_rewound(store: RunStore) -> None:
    writer = start(store)
    for step in (2, 4, 8):
        writer.seen(norms(step, scale=step))
        writer.seen(replace(histogram(step), quantity="gradient", saturated=0.5))
    writer.rewind(7)
    writer.close()
    reader = store.run("run-1")
    found = reader.norms()
    assert [one.step for one in found] == [2, 4]
    assert found[1].parameters == ("fc1.weight", "fc2.weight")
    assert found[1].gradients.tolist() == [4.0, 8.0]
    assert found[0].sizes.tolist() == [100, 100]
    assert reader.histograms("relu") == []
    gradients = reader.histograms("relu", "gradient")
    assert [(one.step, one.saturated) for one in gradients] == [(2, 0.5), (4, 0.5)]
    assert math.isnan(gradients[0].silent)
    assert reader.seen_nodes("gradient") == ["relu"]


def test_the_newest_look_at_each_node_is_read_at_once(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, other = start(store), start(store)
    for step in (2, 4, 8):
        writer.seen(histogram(step))
        writer.seen(replace(histogram(step), quantity="gradient"))
        other.seen(histogram(10 * step))
    writer.seen(replace(histogram(6), node="fc1"))
    writer.close()
    other.close()
    reader = store.run("run-1")
    asked: list[str] = []
    read = type(reader)._read
    monkeypatch.setattr(
        type(reader), "_read", lambda self, query, *rest: asked.append(query) or read(self, query, *rest)
    )
    found = reader.newest_histograms()
    assert len(asked) == 1
    assert {node: one.step for node, one in found.items()} == {"fc1": 6, "relu": 8}
    assert found["relu"].counts.tolist() == reader.histograms("relu")[-1].counts.tolist()


def test_flush_makes_everything_visible(store: RunStore) -> None:
    writer = start(store)
    reader = store.run("run-1")
    for first in range(1, 50, 7):
        writer.steps(steps(first, first + 6))
        writer.flush()
        assert reader.steps()[0][-1] == first + 6
    writer.close()


def test_histograms_of_a_long_run_stay_few_and_even(store: RunStore) -> None:
    writer = start(store)
    for step in range(1, 3001):
        writer.seen(histogram(step))
    writer.close()
    kept = np.array([found.step for found in store.run("run-1").histograms("relu")])
    assert 100 <= len(kept) <= 256
    assert kept[0] == 1
    assert kept[-1] > 2950
    assert np.diff(kept).max() < 100


def test_written_after_close_raises(store: RunStore) -> None:
    writer = start(store)
    writer.close()
    with pytest.raises(RunError, match="was closed"):
        writer.steps(steps(1, 2))


def test_failed_write_is_raised_by_the_next_call(store: RunStore) -> None:
    writer = start(store)
    with sqlite3.connect(store.folder / database.FILE) as connection:
        connection.execute("DROP TABLE steps")
    connection.close()
    writer.steps(steps(1, 2))
    with pytest.raises(RunError, match=r"cannot be reached.*no such table"):
        writer.flush()
    with pytest.raises(RunError, match="cannot be reached"):
        writer.close()
    assert not lock.is_held(writer.folder)


def test_damaged_database_is_a_run_error(store: RunStore) -> None:
    start(store).close()
    (store.folder / database.FILE).write_bytes(b"not a database at all" * 100)
    for extra in store.folder.glob(f"{database.FILE}-*"):
        extra.unlink()
    with pytest.raises(RunError, match=r"is damaged.*Move it away"):
        store.list_runs()


def test_database_of_a_later_version_is_refused(store: RunStore) -> None:
    start(store).close()
    connection = sqlite3.connect(store.folder / database.FILE)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(RunError, match="later version of the program"):
        store.list_runs()


def test_folder_that_cannot_be_made_is_a_run_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="Cannot create"):
        start(RunStore(tmp_path / "file" / "runs"))


# Several processes ---------------------------------------------------------------------------------

WRITE = """
    import sys
    import numpy as np
    from studio.project.project import Project
    from studio.runs.records import RunChanged, Steps
    from studio.runs.store import RunStore

    writer = RunStore(sys.argv[1]).create_run("", Project(), "cpu", 0)
    writer.changed(RunChanged(writer.name, "running", 0, 0))
    for step in range(1, 2001):
        numbers = np.array([step])
        writer.steps(Steps(writer.name, numbers, numbers.astype(np.float32), numbers.astype(np.float32)))
        if step == 1000:
            writer.flush()
            print(writer.name, flush=True)
            sys.stdin.readline()
    writer.changed(RunChanged(writer.name, "finished", 2000, 1))
    writer.close()
"""


def process(store: RunStore) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITE), str(store.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def go_on(child: subprocess.Popen[str]) -> None:
    child.communicate("\n", timeout=60)
    assert child.returncode == 0


def test_run_of_another_process_is_read_while_it_is_written(store: RunStore) -> None:
    child = process(store)
    assert child.stdout is not None
    assert child.stdout.readline() == "run-1\n"
    reader = store.run("run-1")
    assert (reader.info.state, reader.info.alive, reader.info.pid) == ("running", True, child.pid)
    numbers, losses, _ = reader.steps()
    assert np.array_equal(numbers, np.arange(1, 1001))
    assert np.array_equal(losses, numbers)
    go_on(child)
    assert reader.steps(after=1000)[0].tolist() == list(range(1001, 2001))
    assert (reader.info.state, reader.info.alive) == ("finished", False)


def test_run_whose_process_is_killed_reads_as_interrupted_and_can_be_reopened(store: RunStore) -> None:
    child = process(store)
    assert child.stdout is not None
    assert child.stdin is not None
    child.stdout.readline()
    with pytest.raises(RunError, match="going on in another process"):
        store.reopen_run("run-1")
    child.kill()
    child.communicate()
    assert store.run("run-1").info.state == "interrupted"
    assert len(store.run("run-1").steps()[0]) == 1000
    writer = store.reopen_run("run-1")
    writer.changed(RunChanged("run-1", "running", 1000, 1))
    writer.flush()
    assert store.run("run-1").info.state == "running"
    writer.close()


def test_several_processes_write_to_one_store(store: RunStore) -> None:
    children = [process(store) for _ in range(3)]
    for child in children:
        go_on(child)
    infos = store.list_runs()
    assert sorted(info.name for info in infos) == ["run-1", "run-2", "run-3"]
    assert all(info.state == "finished" for info in infos)
    assert all(len(store.run(info.name).steps()[0]) == 2000 for info in infos)
