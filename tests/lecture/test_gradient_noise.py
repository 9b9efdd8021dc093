"""How much the gradient of a batch is off, by the size of the batch."""

from __future__ import annotations

import torch
from torch import Tensor

from studio import zoo
from studio.compiler import lower
from studio.training.objective import Objective, as_tuple

DRAWS = 4000


def gradients() -> Tensor:
    """Return the gradient of each of 256 samples, in the lines of a matrix."""
    torch.manual_seed(0)
    network = lower.build(zoo.build("mlp", input_shape=(2,), hidden=(8,), num_classes=2))
    inputs, targets = torch.randn(256, 2), torch.randint(0, 2, (256,))
    objective, found = Objective(network.losses), []
    for place in range(len(inputs)):
        network.module.zero_grad()
        outputs = as_tuple(network.module(inputs[place : place + 1]))
        objective.loss(outputs, targets[place : place + 1]).backward()
        found.append(torch.cat([value.grad.flatten() for value in network.module.parameters()]))
    return torch.stack(found)


def test_variance_of_a_batchs_gradient_falls_with_its_size() -> None:
    """Lecture row 58: as one over the number of samples, within 10 %."""
    singles = gradients()
    whole = singles.mean(0)
    generator = torch.Generator().manual_seed(1)
    expected = (singles - whole).square().sum(1).mean()
    for size in (1, 4, 16, 64):
        rows = torch.randint(0, len(singles), (DRAWS, size), generator=generator)
        variance = (singles[rows].mean(1) - whole).square().sum(1).mean()
        assert abs(float(variance * size / expected) - 1.0) < 0.1
