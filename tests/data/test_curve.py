"""Curves are the functions that their names say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from studio.data import datasets
from studio.project.config import DataConfig
from studio.project.curve_functions import FUNCTIONS
from studio.project.curves import FORMULAS

BY_HAND = {
    "waves": lambda x: math.sin(3 * math.pi * x) + math.cos(5 * math.pi * x) / 2,
    "sine": lambda x: math.sin(2 * math.pi * x),
    "bump": lambda x: math.exp(-20 * x * x),
    "absolute": abs,
    "step": lambda x: 1.0 if x > 0 else 0.0,
    "chirp": lambda x: math.sin(4 * math.pi * (x + 1) * (x + 1)),
}


def test_every_function_has_a_formula() -> None:
    assert list(FUNCTIONS) == list(FORMULAS) == list(BY_HAND)


@pytest.mark.parametrize("function", FORMULAS)
def test_noiseless_values_are_the_functions(function: str) -> None:
    raw = datasets.load(DataConfig(dataset="curve", options={"function": function, "samples": 50}))
    assert raw.inputs.shape == raw.targets.shape == (50, 1)
    assert np.abs(raw.inputs).max() <= 1.0
    wanted = [BY_HAND[function](x) for x in raw.inputs[:, 0].tolist()]
    assert raw.targets[:, 0].tolist() == pytest.approx(wanted, abs=1e-5)


def test_noise_has_its_standard_deviation() -> None:
    plain, noisy = (
        datasets.load(DataConfig(dataset="curve", options={"noise": noise, "samples": 20_000})).targets
        for noise in (0.0, 0.3)
    )
    assert float((noisy - plain).std()) == pytest.approx(0.3, rel=0.02)
