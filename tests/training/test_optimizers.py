"""Optimizer steps against numbers worked out by hand, and against torch's plain form."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from studio.compiler.rates import Rate
from studio.project.config import TrainingConfig
from studio.training import optimizers

CPU = torch.device("cpu")


def walk(gradients: list[float], start: float = 1.0, **settings: Any) -> list[float]:
    """Return where one weight goes under given gradients."""
    weight = nn.Parameter(torch.tensor([start]))
    optimizer = optimizers.make(TrainingConfig.model_validate(settings), nn.ParameterList([weight]), CPU)
    path = []
    for gradient in gradients:
        weight.grad = torch.tensor([gradient])
        optimizer.step()
        path.append(weight.item())
    return path


def test_plain_gradient_descent() -> None:
    assert walk([1.0, 2.0], lr=0.1, momentum=0.0) == pytest.approx([0.9, 0.7])


def test_momentum() -> None:
    # v: 1, then 0.9 · 1 + 2 = 2.9.
    assert walk([1.0, 2.0], lr=0.1, momentum=0.9) == pytest.approx([0.9, 0.61])


def test_nesterov() -> None:
    # Steps: 1 + 0.9 · 1 = 1.9, then 2 + 0.9 · 2.9 = 4.61.
    assert walk([1.0, 2.0], lr=0.1, momentum=0.9, nesterov=True) == pytest.approx([0.81, 0.349])


def test_weight_decay_adds_to_the_gradient() -> None:
    assert walk([1.0], lr=0.1, momentum=0.0, weight_decay=0.5) == pytest.approx([0.85])


def test_adam() -> None:
    # m̂ = g and v̂ = g² at the first step: it moves by lr, whatever the gradient.
    first, second = walk([1.0, -3.0], lr=0.1, optimizer="adam")
    assert first == pytest.approx(0.9)
    m, v = (0.9 * 0.1 - 0.3) / (1 - 0.81), (0.999 * 0.001 + 0.009) / (1 - 0.999**2)
    assert second == pytest.approx(0.9 - 0.1 * m / (v**0.5 + 1e-8), rel=1e-5)


@pytest.mark.parametrize(
    ("settings", "plain"),
    [
        ({"momentum": 0.9, "lr": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        ({"optimizer": "adam", "lr": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01)),
        (
            {"optimizer": "adam", "lr": 0.01, "betas": (0.8, 0.95), "weight_decay": 0.1},
            lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.95), weight_decay=0.1),
        ),
        (
            {"momentum": 0.9, "lr": 0.1, "dampening": 0.9},
            lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.9),
        ),
        (
            {"optimizer": "adamw", "lr": 0.01, "weight_decay": 0.1},
            lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
        ),
        (
            {"optimizer": "nadam", "lr": 0.01, "betas": (0.8, 0.95)},
            lambda p: torch.optim.NAdam(p, lr=0.01, betas=(0.8, 0.95)),
        ),
        (
            {"optimizer": "rmsprop", "lr": 0.01, "alpha": 0.9, "momentum": 0.5},
            lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.5),
        ),
        ({"optimizer": "adagrad", "lr": 0.1}, lambda p: torch.optim.Adagrad(p, lr=0.1)),
    ],
    ids=lambda one: str(one) if isinstance(one, dict) else "torch",
)
def test_fused_form_agrees_with_torchs_plain_one(settings: dict[str, Any], plain: Any) -> None:
    ends = []
    for make in (
        lambda model: optimizers.make(TrainingConfig.model_validate(settings), model, CPU),
        lambda model: plain(model.parameters()),
    ):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))
        optimizer, inputs = make(model), torch.randn(32, 5)
        for _ in range(20):
            optimizer.zero_grad()
            model(inputs).square().mean().backward()
            optimizer.step()
        ends.append(nn.utils.parameters_to_vector(model.parameters()).detach())
    assert torch.allclose(*ends, rtol=1e-5, atol=1e-6)


def test_momentum_with_dampening_is_the_exponential_average_of_the_gradients() -> None:
    # torch's buffer starts as the first gradient; from then on v = β v + (1 - β) g.
    path = walk([1.0, 2.0, 4.0], lr=0.1, momentum=0.5, dampening=0.5)
    averages = [1.0, 0.5 * 1.0 + 0.5 * 2.0, 0.5 * 1.5 + 0.5 * 4.0]
    assert path == pytest.approx([1.0 - 0.1 * sum(averages[: k + 1]) for k in range(3)])


def small() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Tanh(), nn.Linear(7, 3))


def test_muon_takes_the_matrices_and_adamw_the_rest() -> None:
    ours, theirs = small(), small()
    optimizer = optimizers.make(
        TrainingConfig(optimizer="muon", lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1), ours, CPU
    )
    matrices = [value for value in theirs.parameters() if value.dim() == 2]
    rest = [value for value in theirs.parameters() if value.dim() != 2]
    parts = [
        torch.optim.Muon(
            matrices, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(rest, lr=0.01, weight_decay=0.1, fused=True),
    ]
    inputs = torch.randn(32, 5)
    for _ in range(5):
        for model in (ours, theirs):
            model.zero_grad()
            model(inputs).square().mean().backward()
        optimizer.step()
        for part in parts:
            part.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_lbfgs_solves_least_squares_in_a_few_steps() -> None:
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    inputs, targets = torch.randn(50, 4), torch.randn(50, 1)
    optimizer = optimizers.make(TrainingConfig(optimizer="lbfgs", lr=1.0), model, CPU)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (model(inputs) - targets).square().mean()
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)
    ones = torch.cat([inputs, torch.ones(50, 1)], 1)
    best = torch.linalg.lstsq(ones, targets).solution
    assert closure().item() == pytest.approx((ones @ best - targets).square().mean().item(), rel=1e-4)


def test_biases_and_normalizations_can_be_spared_weight_decay() -> None:
    optimizer = optimizers.make(TrainingConfig(weight_decay=0.1, decay_bias=False), small(), CPU)
    decays = {
        tuple(value.shape): one["weight_decay"] for one in optimizer.param_groups for value in one["params"]
    }
    assert decays == {(7, 5): 0.1, (3, 7): 0.1, (7,): 0.0, (3,): 0.0}


def test_layers_keep_their_share_of_the_learning_rate() -> None:
    rates = [Rate("0.weight", lr_factor=0.1), Rate("3.weight", weight_decay=0.5)]
    optimizer = optimizers.make(TrainingConfig(lr=1.0), small(), CPU, rates)
    optimizers.set_lr(optimizer, 0.5)
    found = {
        tuple(value.shape): (one["lr"], one["weight_decay"])
        for one in optimizer.param_groups
        for value in one["params"]
    }
    assert found == {(7, 5): (0.05, 0.0), (3, 7): (0.5, 0.5), (7,): (0.5, 0.0), (3,): (0.5, 0.0)}
