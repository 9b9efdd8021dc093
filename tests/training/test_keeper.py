"""When checkpoints are kept, how many stay, and a disk that takes no more."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.errors import RunError
from studio.project.project import Project
from studio.runs import checkpoints
from studio.runs.reader import kept_steps
from studio.runs.records import CheckpointWritten, EpochEnded, RunChanged, Steps
from studio.runs.store import RunStore
from studio.training import epochs, keeper
from studio.training.run import train

Make = Callable[..., Project]

NEVER = {"checkpoint_minutes": 0.0, "checkpoint_epochs": 1_000_000}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps whose state was written, in order."""
    steps: list[int] = []
    real = checkpoints.save

    def save(path: Path, tensors: Any, metadata: Any) -> None:
        if path.name == "last.safetensors":
            steps.append(int(metadata["step"]))
        real(path, tensors, metadata)

    monkeypatch.setattr(checkpoints, "save", save)
    # Epochs are short here, however slow the machine is.
    monkeypatch.setattr(keeper, "PAUSE_S", 1e9)
    return steps


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (NEVER, [0, 15]),
        (NEVER | {"checkpoint_steps": 4}, [0, 4, 8, 12, 15]),
        (NEVER | {"checkpoint_epochs": 1}, [0, 5, 10, 15, 15]),
        (NEVER | {"checkpoint_epochs": 2}, [0, 10, 15]),
        ({}, [0, 15]),
    ],
    ids=["never", "steps", "every epoch", "every second epoch", "default"],
)
def test_checkpoints_come_as_often_as_asked_for(
    make_project: Make, tmp_path: Path, written: list[int], settings: dict[str, Any], expected: list[int]
) -> None:
    run = train(make_project(**settings), runs_folder=tmp_path)
    assert written == expected
    kept = RunStore(tmp_path).run(run.name).checkpoints()
    assert [one.step for one in kept] == sorted(set(expected))


class AtOnce:
    """What a thread would write, written before anything else happens: no test waits for a disk."""

    def __init__(self, *arguments: object) -> None:
        self.shutdown = lambda: None

    def submit(self, action: Callable[..., None], *arguments: object) -> Future[None]:
        action(*arguments)
        done: Future[None] = Future()
        done.set_result(None)
        return done


