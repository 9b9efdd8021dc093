"""The toy sets are what their names say, and the same for the same seed."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from studio.data import datasets
from studio.data.toys import TOYS
from studio.project.config import DataConfig
from studio.project.logic import TABLES


@pytest.mark.parametrize("key", TOYS)
def test_toy_set_is_float32_rows_with_both_classes(key: str) -> None:
    raw = datasets.load(DataConfig(dataset=key, options={"samples": 200}))
    assert raw.inputs.shape == (200, 2)
    assert raw.inputs.dtype == np.float32
    assert raw.targets.dtype == np.int64
    assert np.bincount(raw.targets, minlength=2).min() > 60


@pytest.mark.parametrize("key", TOYS)
def test_same_seed_gives_same_points_and_another_seed_others(key: str) -> None:
    first, again, other = (
        datasets.load(DataConfig(dataset=key, options={"seed": seed})).inputs for seed in (3, 3, 4)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_noiseless_circles_have_their_radii() -> None:
    raw = datasets.load(DataConfig(dataset="circles", options={"noise": 0.0, "factor": 0.3}))
    radii = np.linalg.norm(raw.inputs, axis=1)
    assert radii[raw.targets == 0] == pytest.approx(1.0, abs=1e-6)
    assert radii[raw.targets == 1] == pytest.approx(0.3, abs=1e-6)


def test_noiseless_xor_is_the_sign_rule() -> None:
    raw = datasets.load(DataConfig(dataset="xor", options={"noise": 0.0}))
    assert np.array_equal(raw.targets == 1, raw.inputs[:, 0] * raw.inputs[:, 1] < 0)


def test_noiseless_spirals_lie_on_their_arms() -> None:
    raw = datasets.load(DataConfig(dataset="spirals", options={"noise": 0.0, "turns": 2.0}))
    radius = np.linalg.norm(raw.inputs, axis=1)
    angle = 2 * np.pi * (2.0 * radius + raw.targets / 2)
    expected = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert raw.inputs == pytest.approx(expected, abs=1e-4)


def test_xor_points_of_seed_0_are_those_of_every_machine() -> None:
    raw = datasets.load(DataConfig(dataset="xor", options={"noise": 0.0}))
    assert raw.inputs[0].tolist() == pytest.approx([0.27392337, -0.46042657], abs=1e-6)


@pytest.mark.parametrize("function", TABLES)
def test_noiseless_truth_tables_are_pythons(function: str) -> None:
    raw = datasets.load(DataConfig(dataset="logic", options={"function": function, "noise": 0.0}))
    says = {
        "and": operator.and_,
        "or": operator.or_,
        "xor": operator.xor,
        "nand": lambda a, b: 1 - (a & b),
        "nor": lambda a, b: 1 - (a | b),
        "xnor": operator.eq,
    }[function]
    corners = raw.inputs.astype(int).tolist()
    assert raw.targets.tolist() == [int(says(a, b)) for a, b in corners]
    assert all(corners.count([a, b]) == 250 for a in (0, 1) for b in (0, 1))
