"""Group D of the lecture: what one neuron can tell apart, and what one hidden layer can approximate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import studio
from studio.compiler import lower
from studio.project.curve_functions import FUNCTIONS
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.training.run import Run
from tests.helpers.drawing import draw

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def trained(project: Project, folder: Path, seed: int = 0) -> Run:
    training = project.training.model_copy(update={"seed": seed, "device": "cpu"})
    return studio.train(replace(project, training=training), runs_folder=folder)


def with_function(key: str, function: str) -> Project:
    project = sample_project(key).project()
    options = {**project.data.options, "function": function}
    return replace(project, data=project.data.model_copy(update={"options": options}))


@pytest.mark.parametrize("function", ["and", "or"])
def test_one_neuron_learns_and_and_or(function: str, tmp_path: Path) -> None:
    """Lecture row 32."""
    last = trained(with_function("neuron-logic", function), tmp_path).history[-1]
    assert (last.train_accuracy, last.val_accuracy) == (1.0, 1.0)


def test_one_neuron_gets_three_corners_of_xor_at_most(tmp_path: Path) -> None:
    """Lecture row 32: trained, and among a hundred thousand neurons drawn at random."""
    run = trained(with_function("neuron-logic", "xor"), tmp_path)
    assert run.history[-1].train_accuracy < 0.8
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(100_000, 3, generator=generator)
    says = drawn[:, :2] @ CORNERS.T + drawn[:, 2:] > 0  # (100000, 4)
    right = (says == torch.tensor([False, True, True, False])).float().mean(1)
    assert float(right.max()) == 0.75


def test_two_hidden_units_learn_xor(tmp_path: Path) -> None:
    """Lecture row 32."""
    last = trained(sample_project("hidden-xor").project(), tmp_path).history[-1]
    assert (last.train_accuracy, last.val_accuracy) == (1.0, 1.0)


def test_nothing_guarantees_that_the_weights_are_found(tmp_path: Path) -> None:
    """Lecture row 35: the same network and data, and where it ends is a matter of where it began."""
    project = sample_project("hidden-xor").project()
    losses = [trained(project, tmp_path, seed).history[-1].train_loss for seed in range(5)]
    assert min(losses) < 0.01
    assert max(losses) > 0.3


def sup_error(activation: str, units: int) -> float:
    """Return how far a curve is at most from the best output layer over hidden units drawn at random.

    The ridges of the units stand evenly over the interval; how steep they are, and which way, is drawn. What
    is left to be found is linear, so it is found: by least squares.
    """
    graph = draw(
        ("x", "VectorInput", {"features": 1}),
        ("hidden", "Linear", "x", {"out_features": units}),
        ("g", activation, "hidden"),
        ("out", "Linear", "g", {"out_features": 1}),
    )
    module = lower.compile(graph).double().eval()
    x = torch.linspace(-1.0, 1.0, 2001, dtype=torch.float64)[:, None]
    truth = torch.from_numpy(FUNCTIONS["waves"](x.numpy()))
    generator = np.random.Generator(np.random.PCG64(0))
    slopes = torch.from_numpy(generator.uniform(1.0, 6.0, units) * generator.choice([-1.0, 1.0], units))
    with torch.no_grad():
        _set(module.hidden, slopes[:, None], -slopes * torch.linspace(-1.0, 1.0, units, dtype=torch.float64))
        hidden = module.g(module.hidden(x))  # (2001, units)
        wanted = torch.cat([hidden, torch.ones_like(x)], dim=1)
        found = torch.linalg.lstsq(wanted, truth, driver="gelsd", rcond=1e-15).solution
        _set(module.out, found[:-1].T, found[-1])
        return float((module(x) - truth).abs().max())


def _set(layer: torch.nn.Module, weight: Tensor, bias: Tensor) -> None:
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)


def test_128_tanh_units_approximate_a_curve_to_nine_digits() -> None:
    """Lecture row 33: from 1.5 with two units; the lecture's list has 1.3 to 5e-9."""
    errors = {units: sup_error("Tanh", units) for units in (2, 8, 32, 128)}
    assert errors[2] > 1.0
    assert errors[128] < 1e-8
    assert list(errors.values()) == sorted(errors.values(), reverse=True)


@pytest.mark.parametrize("activation", ["Sigmoid", "Tanh", "ReLU"])
def test_any_of_these_units_will_do(activation: str) -> None:
    """Lecture row 34."""
    few, some, many = (sup_error(activation, units) for units in (4, 16, 64))
    assert few > 2 * some > 20 * many
