from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio import zoo
from studio.project import files
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project


@pytest.fixture
def trained(studio: Callable, tmp_path: Path) -> Path:
    graph = zoo.build("mlp", input_shape=[1, 8, 8], hidden=[16], batch_norm=True)
    path = tmp_path / "small.flow"
    training = TrainingConfig(epochs=1, device="cpu")
    files.write(Project("small", graph, DataConfig(dataset="digits"), training), path)
    assert studio("train", path).code == 0
    return path


def test_statistics_are_kept_told_and_brought_back(studio: Callable, trained: Path) -> None:
    losses = {
        name: studio("evaluate", trained, "--statistics", name, "--json").json["loss"]
        for name in ("kept", "update_bn", "final_phase")
    }
    assert len(set(losses.values())) == 3
    assert studio("batchnorm", trained).out.startswith("run-1, best: running")
    said = studio("batchnorm", trained, "final_phase")
    assert (said.code, "1 batch normalization were" in said.out) == (0, True)
    assert studio("batchnorm", trained, "--json").json == {
        "run": "run-1",
        "checkpoint": "best",
        "statistics": "final_phase",
    }
    assert studio("evaluate", trained, "--json").json["loss"] == losses["final_phase"]
    assert "final phase" in studio("runs", trained, "show", "run-1").out
    found = studio("batchnorm", trained, "running", "--json").json
    assert (found["statistics"], found["layers"]) == ("running", 1)
    assert studio("evaluate", trained, "--json").json["loss"] == losses["kept"]


def test_an_unknown_method_is_wrong_usage(studio: Callable, trained: Path) -> None:
    assert studio("batchnorm", trained, "best").code == 2
