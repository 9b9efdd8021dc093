"""Values to predict are scaled by the training part, and told in their own units."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.preprocessing import StandardScaler

from studio.compiler.exporting import export
from studio.data.prepare import prepare
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.training.run import Run, train
from tests.helpers.drawing import draw

Make = Callable[..., Project]

DATA = DataConfig(dataset="diabetes")
SCALED = DATA.model_copy(update={"target_scaling": "standardize"})


def values(make_project: Make, **training: object) -> Project:
    graph = draw(
        ("x", "VectorInput", {"features": 10}),
        ("fc", "Linear", "x", {"out_features": 1}),
        ("target", "Target", {"encoding": "float"}),
        ("loss", "MSELoss", "fc target"),
    )
    return make_project(graph, SCALED.model_dump(), **{"lr": 0.05, "epochs": 10, **training})


@pytest.fixture
def run(make_project: Make, tmp_path: Path) -> Run:
    return train(values(make_project), runs_folder=tmp_path)


def test_targets_are_standardized_by_the_training_part_alone() -> None:
    plain, scaled = prepare(DATA), prepare(SCALED)
    scaler = StandardScaler().fit(plain.train.targets.numpy().astype(np.float64))
    for part in ("train", "validation", "test"):
        given = getattr(plain, part).targets.numpy().astype(np.float64)
        np.testing.assert_allclose(getattr(scaled, part).targets, scaler.transform(given), atol=1e-6)
    torch.testing.assert_close(scaled.in_units(scaled.test.targets), plain.test.targets)


def test_classes_stay_as_they_are() -> None:
    settings = {"dataset": "moons", "target_scaling": "standardize"}
    data, plain = (prepare(DataConfig.model_validate(one)) for one in (settings, {"dataset": "moons"}))
    assert torch.equal(data.train.targets, plain.train.targets)


def test_measures_are_in_the_units_of_the_data(run: Run) -> None:
    plain, scaled = prepare(DATA), prepare(SCALED)
    with torch.inference_mode():
        found = run.model()(scaled.validation.inputs).double() * scaled.target_std + scaled.target_mean
    truth = plain.validation.targets
    measured = run.evaluate().regression
    assert measured is not None
    assert measured.mse == pytest.approx(mean_squared_error(truth, found), rel=1e-5)
    assert measured.mae == pytest.approx(mean_absolute_error(truth, found), rel=1e-5)
    assert measured.r2 == pytest.approx(r2_score(truth, found), rel=1e-5)
    assert measured.r2 > 0.2
    assert run.evaluate().loss == pytest.approx(measured.mse / scaled.target_std**2, rel=1e-5)


def test_predictions_are_in_the_units_of_the_data(run: Run) -> None:
    (found,) = run.predict([0.0] * 10)
    assert 100 < float(found.output[0]) < 200


def test_exported_script_scales_and_learns(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = export.source_of(values(make_project)).text
    exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    loss = float(capsys.readouterr().out.splitlines()[-1].split("loss ")[1].split(",")[0])
    assert 0.2 < loss < 1.0