def test_minutes_count_within_an_epoch(
    make_project: Make, tmp_path: Path, written: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def monotonic() -> float:
        now[0] += 40.0
        return now[0]

    monkeypatch.setattr(keeper.time, "monotonic", monotonic)
    monkeypatch.setattr(keeper, "ThreadPoolExecutor", AtOnce)
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    settings = {"checkpoint_minutes": 1.0, "checkpoint_epochs": 1_000_000}
    train(make_project(epochs=1, **settings), runs_folder=tmp_path)
    # Every look at the clock is 40 s later than the one before: a minute has passed at every second step.
    assert written == [0, 2, 4, 5, 5]


def test_as_many_of_the_last_stay_as_asked_for_and_can_be_used(make_project: Make, tmp_path: Path) -> None:
    settings = NEVER | {"checkpoint_steps": 2, "keep_last": 3}
    run = train(make_project(**settings), runs_folder=tmp_path)
    assert kept_steps(run.folder) == [12, 14, 15]
    last, same = run.checkpoint("last"), run.checkpoint("step-15")
    assert all(torch.equal(last[name], same[name]) for name in last)
    assert not torch.equal(run.checkpoint("step-12")["fc1.weight"], last["fc1.weight"])
    assert run.evaluate("step-12").count == 30


def test_checkpoints_of_a_course_that_was_left_are_forgotten(make_project: Make, tmp_path: Path) -> None:
    project = make_project(**NEVER, keep_last=9)
    run = train(project, runs_folder=tmp_path)
    resume = (run.folder / "resume.safetensors").read_bytes()
    train(project, runs_folder=tmp_path, resume="run-1", epochs=5)
    assert kept_steps(run.folder) == [0, 15, 25]
    (run.folder / "resume.safetensors").write_bytes(resume)
    train(project, runs_folder=tmp_path, resume="run-1", epochs=4)
    assert kept_steps(run.folder) == [0, 15, 20]
    kept = RunStore(tmp_path).run(run.name).checkpoints()
    assert [one.step for one in kept] == [0, 15, 20]


def test_cadence_changes_no_bit_of_what_is_learned(make_project: Make, tmp_path: Path) -> None:
    plain = train(make_project(), runs_folder=tmp_path)
    often = train(make_project(checkpoint_steps=1, keep_last=2), runs_folder=tmp_path)
    expected, found = plain.checkpoint("last"), often.checkpoint("last")
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert [end.train_loss for end in plain.history] == [end.train_loss for end in often.history]


# A disk that takes no more --------------------------------------------------------------------------


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let the system refuse to write any file beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_is_said_once_and_leaves_run_and_last_good_checkpoint(
    make_project: Make, recorder: Any, tmp_path: Path
) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(400, 400), num_classes=2)
    project = make_project(graph, checkpoint_steps=1)
    # Once the optimizer remembers something the state takes twice as much.
    with files_up_to(1_000_000):
        run = train(project, runs_folder=tmp_path, reporter=recorder)
    said = [record.message for record in recorder.of(RunChanged) if "Training goes on" in record.message]
    assert len(said) == 1
    assert run.state == "finished"
    assert run.message.count("could not") + run.message.count("Could not") == 1
    assert checkpoints.load(run.folder / "resume.safetensors").metadata["position"].startswith('{"epoch": 1')
    resumed = train(project, runs_folder=tmp_path, resume="run-1")
    whole = train(project, runs_folder=tmp_path)
    expected, found = whole.checkpoint("last"), resumed.checkpoint("last")
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_room_that_comes_back_is_used(
    make_project: Make, recorder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checkpoints.save
    saved: list[str] = []

    def save(path: Path, tensors: Any, metadata: Any) -> None:
        if not any(isinstance(record, EpochEnded) and record.epoch == 2 for record in recorder.records):
            raise RunError("The disk is full.")
        saved.append(path.name)
        real(path, tensors, metadata)

    monkeypatch.setattr(checkpoints, "save", save)
    run = train(make_project(checkpoint_epochs=1), runs_folder=tmp_path, reporter=recorder)
    assert run.state == "finished"
    assert "full" not in run.message
    told = {one.step for one in recorder.of(CheckpointWritten)}
    assert told >= {10, 15}
    assert 0 not in told  # the disk did not take it
    assert {"best.safetensors", "last.safetensors", "resume.safetensors"} <= set(saved)
    assert checkpoints.load(run.folder / "best.safetensors").metadata["epoch"] == str(run.best.epoch)  # type: ignore[union-attr]


def test_run_of_which_nothing_could_be_kept_says_so_at_its_end(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise RunError("The disk is full.")

    monkeypatch.setattr(checkpoints, "save", full)
    run = train(make_project(), runs_folder=tmp_path)
    assert run.state == "finished"
    assert run.message.endswith("The disk is full.")


def test_a_run_without_a_store_keeps_nothing_and_says_nothing(make_project: Make, recorder: Any) -> None:
    from studio.training.loop import Trainer

    assert Trainer(make_project(checkpoint_steps=1), reporter=recorder).run().state == "finished"
    assert recorder.of(Steps)


def test_checkpoint_of_an_older_format_is_refused_in_words(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(), runs_folder=tmp_path)
    path = run.folder / "resume.safetensors"
    kept = checkpoints.load(path)
    checkpoints.save(path, kept.tensors, kept.metadata | {"format": "0"})
    with pytest.raises(
        RunError, match=r"older version .* \(format 0, this one knows 1\)\. Set initial_weights"
    ):
        train(make_project(), runs_folder=tmp_path, resume="run-1", epochs=9)
