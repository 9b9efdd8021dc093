"""scikit-learn's small tables are its own, number for number, and what the list says of them is true."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets

from studio.data import bundled, datasets, prepare
from studio.project.config import DataConfig

NAMES = sorted(bundled.SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_targets_are_the_librarys(name: str) -> None:
    found = getattr(sklearn_datasets, f"load_{name}")()
    raw = datasets.load(DataConfig(dataset=name))
    np.testing.assert_array_equal(raw.inputs, found.data.astype(np.float32))
    np.testing.assert_array_equal(raw.targets.ravel(), found.target.astype(raw.targets.dtype))


@pytest.mark.parametrize("name", NAMES)
def test_description_is_true(name: str) -> None:
    found = getattr(sklearn_datasets, f"load_{name}")()
    described = datasets.describe(DataConfig(dataset=name))
    assert described.shape == found.data.shape[1:]
    assert sum(described.counts) == len(found.data)
    assert len(described.classes) == len(getattr(found, "target_names", ()))


def test_progression_of_diabetes_is_a_value() -> None:
    data = prepare.prepare(DataConfig(dataset="diabetes"))
    assert (data.classes, tuple(data.train.targets.shape[1:])) == ((), (1,))
    assert float(data.train.targets.max()) > 300


def test_features_have_the_names_of_the_library() -> None:
    names = datasets.features_of(DataConfig(dataset="wine"))
    assert names[:2] == ("alcohol", "malic_acid")
    assert len(names) == 13
    assert datasets.features_of(DataConfig(dataset="digits")) == ()
