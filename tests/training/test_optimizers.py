"""Optimizer steps against numbers worked out by hand, and against torch's plain form."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from studio.project.config import TrainingConfig
from studio.training import optimizers

CPU = torch.device("cpu")


def walk(gradients: list[float], start: float = 1.0, **settings: Any) -> list[float]:
    """Return where one weight goes under given gradients."""
    weight = nn.Parameter(torch.tensor([start]))
    optimizer = optimizers.make(TrainingConfig.model_validate(settings), [weight], CPU)
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
    ],
    ids=["sgd", "adam", "adam-settings"],
)
def test_fused_form_agrees_with_torchs_plain_one(settings: dict[str, Any], plain: Any) -> None:
    ends = []
    for make in (
        lambda parameters: optimizers.make(TrainingConfig.model_validate(settings), parameters, CPU),
        plain,
    ):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))
        optimizer, inputs = make(model.parameters()), torch.randn(32, 5)
        for _ in range(20):
            optimizer.zero_grad()
            model(inputs).square().mean().backward()
            optimizer.step()
        ends.append(nn.utils.parameters_to_vector(model.parameters()).detach())
    assert torch.allclose(*ends, rtol=1e-5, atol=1e-6)
