"""A changed design goes on from a run: the same numbers wherever names and shapes are the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.errors import RunError
from studio.graph import edits
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs import carried
from studio.runs.records import EpochEnded
from studio.runs.store import RunStore
from studio.training import surgery
from studio.training.control import Control
from studio.training.run import train
from studio.training.session import Session, prepare_session
from studio.training.snapshot import Position


def project(hidden: tuple[int, ...] = (16, 16), **settings: Any) -> Project:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=hidden, batch_norm=True)
    training = TrainingConfig(**({"epochs": 2, "lr": 0.01, "device": "cpu"} | settings))
    return Project("digits", graph, DataConfig(dataset="digits"), training)


def widened(given: Project) -> Project:
    """The same with another width of fc2: its weight, and what reads it, have other shapes."""
    graph = edits.set_argument(given.graph, given.graph.named("fc2").id, "out_features", 24)
    return replace(given, graph=graph)


def session_of(given: Project) -> Session:
    with torch.random.fork_rng(devices=[]):
        return prepare_session(given, None, torch.device("cpu"))


def donor(folder: Path, given: Project) -> surgery.Donor:
    train(given, runs_folder=folder, name="old")
    return surgery.donor_of(RunStore(folder).run("old"))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "nadam", "rmsprop", "adagrad", "muon"])
def test_kept_tensors_and_their_memory_are_those_of_the_run(tmp_path: Path, optimizer: str) -> None:
    old = project(optimizer=optimizer)
    given = donor(tmp_path, old)
    session = session_of(widened(old))
    fresh = {name: value.clone() for name, value in session.state().items()}
    found = surgery.carry(session, given)
    assert found == surgery.plan(widened(old), "old", old)
    assert "fc1.weight" in found.remembered
    assert set(found.fresh) == {"fc2.weight", "fc2.bias", "fc3.weight"} | {
        f"bn2.{name}" for name in ("weight", "bias", "running_mean", "running_var")
    }
    then, now = surgery.checkpoints.load(given.checkpoint).tensors, session.state()
    assert all(torch.equal(now[name], torch.tensor(then[f"model.{name}"])) for name in found.kept)
    assert all(torch.equal(now[name], fresh[name]) for name in found.fresh)
    memory = surgery._memory(old, then)
    names = {id(value): name for name, value in session.module.named_parameters()}
    for parameter, values in session.optimizer.state.items() if optimizer != "muon" else ():
        if names[id(parameter)] in found.remembered:
            for key, value in values.items():
                kept = torch.as_tensor(memory[names[id(parameter)]][key])
                assert torch.equal(torch.as_tensor(value), kept.to(torch.as_tensor(value).dtype))


def test_an_unchanged_design_takes_the_step_that_the_run_would_have_taken(tmp_path: Path) -> None:
    old = project()
    given = donor(tmp_path, old)
    session = session_of(old)
    surgery.carry(session, given)
    kept = surgery.checkpoints.load(given.checkpoint).tensors
    then = {name: torch.tensor(value) for name, value in kept.items()}
    gradients = {name: torch.randn_like(value) for name, value in session.module.named_parameters()}
    memory = surgery._memory(old, kept)
    for name, value in session.module.named_parameters():
        value.grad = gradients[name].clone()
    session.optimizer.step()
    config = old.training
    for name, value in session.module.named_parameters():
        buffer = config.momentum * memory[name]["momentum_buffer"] + gradients[name]
        assert torch.allclose(value, then[f"model.{name}"] - config.lr * buffer, atol=1e-7)


def test_a_run_goes_on_and_stores_what_it_took_over(tmp_path: Path) -> None:
    old = project(ema_decay=0.9)
    first = train(old, runs_folder=tmp_path, name="old")
    run = train(widened(old), runs_folder=tmp_path, name="new", carry_on="old")
    found = carried.read(run.folder)
    assert found is not None
    assert found.source == "old"
    assert "fc1.weight" in found.kept
    assert run.state == "finished"
    assert carried.read(RunStore(tmp_path).run("old").folder) is None
    further = train(old, runs_folder=tmp_path, name="further", carry_on="old")
    assert further.history[0].train_loss < first.history[-1].train_loss


def test_another_optimizer_begins_without_memory(tmp_path: Path) -> None:
    old = project()
    given = donor(tmp_path, old)
    session = session_of(project(optimizer="adam"))
    found = surgery.carry(session, given)
    assert (found.remembered, len(session.optimizer.state)) == ((), 0)
    assert found.note == "The optimizer starts fresh: it was sgd, and is adam."
    assert surgery.plan(project(optimizer="lbfgs"), "old", project(optimizer="lbfgs")).note
    assert surgery.plan(project(momentum=0.0), "old", project()).note


def test_a_run_without_a_checkpoint_says_so(tmp_path: Path) -> None:
    RunStore(tmp_path).create_run("empty", project(), "cpu", 0).close()
    with pytest.raises(RunError, match="no checkpoint"):
        train(project(), runs_folder=tmp_path, carry_on="empty")


def test_a_stopped_run_is_counted_on_from_its_epoch(tmp_path: Path) -> None:
    given = project(epochs=5)
    control = Control()

    class StopInThird:
        def report(self, record: object) -> None:
            if isinstance(record, EpochEnded) and record.epoch == 2:
                control.stop()

    old = train(given, runs_folder=tmp_path, name="old", control=control, reporter=StopInThird())
    assert old.state == "stopped"
    donor_run = surgery.donor_of(RunStore(tmp_path).run("old"))
    batches = session_of(given).batches
    assert surgery.position_after(donor_run, 5, batches) == Position(epoch=3, step=2 * batches)
    new = train(widened(given), runs_folder=tmp_path, name="new", carry_on="old")
    assert [epoch.epoch for epoch in new.history] == [3, 4, 5]
    steps = new.steps()[0]
    assert (int(steps[0]), int(steps[-1])) == (2 * batches + 1, 5 * batches)
    assert new.state == "finished"
    assert any("goes on with epoch 3" in event.message for event in RunStore(tmp_path).run("new").events())


def test_a_run_that_ended_is_counted_anew(tmp_path: Path) -> None:
    train(project(epochs=1), runs_folder=tmp_path, name="old")
    given = surgery.donor_of(RunStore(tmp_path).run("old"))
    assert given.is_over
    assert surgery.position_after(given, 5, 45) == Position()
    again = train(widened(project(epochs=2)), runs_folder=tmp_path, name="new", carry_on="old")
    assert [epoch.epoch for epoch in again.history] == [1, 2]
