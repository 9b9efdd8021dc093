"""Learning rates found before a run: on problems whose answer is known, and on digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio import zoo
from studio.catalog import registry
from studio.data.prepare import prepare
from studio.errors import DataError, TrainingError
from studio.graph import edits
from studio.project.project import Project
from studio.training.lr_search import halve, range_test, smoothed_losses, steepest
from tests.helpers.drawing import made

Make = Callable[..., Project]


def quadratic(make_project: Make, tmp_path: Path, scale: float) -> tuple[Project, float]:
    """Least squares by plain gradient descent on all data, and the largest curvature of its loss."""
    generator = np.random.default_rng(0)
    inputs = (generator.normal(size=(200, 3)) * scale).astype(np.float32)
    targets = (inputs @ np.array([1.0, -2.0, 0.5], np.float32)).astype(np.float32)
    np.savez(tmp_path / "line.npz", x=inputs, y=targets)
    graph = made(
        ("VectorInput", "x", {"features": 3}), ("Linear", "fc", {"out_features": 1, "bias": False}),
        ("Target", "target", {"encoding": "float"}), ("MSELoss", "loss"), wires="1>2 2>4",
    )  # fmt: skip
    graph = edits.connect(graph, "n3", "target", "n4", "target", registry.signature)
    project = make_project(
        graph,
        {"dataset": "npz", "folder": ".", "options": {"file": "line.npz"}, "normalization": "none"},
        batch_size=1000,
        momentum=0.0,
    )
    train = prepare(project.data, tmp_path).train.inputs.double()
    return project, float(torch.linalg.eigvalsh(2 * train.T @ train / len(train))[-1])


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_halving_ends_at_the_first_rate_below_two_over_the_curvature(
    make_project: Make, tmp_path: Path, scale: float
) -> None:
    project, curvature = quadratic(make_project, tmp_path, scale)
    found = halve(project, tmp_path, start=10.0, share=1.0)
    expected = 10.0
    while expected >= 2.0 / curvature:
        expected /= 2.0
    assert found.lr == expected
    assert [trial.lr for trial in found.trials] == [10.0 / 2**k for k in range(len(found.trials))]
    assert [trial.diverged for trial in found.trials] == [True] * (len(found.trials) - 1) + [False]


def test_halving_uses_a_part_of_the_data_and_repeats(digits: Make) -> None:
    first, again = (halve(digits(), share=0.2) for _ in range(2))
    assert first.lr == again.lr
    assert 0.001 < first.lr < 10.0
    assert np.array_equal(first.trials[-1].losses, again.trials[-1].losses)


def test_range_test_finds_a_rate_that_trains(digits: Make) -> None:
    found = range_test(digits())
    assert 1e-4 < found.lr < 5.0
    assert len(found.lrs) == len(found.losses) == len(found.smoothed)
    assert np.all(np.diff(found.lrs) > 0)
    # Tiny rates leave the loss where it starts; it falls after that.
    assert found.losses[:5].mean() > found.smoothed.min() * 1.1


def test_the_steepest_fall_of_a_known_curve() -> None:
    lrs = 10.0 ** np.linspace(-6, 1, 141)
    falls = 2.0 - np.tanh(2.0 * (np.log10(lrs) + 2.0)) + np.where(lrs > 1.0, lrs, 0.0)
    assert steepest(lrs, falls) == pytest.approx(1e-2, rel=0.2)


def test_smoothing_starts_without_bias() -> None:
    assert smoothed_losses(np.full(7, 3.0)) == pytest.approx(np.full(7, 3.0))


def test_the_callers_random_numbers_and_settings_are_left_alone(digits: Make) -> None:
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    project = digits(schedule="cosine", ema_decay=0.9)
    halve(project, share=0.05)
    assert torch.equal(torch.rand(2), expected)


def test_it_can_be_cancelled(digits: Make) -> None:
    with pytest.raises(DataError, match="Cancelled"):
        range_test(digits(), cancelled=lambda: True)


@pytest.mark.parametrize(
    ("search", "arguments", "message"),
    [
        (halve, {"share": 0.0}, "part of the data must be above 0"),
        (halve, {"steps": 1}, "at least 3 steps"),
        (range_test, {"low": 1.0, "high": 0.1}, "must grow"),
    ],
)
def test_bad_arguments_are_refused(
    digits: Make, search: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        search(digits(), **arguments)


def test_a_loss_that_never_is_a_number_says_so(make_project: Make) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(4,), num_classes=2)
    graph = edits.replace_node(graph, replace(graph.named("relu1"), kind="Log"))
    with pytest.raises(TrainingError, match="diverges at every learning rate from 10 down to"):
        halve(make_project(graph))
    with pytest.raises(TrainingError, match="no number within 1 steps"):
        range_test(make_project(graph))
