"""What scikit-learn draws is taken over number for number, and options that do not go together are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import datasets as theirs

from studio.data import datasets, prepare
from studio.errors import DataError
from studio.project.config import DataConfig
from studio.project.generators import GENERATORS

CHANGED: dict[str, dict[str, Any]] = {
    "blobs": {"n_features": 5, "centers": 4, "cluster_std": 0.5},
    "classification": {
        "n_features": 12,
        "n_informative": 4,
        "n_redundant": 1,
        "n_repeated": 1,
        "n_classes": 3,
    },
    "gaussian_quantiles": {"cov": 2.0, "n_features": 4, "n_classes": 5},
    "hastie": {},
    "regression": {"n_features": 7, "n_informative": 3, "bias": 2.0, "noise": 0.5},
    "friedman1": {"n_features": 6, "noise": 0.3},
    "friedman2": {"noise": 3.0},
    "friedman3": {"noise": 0.1},
    "s_curve": {"noise": 0.1},
    "swiss_roll": {"noise": 0.1, "hole": True},
}


def config(key: str, **options: Any) -> DataConfig:
    return DataConfig.model_validate({"dataset": key, "options": {"samples": 120, "seed": 3, **options}})


@pytest.mark.parametrize("drawn", GENERATORS, ids=lambda drawn: drawn.key)
@pytest.mark.parametrize("is_default", [True, False], ids=["defaults", "options"])
def test_samples_are_those_of_scikit_learn(drawn: Any, is_default: bool) -> None:
    options = {} if is_default else CHANGED[drawn.key]
    found = datasets.load(config(drawn.key, **options))
    points, truth = getattr(theirs, drawn.function)(n_samples=120, random_state=3, **options)
    np.testing.assert_array_equal(found.inputs, points.astype(np.float32))
    expected = np.maximum(truth, 0) if drawn.key == "hastie" else truth
    np.testing.assert_array_equal(found.targets.ravel(), expected.astype(found.targets.dtype))


@pytest.mark.parametrize("drawn", GENERATORS, ids=lambda drawn: drawn.key)
def test_description_is_what_is_prepared(drawn: Any) -> None:
    chosen = config(drawn.key, **CHANGED[drawn.key])
    described, data = datasets.describe(chosen), prepare.prepare(chosen)
    assert (described.shape, described.classes) == (data.shape, data.classes)
    assert described.counts == (len(data.train), len(data.validation), len(data.test))
    assert data.train.inputs.shape[1:] == data.shape
    if data.classes:
        assert int(data.train.targets.max()) == len(data.classes) - 1


@pytest.mark.parametrize(
    ("key", "options", "message"),
    [
        ("classification", {"n_features": 3}, "are 4 together, and n_features is 3"),
        ("classification", {"n_informative": 1}, "4 clusters need more corners than the 2"),
        ("regression", {"n_features": 5}, "n_informative is 10, and n_features 5"),
        ("gaussian_quantiles", {"n_classes": 200}, "samples must be at least n_classes"),
        ("friedman1", {"n_features": 4}, "n_features must be at least 5"),
    ],
)
def test_options_that_do_not_go_together_are_told(key: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        datasets.describe(config(key, **options))
    with pytest.raises(DataError, match=message):
        prepare.prepare(config(key, **options))
