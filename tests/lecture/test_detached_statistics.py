"""What happens to a normalization whose gradient ignores that the mean depends on the weights."""

from __future__ import annotations

import pytest
import torch

from studio.project.config import TrainingConfig
from studio.training import optimizers


@pytest.mark.parametrize("detached", [True, False], ids=["ignored", "kept"])
def test_a_bias_grows_without_end_where_the_gradient_ignores_the_mean(detached: bool) -> None:
    """Lecture row 101: b grows by the same amount in each step, and the loss does not change."""
    torch.manual_seed(0)
    inputs = torch.randn(64, 1, dtype=torch.float64)
    targets = inputs - inputs.mean() + 1.95
    layer = torch.nn.Linear(1, 1, dtype=torch.float64)
    layer.weight.data.fill_(1.0).requires_grad_(False)
    layer.weight.requires_grad_(False)
    layer.bias.data.zero_()
    settings = TrainingConfig(lr=0.1, momentum=0.0)
    optimizer = optimizers.make(settings, layer, torch.device("cpu"))
    losses = []
    for _ in range(100):
        values = layer(inputs)
        mean = values.mean()
        loss = (values - (mean.detach() if detached else mean) - targets).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert max(losses) - min(losses) < 1e-9
    assert float(layer.bias.detach()) == pytest.approx(39.0 if detached else 0.0, abs=1e-9)
