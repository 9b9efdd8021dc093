"""Learning rates at every step against torch's own schedulers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from studio.project.config import TrainingConfig
from studio.training.schedules import Plateau, Schedule

BATCHES = 4


def config(**settings: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({"lr": 0.5, "epochs": 6, **settings})


def ours(settings: TrainingConfig) -> list[float]:
    schedule = Schedule(settings, BATCHES)
    steps = settings.epochs * BATCHES
    return [schedule.lr(step, Plateau(), settings.lr) for step in range(steps)]


def theirs(make: Any, settings: TrainingConfig, every: int) -> list[float]:
    """The rates of a scheduler of torch's that moves after so many steps."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=settings.lr)
    scheduler, rates = make(optimizer), []
    for step in range(settings.epochs * BATCHES):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % every == 0:
            scheduler.step()
    return rates


CASES = [
    ({"schedule": "constant"}, lambda o, t: lr_scheduler.ConstantLR(o, factor=1.0)),
    ({"schedule": "step", "step_size": 2, "gamma": 0.3}, lambda o, t: lr_scheduler.StepLR(o, 2, 0.3)),
    (
        {"schedule": "multistep", "milestones": (1, 4), "gamma": 0.2},
        lambda o, t: lr_scheduler.MultiStepLR(o, [1, 4], 0.2),
    ),
    ({"schedule": "cosine", "min_lr": 0.1}, lambda o, t: lr_scheduler.CosineAnnealingLR(o, t, 0.1)),
    (
        {"schedule": "exponential", "total_factor": 50.0},
        lambda o, t: lr_scheduler.ExponentialLR(o, 50.0 ** (-1 / (t - 1))),
    ),
]


@pytest.mark.parametrize("by", ["epoch", "step"])
@pytest.mark.parametrize(
    ("settings", "make"), CASES, ids=lambda one: str(one) if isinstance(one, dict) else "torch"
)
def test_equal_to_torch(settings: dict[str, Any], make: Any, by: str) -> None:
    wanted = config(**settings, schedule_by=by)
    total = wanted.epochs * (BATCHES if by == "step" else 1)
    expected = theirs(lambda o: make(o, total), wanted, 1 if by == "step" else BATCHES)
    assert ours(wanted) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("pct_start", [0.1, 0.3, 0.5])
def test_one_cycle_is_torchs(pct_start: float) -> None:
    wanted = config(schedule="one_cycle", pct_start=pct_start)
    total = wanted.epochs * BATCHES

    def make(optimizer: torch.optim.Optimizer) -> Any:
        return lr_scheduler.OneCycleLR(optimizer, wanted.lr, total, pct_start=pct_start, cycle_momentum=False)

    settings = wanted.model_copy(update={"epochs": wanted.epochs})
    rates: list[float] = []
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=settings.lr)
    scheduler = make(optimizer)
    for step in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < total - 1:
            scheduler.step()
    assert ours(wanted) == pytest.approx(rates, rel=1e-9)


def test_plateau_is_torchs() -> None:
    wanted = config(schedule="plateau", gamma=0.1, plateau_patience=2, min_lr=1e-3)
    losses = [3.0, 2.0, 2.0, 1.99999, 2.1, 1.5, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6]
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=wanted.lr)
    torchs = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=2, min_lr=1e-3)
    plateau, schedule = Plateau(), Schedule(wanted, BATCHES)
    for loss in losses:
        torchs.step(loss)
        plateau.see(loss, wanted)
        assert schedule.lr(0, plateau, wanted.lr) == pytest.approx(optimizer.param_groups[0]["lr"])
    assert schedule.lr(0, plateau, wanted.lr) == 1e-3


def test_a_decay_by_a_hundred_ends_at_a_hundredth() -> None:
    rates = ours(config(schedule="exponential", total_factor=100.0))
    assert rates[-1] / rates[0] == pytest.approx(0.01)


def test_warm_up_rises_in_a_line_to_what_the_schedule_says() -> None:
    rates = ours(config(warmup_steps=5))
    assert rates[:6] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.5])


def test_a_limit_of_steps_is_the_end_of_the_schedule() -> None:
    rates = ours(config(schedule="exponential", schedule_by="step", total_factor=10.0, max_steps=10))
    assert rates[9] == pytest.approx(0.05)
