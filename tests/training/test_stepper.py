"""Steps: several batches in one, gradients held in bounds, and the average of the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from studio.data.prepare import prepare
from studio.errors import TrainingError
from studio.project.project import Project
from studio.runs.records import EpochEnded, RunChanged
from studio.training.loop import Trainer

Make = Callable[..., Project]
PLAIN = {"momentum": 0.9, "lr": 0.1, "patience": 0, "seed": 5}


def trained(project: Project) -> dict[str, torch.Tensor]:
    trainer = Trainer(project)
    assert trainer.run().state == "finished"
    assert trainer.module is not None
    return {name: value.clone() for name, value in trainer.module.state_dict().items()}


def by_hand(project: Project, change: Callable[[nn.Module], object], after: Any = None) -> nn.Module:
    """The same run as the tutorials write it; `change` sees the gradient, `after` the weights."""
    data = prepare(project.data)
    torch.manual_seed(5)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
    average = after(model) if after else None
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True)
    for epoch in range(1, project.training.epochs + 1):
        generator = torch.Generator().manual_seed(5 * 2**20 + epoch)
        for rows in torch.randperm(len(data.train), generator=generator).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(data.train.inputs[rows]), data.train.targets[rows]).backward()
            change(model)
            optimizer.step()
            if average is not None:
                average.update_parameters(model)
    return average.module if average is not None else model


def check(found: dict[str, torch.Tensor], expected: nn.Module, *, exact: bool = False) -> None:
    for mine, theirs in zip(found.values(), expected.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs) if exact else torch.allclose(mine, theirs, rtol=1e-4, atol=1e-6)


def test_the_whole_gradient_is_held_to_a_norm(make_project: Make) -> None:
    project = make_project(epochs=2, max_grad_norm=0.05, **PLAIN)
    expected = by_hand(project, lambda model: nn.utils.clip_grad_norm_(model.parameters(), 0.05))
    check(trained(project), expected)
    unclipped = by_hand(project, lambda model: None)
    assert not torch.allclose(next(unclipped.parameters()), next(expected.parameters()))


def test_each_number_of_the_gradient_is_cut_off(make_project: Make) -> None:
    project = make_project(epochs=2, clip_value=0.01, **PLAIN)
    expected = by_hand(project, lambda model: nn.utils.clip_grad_value_(model.parameters(), 0.01))
    check(trained(project), expected)


@pytest.mark.parametrize(("batch_size", "accumulate"), [(8, 4), (16, 2), (11, 3)])
def test_batches_that_make_one_step_are_one_large_batch(
    make_project: Make, batch_size: int, accumulate: int
) -> None:
    size = batch_size * accumulate
    whole = trained(make_project(epochs=2, **{**PLAIN, "batch_size": size}))
    parts = trained(make_project(epochs=2, **{**PLAIN, "batch_size": batch_size, "accumulate": accumulate}))
    for name, value in whole.items():
        assert torch.allclose(parts[name], value, rtol=1e-4, atol=1e-6), name


def test_the_average_of_the_weights_is_torchs(make_project: Make) -> None:
    project = make_project(epochs=3, ema_decay=0.9, **PLAIN)

    def average(model: nn.Module) -> AveragedModel:
        return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))

    check(trained(project), by_hand(project, lambda model: None, average))


def test_lbfgs_trains(make_project: Make, recorder: Any) -> None:
    project = make_project(
        optimizer="lbfgs", lr=1.0, epochs=4, batch_size=140, data={"options": {"samples": 200, "noise": 0.05}}
    )
    outcome = Trainer(project, reporter=recorder).run()
    assert outcome.state == "finished"
    assert max(end.val_accuracy for end in recorder.of(EpochEnded)) > 0.9


class Unrecordable:
    """Stands in for a recorder on a GPU: it takes some steps, and then says that it cannot record."""

    def __init__(self, *_: object) -> None:
        self.left = 3

    def zero(self, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()

    def take(
        self, share: float, inputs: torch.Tensor, targets: torch.Tensor, passes: Callable[..., Any]
    ) -> Any:
        self.left -= 1
        if self.left < 0:
            raise TrainingError("It cannot be recorded. Set cuda_graphs to off.", argument="cuda_graphs")
        return passes(inputs, targets)


def test_a_network_that_cannot_be_recorded_is_trained_without_and_it_is_said_once(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, recorder: Any
) -> None:
    expected = trained(make_project(epochs=2, **PLAIN))
    monkeypatch.setattr("studio.training.stepper.Recorder", Unrecordable)
    monkeypatch.setattr("studio.training.numerics.refuse", lambda *_: None)
    project = make_project(epochs=2, cuda_graphs="on", **PLAIN)
    trainer = Trainer(project, reporter=recorder)
    assert trainer.run().state == "finished"
    assert trainer.module is not None
    found = trainer.module.state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    told = [record.message for record in recorder.of(RunChanged) if "recorded" in record.message]
    assert told == [
        "It cannot be recorded. Set cuda_graphs to off. This run goes on with steps that are not recorded."
    ]


def test_where_the_step_itself_fails_it_is_said_that_it_cannot_be_recorded(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(Unrecordable):
        def take(self, *rest: Any) -> Any:
            monkeypatch.setattr(nn.Linear, "forward", refuse)
            return super().take(*rest)

    def refuse(*_: object) -> None:
        raise RuntimeError("the device is in a state that nothing comes out of")

    monkeypatch.setattr(Unrecordable, "__init__", lambda self, *_: setattr(self, "left", 0))
    monkeypatch.setattr("studio.training.stepper.Recorder", Failing)
    monkeypatch.setattr("studio.training.numerics.refuse", lambda *_: None)
    outcome = Trainer(make_project(cuda_graphs="on", **PLAIN)).run()
    assert (outcome.state, "cannot be recorded" in outcome.message) == ("failed", True)
