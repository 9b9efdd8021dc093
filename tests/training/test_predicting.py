"""Predictions equal an independent forward on inputs normalized as in training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from studio import zoo
from studio.compiler.lower import LossTerm
from studio.data.datasets import load
from studio.data.prepare import prepare
from studio.data.splits import VALIDATION, split
from studio.errors import DataError
from studio.project.project import Project
from studio.training.objective import Objective
from studio.training.run import train

Make = Callable[..., Project]


def test_label_and_top5_equal_an_independent_forward(digits: Make, tmp_path: Path) -> None:
    project = digits("mlp", epochs=2)
    run = train(project, runs_folder=tmp_path)
    raw, data = load(project.data), prepare(project.data)
    rows = split(raw.targets, 0, project.data)[VALIDATION][:40]
    found = run.predict(*raw.inputs[rows])
    logits = run.model()(data.validation.inputs[:40]).detach().double()
    expected = logits.softmax(1).numpy()
    for prediction, values, label in zip(found, expected, logits.argmax(1).tolist(), strict=True):
        assert prediction.label == str(label)
        assert prediction.probabilities.sum() == pytest.approx(1.0, abs=1e-6)
        np.testing.assert_allclose(prediction.probabilities, values, atol=1e-5)
        assert [name for name, _ in prediction.top] == [str(k) for k in np.argsort(-values)[:5]]


def test_row_of_two_moons(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(), runs_folder=tmp_path)
    (found,) = run.predict([0.5, -0.25])
    assert found.label in ("upper", "lower")
    assert len(found.top) == 2
    with pytest.raises(DataError, match="3 were given"):
        run.predict([1.0, 2.0, 3.0])


def objective(module: torch.nn.Module, encoding: str) -> Objective:
    return Objective([LossTerm("n1", module, 0, None, encoding, 1.0, False)])


def test_probabilities_of_every_kind_of_output() -> None:
    targets = torch.zeros(3, dtype=torch.int64)
    logits = torch.tensor([[0.5], [-2.0], [0.0]])
    yes = objective(torch.nn.BCEWithLogitsLoss(), "float").probabilities((logits,), targets)
    assert yes is not None
    torch.testing.assert_close(yes[:, 1:], logits.double().sigmoid())
    share = objective(torch.nn.BCELoss(), "float").probabilities((logits.sigmoid(),), targets)
    assert share is not None
    torch.testing.assert_close(share[:, 1:], logits.sigmoid().double())
    ready = torch.randn(3, 4).softmax(1)
    kept = objective(torch.nn.MSELoss(), "one_hot").probabilities((ready,), targets)
    assert kept is not None
    torch.testing.assert_close(kept, ready.double())


def test_row_of_a_table_of_the_persons_own(make_project: Make, tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=(80, 3)).round(3)
    rows = [f"{a},{b},{c},{'yes' if a > 0 else 'no'}" for a, b, c in numbers]
    (tmp_path / "own.csv").write_text("\n".join(["a,b,c,kind", *rows]))
    graph = zoo.build("mlp", input_shape=(3,), hidden=(8,), num_classes=2)
    data = {"dataset": "csv", "folder": str(tmp_path), "options": {"file": "own.csv", "target": "kind"}}
    run = train(make_project(graph, data, epochs=20), runs_folder=tmp_path / "own.runs")
    assert [one.label for one in run.predict([2.0, 0.0, 0.0], [-2.0, 0.0, 0.0])] == ["yes", "no"]
