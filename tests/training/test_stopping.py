"""Runs end when they should, and leave the weights that they should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.runs.records import EpochEnded, RunChanged, Steps
from studio.training import epochs
from studio.training.control import Control
from studio.training.loop import Trainer
from studio.training.run import train
from studio.training.snapshot import Position
from studio.training.stopping import after_epoch

Make = Callable[..., Project]

CURVE = [3.0, 2.0, 1.0, 1.5, 1.2, 1.1, 0.9, 2.0, 2.0, 2.0, 2.0, 0.1]


def crafted(monkeypatch: pytest.MonkeyPatch, losses: list[float], accuracy: float = 0.5) -> None:
    """Let the validation losses of the next run be these."""
    coming = iter(losses)
    monkeypatch.setattr(epochs, "evaluate", lambda *_: (next(coming), accuracy))


@pytest.mark.parametrize(("patience", "end", "best"), [(3, 6, 3), (4, 11, 7), (0, 12, 12)])
def test_it_stops_at_the_lowest_loss_and_so_many_epochs(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch, patience: int, end: int, best: int
) -> None:
    crafted(monkeypatch, CURVE)
    outcome = Trainer(make_project(epochs=12, patience=patience), reporter=recorder).run()
    assert outcome.state == "finished"
    assert [one.epoch for one in recorder.of(EpochEnded)] == list(range(1, end + 1))
    assert f"Best in epoch {best}" in outcome.message
    assert ("Stopped early" in outcome.message) is (end < 12)
    assert (f"The weights of epoch {best} were put back" in outcome.message) is (end < 12)


def test_the_weights_put_back_are_the_best_epochs_to_the_bit(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # With batch normalization: its running statistics are of the best epoch, too.
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, batch_norm=True)
    crafted(monkeypatch, CURVE)
    trainer = Trainer(make_project(graph, epochs=12, patience=3))
    trainer.run()
    crafted(monkeypatch, CURVE)
    short = Trainer(make_project(graph, epochs=3, patience=0))
    short.run()
    assert trainer.module is not None
    assert short.module is not None
    expected, found = short.module.state_dict(), trainer.module.state_dict()
    assert any("running_var" in name for name in expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_run_that_is_gone_on_with_puts_the_best_epoch_before_back(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = make_project(epochs=2)
    crafted(monkeypatch, [1.0, 2.0, 3.0, 4.0])
    first = train(project, runs_folder=tmp_path, name="a")
    best = first.checkpoint("best")
    seen: list[dict[str, torch.Tensor]] = []
    original = epochs.put_back

    def look(session: Any, *rest: Any) -> str:
        said = original(session, *rest)
        seen.append({name: value.clone() for name, value in session.module.state_dict().items()})
        return said

    monkeypatch.setattr(epochs, "put_back", look)
    train(project, runs_folder=tmp_path, resume="a", epochs=4)
    assert all(torch.equal(seen[0][name], best[name]) for name in best)


def test_a_run_that_stopped_early_has_nothing_to_go_on_with(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crafted(monkeypatch, CURVE)
    project = make_project(epochs=12, patience=3)
    assert len(train(project, runs_folder=tmp_path, name="a").history) == 6
    again = train(project, runs_folder=tmp_path, resume="a")
    assert len(again.history) == 6
    assert "Stopped early" in again.message


def test_a_limit_of_steps_ends_within_an_epoch_and_validates(make_project: Make, recorder: Any) -> None:
    outcome = Trainer(make_project(epochs=9, max_steps=7), reporter=recorder).run()
    assert (outcome.state, outcome.step) == ("finished", 7)
    assert "limit of 7 steps" in outcome.message
    assert [(one.epoch, one.step) for one in recorder.of(EpochEnded)] == [(1, 5), (2, 7)]


def test_a_limit_of_time_ends_the_run(make_project: Make, recorder: Any) -> None:
    outcome = Trainer(make_project(epochs=100_000, max_minutes=0.01, patience=0), reporter=recorder).run()
    assert outcome.state == "finished"
    assert "limit of 0.01 minutes" in outcome.message


@pytest.mark.parametrize(
    ("settings", "loss", "accuracy", "said"),
    [
        ({"target_accuracy": 0.9}, 1.0, 0.9, "accuracy reached its target of 90.0%"),
        ({"target_accuracy": 0.9}, 1.0, 0.89, ""),
        ({"target_accuracy": 0.9}, 1.0, float("nan"), ""),
        ({"target_loss": 0.5}, 0.5, 0.1, "loss reached its target of 0.5"),
        ({"target_loss": 0.5}, 0.51, 0.1, ""),
    ],
)
def test_targets_end_a_run(settings: dict[str, float], loss: float, accuracy: float, said: str) -> None:
    found = after_epoch(TrainingConfig.model_validate(settings), Position(), loss, accuracy)
    assert (said in found) if said else not found


def test_the_learning_rate_can_be_set_during_a_run(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    control = Control()

    def look(record: Any) -> None:
        if isinstance(record, Steps) and record.steps[-1] == 4:
            control.set_lr(0.001)

    recorder.on_record = look
    Trainer(make_project(lr=0.1, epochs=2), reporter=recorder, control=control).run()
    rates = [float(rate) for record in recorder.of(Steps) for rate in record.lrs]
    assert rates == pytest.approx([0.1] * 4 + [0.001] * 6)
    said = [change.message for change in recorder.of(RunChanged) if change.state == "running"]
    assert "The learning rate was set from 0.1 to 0.001 after step 4." in said
    assert [(change.step, change.lr) for change in recorder.of(RunChanged) if change.lr] == [(4, 0.001)]


def test_a_learning_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="lr must be above 0"):
        Control().set_lr(0.0)
