"""Runs that vote, and views that do: equal to the mean of softmaxes by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from torchvision.transforms import TenCrop

from studio import zoo
from studio.data.prepare import prepare
from studio.errors import DataError, TrainingError
from studio.project.config import TrainingConfig
from studio.project.matching import data_for
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.run import train
from studio.training.together import mean_with_interval
from studio.training.views import Views
from studio.training.voting import evaluate_runs

Make = Callable[..., Project]


def test_runs_vote_by_the_mean_of_their_softmaxes(digits: Make, tmp_path: Path) -> None:
    runs = [train(digits("mlp", epochs=1, seed=seed), runs_folder=tmp_path) for seed in (0, 1, 2)]
    found = evaluate_runs(runs)
    split = prepare(runs[0].project().data).validation
    each = [run.model()(split.inputs.reshape(-1, 1, 8, 8)).detach().double().softmax(1) for run in runs]
    mean = torch.stack(each).mean(0)
    assert found.evaluation.top1 is not None
    assert found.evaluation.top1.value == float((mean.argmax(1) != split.targets).double().mean())
    own = mean.gather(1, split.targets[:, None])
    assert found.evaluation.loss == pytest.approx(float(-own.log().mean()), rel=1e-6)
    alone = [float((one.argmax(1) != split.targets).double().mean()) for one in each]
    assert found.top1 is not None
    assert found.top1.value == pytest.approx(np.mean(alone))
    assert [one["top1_error"] for one in found.to_data()["each"]] == pytest.approx(alone)


def test_votes_weigh_the_softmaxes(digits: Make, tmp_path: Path) -> None:
    runs = [train(digits("mlp", epochs=1, seed=seed), runs_folder=tmp_path) for seed in (0, 1)]
    found = evaluate_runs(runs, votes=(3.0, 1.0)).evaluation
    split = prepare(runs[0].project().data).validation
    each = [run.model()(split.inputs.reshape(-1, 1, 8, 8)).detach().double().softmax(1) for run in runs]
    own = (0.75 * each[0] + 0.25 * each[1]).gather(1, split.targets[:, None])
    assert found.loss == pytest.approx(float(-own.log().mean()), rel=1e-6)
    with pytest.raises(TrainingError, match="2 runs need 2 votes above 0, and 1 was given"):
        evaluate_runs(runs, votes=(1.0,))


def test_one_run_alone_votes_as_it_is_evaluated(digits: Make, tmp_path: Path) -> None:
    run = train(digits("small_cnn", epochs=1), runs_folder=tmp_path)
    alone, voted = run.evaluate(), evaluate_runs([run])
    assert voted.top1 is None
    assert voted.evaluation.top1 == alone.top1
    assert voted.evaluation.loss == pytest.approx(alone.loss, rel=1e-5)
    assert np.array_equal(voted.evaluation.confusion, alone.confusion)


def test_ten_crops_are_the_mean_over_torchvisions(digits: Make, tmp_path: Path) -> None:
    run = train(digits("cifar_resnet", epochs=1), runs_folder=tmp_path)
    found = run.evaluate(views=Views(crops=10, crop_size=6))
    split, model = prepare(run.project().data).validation, run.model()
    with torch.no_grad():
        mean = torch.stack([model(crop).softmax(1) for crop in TenCrop(6)(split.inputs)]).mean(0)
    assert found.top1 is not None
    assert found.top1.value == pytest.approx(float((mean.argmax(1) != split.targets).double().mean()))
    own = mean.gather(1, split.targets[:, None])
    assert found.loss == pytest.approx(float(-own.log().mean()), rel=1e-4)
    assert run.evaluate(views=Views(scales=(8, 12))).loss != found.loss


def test_a_network_of_one_size_says_so(digits: Make, tmp_path: Path) -> None:
    run = train(digits("mlp", epochs=1), runs_folder=tmp_path)
    with pytest.raises(TrainingError, match="pictures of 8 x 8 only, not of 6 x 6"):
        run.evaluate(views=Views(crops=10, crop_size=6))


def test_runs_on_other_samples_and_networks_without_classes_do_not_vote(digits: Make, tmp_path: Path) -> None:
    project = digits("mlp", epochs=1)
    other = replace(project, data=project.data.model_copy(update={"split_seed": 5}))
    runs = [train(one, runs_folder=tmp_path) for one in (project, other)]
    with pytest.raises(DataError, match="different samples"):
        evaluate_runs(runs)
    graph = zoo.build("conv_autoencoder", input_shape=(3, 16, 16))
    config = TrainingConfig(device="cpu", epochs=1)
    auto = train(Project("auto", graph, data_for(graph, normalization="scale"), config), runs_folder=tmp_path)
    with pytest.raises(TrainingError, match="no classes apart"):
        evaluate_runs([auto])


def test_every_run_that_votes_on_the_test_part_has_looked_at_it(digits: Make, tmp_path: Path) -> None:
    runs = [train(digits("mlp", epochs=1, seed=seed), runs_folder=tmp_path) for seed in (0, 1)]
    evaluate_runs(runs, part="test")
    assert [info.test_looks for info in RunStore(tmp_path).list_runs()] == [1, 1]


def test_interval_over_seeds_is_students() -> None:
    values = [0.1, 0.12, 0.09, 0.15]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    found = mean_with_interval(values)
    assert (found.low, found.high) == pytest.approx((low, high))
