"""What the lecture says of depth, found again in networks that train here; each takes its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training import optimizers
from studio.training.run import Run, train
from tests.helpers.drawing import draw

CPU = torch.device("cpu")


def learn(graph: Graph, folder: Path, **settings: Any) -> Run:
    """Train on the digits by momentum, without early stopping."""
    training = TrainingConfig(device="cpu", patience=0, momentum=0.9).model_copy(update=settings)
    return train(Project("net", graph, DataConfig(dataset="digits"), training), runs_folder=folder)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_deeper_plain_network_ends_with_the_higher_training_error_and_a_residual_one_does_not(
    tmp_path: Path,
) -> None:
    """Lecture row 197, on digits of 8×8 rather than CIFAR-10."""
    errors: dict[tuple[str, int], float] = {}
    for kind in ("cifar_plain", "cifar_resnet"):
        for n in (3, 9):
            graph = zoo.build(kind, input_shape=(1, 8, 8), n=n)
            settings = {"schedule": "cosine", "schedule_by": "step", "warmup_steps": 100}
            run = learn(graph, tmp_path, epochs=20, weight_decay=1e-4, **settings)
            errors[kind, n] = 1.0 - run.history[-1].train_accuracy
    assert errors["cifar_plain", 9] > errors["cifar_plain", 3] + 0.1
    assert errors["cifar_resnet", 9] < errors["cifar_resnet", 3] + 0.02


def plain(depth: int, *, norm: bool, **settings: Any) -> Graph:
    """Return a chain of Linear and ReLU layers of 64 units for the digits, with its loss."""
    lines: list[tuple[Any, ...]] = [("image", "ImageInput", {"channels": 1, "height": 8, "width": 8})]
    lines.append(("h0", "Flatten", "image"))
    for number in range(1, depth):
        lines.append((f"fc{number}", "Linear", f"h{number - 1}", {"out_features": 64, **settings}))
        if norm:
            lines.append((f"bn{number}", "BatchNorm1d", f"fc{number}"))
        lines.append((f"h{number}", "ReLU", f"bn{number}" if norm else f"fc{number}"))
    lines.append(("out", "Linear", f"h{depth - 1}", {"out_features": 10, **settings}))
    lines += [("target", "Target"), ("loss", "CrossEntropyLoss", "out target")]
    return draw(*lines)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_thirty_layers_learn_only_with_a_normalized_start_or_normalization_between(tmp_path: Path) -> None:
    """Lecture row 121."""
    he = {"weight_init": "kaiming_normal", "bias_init": 0.0}

    def end(*, norm: bool, settings: dict[str, Any]) -> float:
        graph = plain(30, norm=norm, **settings)
        return learn(graph, tmp_path, epochs=10, lr=0.01).history[-1].train_loss

    assert end(norm=False, settings={}) > 2.2  # ln 10 = 2.30: nothing was learned
    assert end(norm=False, settings=he) < 1.2
    assert end(norm=True, settings={}) < 1.2
    assert end(norm=True, settings=he) < 1.2


def ten_layers(*, residual: bool) -> Graph:
    """Return ten layers of eight units that can be the identity, each with or without a shortcut."""
    lines: list[tuple[Any, ...]] = [("h0", "VectorInput", {"features": 8})]
    for number in range(1, 11):
        before = f"h{number - 1}"
        lines.append((f"fc{number}", "Linear", before, {"out_features": 8}))
        lines.append((f"act{number}" if residual else f"h{number}", "Tanh", f"fc{number}"))
        if residual:
            lines.append((f"h{number}", "Add", f"act{number} {before}"))
    return draw(*lines)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_identity_is_easier_to_learn_as_a_residual_of_zero() -> None:
    """Lecture row 177."""
    losses = {}
    for residual in (False, True):
        torch.manual_seed(0)
        module = lower.compile(ten_layers(residual=residual))
        optimizer = optimizers.make(TrainingConfig(lr=0.01, momentum=0.9), module, CPU)
        for _ in range(500):
            inputs = torch.randn(64, 8)
            loss = (module(inputs) - inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses[residual] = float(loss.detach())
    assert losses[True] < 0.02 * losses[False]
