"""Interrupted and resumed equals never interrupted, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio import zoo
from studio.errors import RunError
from studio.project.project import Project
from studio.runs import checkpoints
from studio.runs.records import RunChanged, Steps
from studio.runs.store import RunStore
from studio.training import epochs
from studio.training.control import Control
from studio.training.run import Run, train

Make = Callable[..., Project]

SETTINGS = [
    {"optimizer": "sgd", "momentum": 0.9},
    {"optimizer": "adam", "lr": 0.01},
    {"optimizer": "sgd", "momentum": 0.0, "weight_decay": 0.01},
    {"optimizer": "adamw", "lr": 0.01, "weight_decay": 0.1, "ema_decay": 0.9},
    {"optimizer": "nadam", "lr": 0.01, "schedule": "one_cycle"},
    {"optimizer": "rmsprop", "lr": 0.001, "schedule": "plateau", "plateau_patience": 0},
    {"optimizer": "adagrad", "lr": 0.1, "schedule": "cosine", "schedule_by": "step", "warmup_steps": 7},
    {"optimizer": "muon", "lr": 0.01, "max_grad_norm": 0.5},
    {"optimizer": "kfac", "lr": 0.1, "update_interval": 3},
    {"optimizer": "lbfgs", "lr": 0.1, "max_iter": 3},
    {"accumulate": 2, "batch_size": 16, "schedule": "exponential"},
]


def with_dropout(make_project: Make, **training: Any) -> Project:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, dropout=0.5, batch_norm=True)
    return make_project(graph, epochs=4, **training)


def stop_at(step: int, recorder: Any, monkeypatch: pytest.MonkeyPatch) -> Control:
    """Return a control that is stopped as soon as a step is told; every step is told by itself."""
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    control = Control()

    def look(record: Any) -> None:
        if isinstance(record, Steps) and record.steps[-1] >= step:
            control.stop()

    recorder.on_record = look
    return control


def final(run: Run) -> dict[str, torch.Tensor]:
    return run.checkpoint("last")


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda one: str(one.get("optimizer", "accumulate")))
@pytest.mark.parametrize("step", [3, 5, 12], ids=["mid-epoch", "epoch-end", "later"])
def test_resumed_run_equals_an_uninterrupted_one(
    make_project: Make,
    recorder: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: dict[str, Any],
    step: int,
) -> None:
    project = with_dropout(make_project, **settings)
    whole = train(project, runs_folder=tmp_path, name="whole")
    control = stop_at(step, recorder, monkeypatch)
    part = train(project, runs_folder=tmp_path, name="part", reporter=recorder, control=control)
    assert (part.state, part.info.step) == ("stopped", step)
    torch.rand(100)
    resumed = train(project, runs_folder=tmp_path, resume="part")
    assert resumed.state == "finished"
    expected, found = final(whole), final(resumed)
    assert set(found) == set(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert all(
        torch.equal(whole.checkpoint("best")[name], resumed.checkpoint("best")[name]) for name in expected
    )
    assert all(torch.equal(a, b) for a, b in zip(whole.steps()[:2], resumed.steps()[:2], strict=True))
    assert [replace(end, run="") for end in whole.history] == [
        replace(end, run="") for end in resumed.history
    ]


def test_resume_from_an_older_checkpoint_forgets_what_came_after(make_project: Make, tmp_path: Path) -> None:
    project = with_dropout(make_project)
    whole = train(project, runs_folder=tmp_path, name="whole")
    part = train(project, runs_folder=tmp_path, name="part", epochs=2)
    store = RunStore(tmp_path)
    kept = (part.folder / "resume.safetensors").read_bytes()
    train(project, runs_folder=tmp_path, resume="part", epochs=3)
    # As if the process had been killed before it kept the third epoch.
    (part.folder / "resume.safetensors").write_bytes(kept)
    resumed = train(project, runs_folder=tmp_path, resume="part")
    assert [end.epoch for end in resumed.history] == [1, 2, 3, 4]
    assert np.array_equal(store.run("part").steps()[1], store.run("whole").steps()[1])
    assert all(torch.equal(tensor, final(whole)[name]) for name, tensor in final(resumed).items())


def test_finished_run_can_be_given_more_epochs(make_project: Make, tmp_path: Path) -> None:
    project = make_project(epochs=2)
    train(project, runs_folder=tmp_path)
    more = train(project, runs_folder=tmp_path, resume="run-1", epochs=5)
    whole = train(project, runs_folder=tmp_path, epochs=5)
    assert len(more.history) == 5
    assert all(torch.equal(tensor, final(whole)[name]) for name, tensor in final(more).items())


def test_resumed_run_keeps_its_own_design(make_project: Make, tmp_path: Path) -> None:
    train(make_project(epochs=1), runs_folder=tmp_path)
    other = make_project(zoo.build("mlp", input_shape=(2,), hidden=(99,), num_classes=2), epochs=2)
    assert train(other, runs_folder=tmp_path, resume="run-1").model().fc1.out_features == 16


def test_damaged_checkpoint_is_refused_and_the_run_told_as_failed(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(), runs_folder=tmp_path)
    path = run.folder / "resume.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(RunError, match="damaged"):
        train(make_project(), runs_folder=tmp_path, resume="run-1", epochs=9)
    assert run.state == "failed"


def test_weights_alone_cannot_be_resumed_from(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(), runs_folder=tmp_path)
    (run.folder / "last.safetensors").replace(run.folder / "resume.safetensors")
    with pytest.raises(RunError, match="cannot be resumed from"):
        train(make_project(), runs_folder=tmp_path, resume="run-1", epochs=9)


def test_checkpoint_of_another_network_is_refused(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(), runs_folder=tmp_path)
    wide = make_project(zoo.build("mlp", input_shape=(2,), hidden=(8,), num_classes=2))
    other = train(wide, runs_folder=tmp_path)
    (other.folder / "resume.safetensors").replace(run.folder / "resume.safetensors")
    with pytest.raises(RunError, match="another network"):
        train(make_project(), runs_folder=tmp_path, resume="run-1", epochs=9)


def test_failed_run_keeps_the_best_and_an_earlier_resume(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from studio.training import keeper

    monkeypatch.setattr(keeper, "PAUSE_S", 0.0)
    real = epochs.evaluate
    calls: list[int] = []

    def evaluate(*arguments: Any) -> tuple[float, float]:
        calls.append(1)
        return real(*arguments) if len(calls) < 3 else (float("nan"), 0.0)

    monkeypatch.setattr(epochs, "evaluate", evaluate)
    with pytest.raises(Exception, match=r"validation loss is NaN after epoch 3 \(step 15\)"):
        train(make_project(epochs=9), runs_folder=tmp_path)
    run = Run(RunStore(tmp_path).run("run-1"))
    assert run.state == "failed"
    assert run.best is not None
    assert checkpoints.load(run.folder / "best.safetensors").metadata["epoch"] == str(run.best.epoch)
    assert run.model().training is False


def test_states_of_a_resumed_run_are_all_kept(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    control = stop_at(2, recorder, monkeypatch)
    train(make_project(), runs_folder=tmp_path, reporter=recorder, control=control)
    assert recorder.of(RunChanged)[-1].message.startswith("Stopped after 2 of 15 steps.")
    train(make_project(), runs_folder=tmp_path, resume="run-1")
    states = [event.state for event in RunStore(tmp_path).run("run-1").events()]
    assert states == ["starting", "running", "stopped", "starting", "running", "finished"]
