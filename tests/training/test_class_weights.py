"""Balanced weights of classes: scikit-learn's numbers, torch's loss, in training, evaluation and scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import nn

from studio import zoo
from studio.compiler.lower import LossTerm
from studio.data.prepare import prepare
from studio.errors import CompileError, TrainingError
from studio.graph import edits
from studio.project.project import Project
from studio.training import evaluating
from studio.training.class_weights import balanced
from studio.training.distributed import refuse_together
from studio.training.objective import Objective
from studio.training.run import train

Make = Callable[..., Project]

TARGETS = torch.tensor([0] * 50 + [1] * 8 + [2] * 2)
SCORES = torch.randn(60, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)


def rare(make_project: Make, **training: Any) -> Project:
    """Return a project on a table whose second class is rare."""
    graph = zoo.build("mlp", input_shape=(1,), hidden=(4,), num_classes=2)
    return make_project(graph, {"dataset": "csv", "options": {"file": "rare.csv"}}, **training)


@pytest.fixture(autouse=True)
def table(tmp_path: Path) -> None:
    rows = "\n".join(f"{row},{'yes' if row % 8 == 0 else 'no'}" for row in range(160))
    (tmp_path / "rare.csv").write_text(f"x,y\n{rows}")


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    expected = compute_class_weight("balanced", classes=np.arange(3), y=TARGETS.numpy())
    found = balanced(torch.bincount(TARGETS), 3)
    np.testing.assert_array_equal(found.numpy(), expected.astype(np.float32))
    assert balanced(torch.bincount(TARGETS), 4).tolist()[:3] == found.tolist()


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (nn.CrossEntropyLoss, {"label_smoothing": 0.1}),
        (nn.NLLLoss, {"reduction": "sum"}),
        (nn.MultiMarginLoss, {"p": 2}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_loss_and_gradient_equal_torch_with_these_weights(
    kind: type[nn.Module], arguments: dict[str, Any]
) -> None:
    counts = torch.bincount(TARGETS)
    objective = Objective([LossTerm("loss", kind(**arguments), 0, None, "index")], counts)
    wanted = kind(weight=balanced(counts, 3), **arguments)(SCORES, TARGETS)
    with torch.inference_mode():
        objective.loss((SCORES,), TARGETS)
    found = objective.loss((SCORES,), TARGETS)
    assert torch.equal(found, wanted)
    pair = (torch.autograd.grad(loss, SCORES)[0] for loss in (found, wanted))
    assert torch.equal(*pair)


def test_losses_that_know_no_classes_stay_as_they_are() -> None:
    loss = nn.MSELoss()
    objective = Objective([LossTerm("loss", loss, 0, None, "one_hot")], torch.bincount(TARGETS))
    expected = loss(SCORES, nn.functional.one_hot(TARGETS, 3).float())
    assert torch.equal(objective.loss((SCORES,), TARGETS), expected)


def test_run_equals_one_with_the_same_weights_in_the_loss(make_project: Make, tmp_path: Path) -> None:
    project = rare(make_project, class_weights="balanced")
    targets = prepare(project.data, tmp_path).train.targets
    node = next(node for node in project.graph.ordered() if node.kind == "CrossEntropyLoss")
    weights = tuple(balanced(torch.bincount(targets), 2).tolist())
    by_hand = replace(rare(make_project), graph=edits.set_argument(project.graph, node.id, "weight", weights))
    one, other, plain = (
        train(each, folder=tmp_path, runs_folder=tmp_path / "runs")
        for each in (project, by_hand, rare(make_project))
    )
    assert [epoch.train_loss for epoch in one.history] == [epoch.train_loss for epoch in other.history]
    assert [epoch.val_loss for epoch in one.history] == [epoch.val_loss for epoch in other.history]
    assert one.history[-1].train_loss != plain.history[-1].train_loss
    assert one.evaluate(folder=tmp_path).loss == pytest.approx(other.evaluate(folder=tmp_path).loss, rel=1e-6)


def test_weighted_mean_does_not_depend_on_the_batches(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = train(rare(make_project, class_weights="balanced"), folder=tmp_path, runs_folder=tmp_path / "runs")
    data = prepare(run.project().data, tmp_path)
    with torch.inference_mode():
        scores = run.model()(data.train.inputs)
    weight = balanced(torch.bincount(data.train.targets), 2)
    expected = float(nn.functional.cross_entropy(scores, data.train.targets, weight))
    for size in (7, 256):
        monkeypatch.setattr(evaluating, "BATCH", size)
        assert run.evaluate(part="train", folder=tmp_path).loss == pytest.approx(expected, rel=1e-5)


def test_weights_that_nothing_takes_are_refused_in_words(make_project: Make, tmp_path: Path) -> None:
    project = rare(make_project, class_weights="balanced")
    node = next(node for node in project.graph.ordered() if node.kind == "CrossEntropyLoss")
    own = replace(project, graph=edits.set_argument(project.graph, node.id, "weight", (1.0, 2.0)))
    with pytest.raises(CompileError, match=r"has weights of its own\. Clear weight"):
        train(own, folder=tmp_path, runs_folder=tmp_path / "runs")


@pytest.mark.parametrize("optimizer", ["kfac", "lbfgs"])
def test_optimizers_of_second_order_take_weighted_losses(
    make_project: Make, tmp_path: Path, optimizer: str
) -> None:
    project = rare(make_project, class_weights="balanced", optimizer=optimizer, lr=0.1, epochs=5)
    run = train(project, folder=tmp_path, runs_folder=tmp_path / "runs")
    assert run.history[-1].train_loss < run.history[0].train_loss


def test_several_processes_refuse_weights(make_project: Make) -> None:
    with pytest.raises(TrainingError, match="class_weights together"):
        refuse_together(rare(make_project, class_weights="balanced").training)
