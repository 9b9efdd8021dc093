"""The gradient that training goes along: by hand, by differences, sample by sample, with momentum."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from studio import zoo
from studio.compiler import lower
from studio.graph import edits
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.training import optimizers
from studio.training.objective import Objective, as_tuple
from studio.training.session import prepare_session
from studio.training.stepper import Stepper

Make = Callable[..., Project]
CPU = torch.device("cpu")


def test_negative_log_likelihood_by_the_probabilities() -> None:
    """Lecture row 44: -e(y) / f(x)_y."""
    found = torch.tensor([[0.2, 0.5, 0.3]], requires_grad=True)
    objective = Objective([lower.LossTerm("loss", nn.NLLLoss(), 0, None, "index")])
    objective.loss((found.log(),), torch.tensor([1])).backward()
    assert torch.allclose(found.grad, torch.tensor([[0.0, -1 / 0.5, 0.0]]))


def test_every_parameters_gradient_is_that_of_finite_differences() -> None:
    """Lecture row 45."""
    torch.manual_seed(0)
    graph = zoo.build("small_cnn", input_shape=(1, 8, 8), num_classes=3)
    network = lower.build(graph)
    module, objective = network.module.double().eval(), Objective(network.losses)
    inputs, targets = torch.randn(4, 1, 8, 8, dtype=torch.float64), torch.tensor([0, 1, 2, 1])

    def loss() -> Tensor:
        return objective.loss(as_tuple(module(inputs)), targets)

    loss().backward()
    step = 1e-6
    for name, value in module.named_parameters():
        place = int(value.grad.abs().argmax())  # where a mistake would show most
        flat = value.detach().view(-1)
        before = flat[place].item()
        ends = []
        for sign in (1, -1):
            flat[place] = before + sign * step
            ends.append(loss().item())
        flat[place] = before
        difference = (ends[0] - ends[1]) / (2 * step)
        assert value.grad.view(-1)[place].item() == pytest.approx(difference, abs=1e-6), name


def test_a_batchs_gradient_is_the_mean_of_its_samples_regularized_gradients(make_project: Make) -> None:
    """Lecture row 57: at a learning rate of 1, a plain step is the gradient."""
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2)
    graph = edits.set_argument(graph, graph.named("fc1").id, "l2", 0.01)
    with torch.random.fork_rng():
        session = prepare_session(
            make_project(graph, lr=1.0, momentum=0.0, batch_size=8, patience=0), None, CPU
        )
    rows, module = session.order(1)[0], session.module
    singles = []
    for row in rows:
        inputs, targets = session.train.take(row.unsqueeze(0))
        module.zero_grad()
        (session.objective.loss(as_tuple(module(inputs)), targets) + session.regularizer.value()).backward()
        singles.append([value.grad.clone() for value in module.parameters()])
    start = [value.detach().clone() for value in module.parameters()]
    Stepper(session).take(module, rows, 0)
    for before, after, *own in zip(start, module.parameters(), *singles, strict=True):
        assert torch.allclose(before - after, torch.stack(own).mean(0), atol=1e-6)


def steps_across_a_plateau(momentum: float) -> int:
    """Return the steps from a norm of 1 to 0.1 on ‖w‖⁴, whose gradient vanishes with the cube of it."""
    weight = nn.Parameter(torch.tensor([0.6, 0.8]))
    optimizer = optimizers.make(TrainingConfig(lr=0.01, momentum=momentum), nn.ParameterList([weight]), CPU)
    for step in range(10_000):
        if weight.norm() < 0.1:
            return step
        optimizer.zero_grad()
        weight.norm().pow(4).backward()
        optimizer.step()
    return 10_000


def test_momentum_passes_a_plateau_in_fewer_steps() -> None:
    """Lecture row 61."""
    plain, fast = steps_across_a_plateau(0.0), steps_across_a_plateau(0.9)
    assert fast < plain / 3 < 10_000 / 3
