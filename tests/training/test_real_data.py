"""What the program reaches on real data sets, from presets; slow, and only where the data are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio import zoo
from studio.project.config import DataConfig
from studio.project.presets import with_preset
from studio.project.project import Project
from studio.training.run import train
from tests.helpers import real_data


def accuracy(template: str, dataset: str, home: Path, preset: str, runs: Path, **arguments: Any) -> float:
    """The share of the test part that a run from a preset gets right."""
    graph = zoo.build(template, input_shape=(1, 28, 28), num_classes=10, **arguments)
    data = DataConfig(dataset=dataset, folder=str(home), validation_fraction=0.1)
    run = train(with_preset(Project(template, graph, data), preset), runs_folder=runs)
    top1 = run.evaluate(part="test", folder="/").top1
    assert top1 is not None
    return 1.0 - top1.value


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_lenet5_reaches_99_percent_on_mnist(tmp_path: Path) -> None:
    home = real_data.folder("MNIST/raw")
    assert accuracy("lenet5", "mnist", home, "lecture", tmp_path) >= 0.99


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_small_cnn_reaches_91_percent_on_fashion_mnist(tmp_path: Path) -> None:
    home = real_data.folder("FashionMNIST/raw")
    found = accuracy("small_cnn", "fashion_mnist", home, "fast", tmp_path, channels=(32, 64, 128))
    assert found >= 0.91
