from __future__ import annotations

from dataclasses import replace

import pytest
import torch

import studio
from studio import zoo
from studio.errors import ProbeError
from studio.graph import edits
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training.stepping.seen import seen
from studio.training.stepping.walk import PENALTY, Walk


def project(**settings: object) -> Project:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16,), batch_norm=True, dropout=0.5)
    return Project("walked", graph, DataConfig(dataset="digits"), TrainingConfig(**settings))


def test_it_goes_forward_and_back_and_computes_nothing_twice() -> None:
    walk = studio.step_through(project())
    names = [box.name for box in walk.steps.boxes]
    assert names == ["image", "flatten", "fc1", "bn1", "relu1", "dropout1", "fc2", "loss"]
    assert walk.go_to(2) == 2
    assert len(walk.steps.computed) == 3
    end = walk.num_places - 1
    assert walk.go_to(end - 2) == end - 2
    assert walk.box_at(end - 2) == 2
    assert "fc1.weight" in walk.steps.gradients
    kept = walk.steps.gradients["fc1.weight"].clone()
    walk.go_to(3)
    walk.go_to(end)
    assert torch.equal(walk.steps.gradients["fc1.weight"], kept)
    roles = [one.role for one in seen(walk.steps, 3)]
    assert roles == ["input", "output", "parameter", "parameter", "line", "line", "line", "line"]


def test_a_gradient_is_what_the_lecture_computes_by_hand() -> None:
    walk = Walk(project(), samples=5)
    walk.go_to(walk.num_places - 1)
    scores = seen(walk.steps, len(walk.steps.boxes) - 1)[0]
    assert scores.gradient is not None
    wanted = scores.tensor.softmax(1)  # softmax(a) - e(y), a mean over the batch
    gap = wanted - scores.gradient * 5
    assert torch.allclose(gap.max(1).values, torch.ones(5), atol=1e-5)
    assert torch.allclose(gap.sum(1), torch.ones(5), atol=1e-5)


def test_a_walk_ends_early_and_leaves_the_random_numbers_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    walk = Walk(project(weight_decay=0.1))
    assert walk.go_to(7, lambda: True) == 0
    assert walk.go_to(walk.num_places - 1, lambda: len(walk.steps.computed) > 4) == 4
    walk.go_to(walk.num_places - 1)
    assert torch.equal(torch.rand(3), expected)


def test_weights_of_another_network_and_a_penalty_are_told() -> None:
    with pytest.raises(ProbeError, match="do not fit"):
        Walk(project(), weights={"odd": torch.zeros(1)})
    assert Walk(project()).note == ""
    penalized = project()
    fc1 = penalized.graph.named("fc1").id
    graph = edits.set_argument(penalized.graph, fc1, "l2", 0.1)
    assert Walk(replace(penalized, graph=graph)).note == PENALTY
