"""The estimate against torch's own tracker of tensors during a real training step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker

import studio
from studio import zoo
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.exporting.examples import example_inputs
from studio.compiler.training_memory import STATES
from studio.graph.graph import Graph
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.training.fit import check_project

OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]] = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, 0.01, fused=True),
    "momentum": lambda parameters: torch.optim.SGD(parameters, 0.01, momentum=0.9, fused=True),
    "adam": lambda parameters: torch.optim.Adam(parameters, fused=True),
}


def measured(graph: Graph, batch_size: int, optimizer: str) -> int:
    """The most bytes of tensors at any moment of a training step with the optimizer's state in place."""
    network = lower.build(graph)
    inputs = example_inputs(graph, analyse(graph), network, batch_size)
    made = OPTIMIZERS[optimizer](network.module.parameters())
    targets = torch.zeros(batch_size, dtype=torch.int64)

    def step() -> None:
        outputs: Any = network.module(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        terms = network.losses
        loss = sum(term.module(outputs[term.output], targets) for term in terms)
        loss.backward()
        made.step()
        made.zero_grad()

    step()
    tracker = MemTracker()
    tracker.track_external(network.module, made, *inputs, targets)
    with tracker:
        step()
    peak = tracker.get_tracker_snapshot("peak")
    return max(max(sizes.values()) for sizes in peak.values())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("template", "arguments", "batch_size"),
    [
        ("mlp", {}, 64),
        ("lenet5", {}, 32),
        ("small_cnn", {"input_shape": (3, 16, 16)}, 16),
        ("cifar_resnet", {"n": 1}, 4),
    ],
)
def test_estimate_is_within_a_tenth_of_what_is_measured(
    template: str, arguments: dict[str, Any], batch_size: int, optimizer: str
) -> None:
    graph = zoo.build(template, **arguments)
    estimate = analyse(graph, batch_size=batch_size, states=STATES[optimizer]).totals.training_bytes
    assert estimate == pytest.approx(measured(graph, batch_size, optimizer), rel=0.1)


@pytest.mark.parametrize(
    ("settings", "states"),
    [({"optimizer": "sgd", "momentum": 0.0}, 0), ({"optimizer": "sgd"}, 1), ({"optimizer": "adam"}, 2)],
)
def test_estimate_counts_what_the_projects_optimizer_keeps(settings: dict[str, Any], states: int) -> None:
    graph = zoo.build("softmax_regression", input_shape=(1000,), num_classes=100)
    project = Project(graph=graph, training=TrainingConfig(batch_size=1, **settings))
    expected = analyse(graph, states=states).totals.training_bytes
    assert check_project(project, None).totals.training_bytes == expected
    assert studio.summary(project).totals.training_bytes == expected


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "template", ["alexnet", "vgg11", "googlenet", "resnet18", "resnet50", "vision_transformer", "vit_b_16"]
)
def test_estimate_of_large_networks(template: str) -> None:
    graph = zoo.build(template)
    estimate = analyse(graph, batch_size=2, states=STATES["momentum"]).totals.training_bytes
    assert estimate == pytest.approx(measured(graph, 2, "momentum"), rel=0.1)
