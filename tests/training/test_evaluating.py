"""A run's measures equal what NumPy makes of its network's outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio import zoo
from studio.data.prepare import prepare
from studio.errors import DataError, RunError, TrainingError
from studio.project.config import TrainingConfig
from studio.project.matching import data_for
from studio.project.project import Project
from studio.training.evaluating import evaluate_weights
from studio.training.run import train

Make = Callable[..., Project]


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("which", ["best", "last"])
def test_classifier_equals_numpy(digits: Make, tmp_path: Path, part: str, which: str) -> None:
    project = digits("mlp", epochs=2)
    run = train(project, runs_folder=tmp_path)
    found = run.evaluate(which, part)
    split = getattr(prepare(project.data), part)
    logits = run.model(which)(split.inputs.reshape(len(split), 1, 8, 8)).detach().double().numpy()
    targets = split.targets.numpy()
    order = np.argsort(-logits, axis=1, kind="stable")
    top1, top5 = (float((order[:, :k] != targets[:, None]).all(axis=1).mean()) for k in (1, 5))
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert (found.part, found.count) == (part, len(split))
    assert found.loss == pytest.approx(-logs[np.arange(len(targets)), targets].mean(), rel=1e-5)
    assert found.top1 is not None
    assert found.top5 is not None
    assert found.confusion is not None
    assert (found.top1.value, found.top5.value) == (top1, top5)
    assert found.top1.margin == pytest.approx(1.96 * np.sqrt(top1 * (1 - top1) / len(targets)))
    assert found.confusion.trace() == round((1 - top1) * len(targets))
    assert found.classes == tuple("0123456789")


def test_best_weights_give_what_training_told(digits: Make, tmp_path: Path) -> None:
    run = train(digits("small_cnn", epochs=3), runs_folder=tmp_path)
    found = run.evaluate()
    assert run.best is not None
    assert found.top1 is not None
    assert found.loss == pytest.approx(run.best.val_loss, rel=1e-5)
    assert found.top1.value == pytest.approx(1 - run.best.val_accuracy)


def test_two_classes_have_no_top5(make_project: Make, tmp_path: Path) -> None:
    found = train(make_project(), runs_folder=tmp_path).evaluate()
    assert found.top5 is None
    assert "top5_error" not in found.to_data()


def test_autoencoder_is_measured_as_regression(tmp_path: Path) -> None:
    graph = zoo.build("conv_autoencoder", input_shape=(3, 16, 16))
    config = TrainingConfig(device="cpu", epochs=1)
    run = train(Project("auto", graph, data_for(graph, normalization="scale"), config), runs_folder=tmp_path)
    found = run.evaluate()
    inputs = prepare(run.project().data).validation.inputs
    outputs = run.model()(inputs)
    output = (outputs[0] if isinstance(outputs, tuple) else outputs).detach()
    assert found.top1 is None
    assert found.confusion is None
    assert found.regression is not None
    assert found.regression.mse == pytest.approx(float(((output - inputs) ** 2).mean()), rel=1e-4)


def test_evaluation_changes_no_random_numbers(digits: Make, tmp_path: Path) -> None:
    run = train(digits("mlp", epochs=1), runs_folder=tmp_path)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    run.evaluate()
    assert torch.equal(torch.get_rng_state(), before)


def test_empty_test_part_is_said(digits: Make, tmp_path: Path) -> None:
    project = digits("mlp", epochs=1)
    project = replace(project, data=project.data.model_copy(update={"test_fraction": 0.0}))
    with pytest.raises(DataError, match="test part of digits is empty"):
        train(project, runs_folder=tmp_path).evaluate(part="test")


def test_nan_weights_and_weights_of_another_network_are_refused(digits: Make, tmp_path: Path) -> None:
    project = digits("mlp", epochs=1)
    weights = train(project, runs_folder=tmp_path).checkpoint("best")
    spoilt = {name: torch.full_like(tensor, torch.nan) for name, tensor in weights.items()}
    with pytest.raises(TrainingError, match="NaN or infinity"):
        evaluate_weights(project, spoilt, None, "validation")
    with pytest.raises(RunError, match="another network"):
        evaluate_weights(project, {}, None, "validation")


def test_other_statistics_of_batch_normalization_are_found_on_the_training_part(
    make_project: Make, tmp_path: Path
) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, batch_norm=True)
    run = train(make_project(graph), runs_folder=tmp_path)
    losses = {name: run.evaluate(statistics=name).loss for name in ("running", "update_bn", "final_phase")}
    assert len(set(losses.values())) == 3
    model = run.recalibrated("final_phase")
    assert not torch.equal(model.state_dict()["bn1.running_var"], run.model().state_dict()["bn1.running_var"])
