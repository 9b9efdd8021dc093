"""Random samples are what their options say, the same for the same seed, and can be told apart."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from studio.data import datasets, prepare
from studio.project.config import DataConfig


def config(**options: Any) -> DataConfig:
    return DataConfig(dataset="synthetic", options=options)


@pytest.mark.parametrize("shape", ["4", "16,8", "3,8,8", "1,4,4,4"])
def test_measurements_lie_between_0_and_1_in_the_shape_asked_for(shape: str) -> None:
    raw = datasets.load(config(shape=shape, samples=40, classes=3))
    assert raw.inputs.shape == (40, *map(int, shape.split(",")))
    assert raw.inputs.dtype == np.float32
    assert 0.0 <= raw.inputs.min() < raw.inputs.max() <= 1.0
    assert np.bincount(raw.targets).tolist() == [14, 13, 13]


@pytest.mark.parametrize(("shape", "rest"), [("20", (20,)), ("single", ()), ("2,3", (2, 3))])
def test_tokens_lie_below_the_vocabulary(shape: str, rest: tuple[int, ...]) -> None:
    raw = datasets.load(config(shape=shape, dtype="int64", vocabulary=7, samples=100))
    assert raw.inputs.dtype == np.int64
    assert raw.inputs.shape == (100, *rest)
    assert (raw.inputs.min(), raw.inputs.max()) == (0, 6)


@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_same_seed_gives_same_samples_and_another_seed_others(dtype: str) -> None:
    first, again, other = (
        datasets.load(config(shape="6,5", dtype=dtype, seed=seed)).inputs for seed in (3, 3, 4)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_nearest_mean_tells_the_classes_apart() -> None:
    data = prepare.prepare(config(shape="3,8,8", classes=5))
    train, targets = data.train.inputs.flatten(1), data.train.targets
    means = [train[targets == label].mean(0) for label in range(5)]
    distances = [(data.validation.inputs.flatten(1) - mean).norm(dim=1).tolist() for mean in means]
    assert np.mean(np.argmin(distances, axis=0) == data.validation.targets.numpy()) > 0.9


def test_tokens_stay_as_they_are() -> None:
    data = prepare.prepare(config(shape="9", dtype="int64", vocabulary=5))
    assert (data.mean, data.std) == ((), ())
    assert (int(data.train.inputs.min()), int(data.train.inputs.max())) == (0, 4)


def test_large_images_are_quick() -> None:
    datasets.load(config(shape="3,8,8"))
    start = time.process_time()
    datasets.load(config(shape="3,224,224", samples=64, classes=1000))
    assert time.process_time() - start < 2.0
