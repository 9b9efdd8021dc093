"""What live probes make of tensors that are empty, constant, broken, huge, or no measurements at all."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.probes.activations import ActivationTap, Sampler
from studio.probes.counting import count_all, sample_of
from studio.probes.parameters import ParameterTap

TENSORS = {
    "empty batch": torch.zeros(0, 3, 4, 4),
    "empty units": torch.zeros(4, 0),
    "constant": torch.full((4, 3), 2.5),
    "nan": torch.full((4, 3), math.nan),
    "infinite": torch.full((4, 3), math.inf),
    "half nan": torch.tensor([[math.nan, 1.0], [2.0, math.inf]]),
    "integers": torch.arange(12).reshape(4, 3),
    "truth": torch.tensor([[True, False], [False, True]]),
    "complex": torch.complex(torch.ones(4, 3), torch.ones(4, 3)),
    "half precision": torch.ones(4, 3, dtype=torch.bfloat16),
    "a number": torch.tensor(3.0),
    "a million units": torch.ones(2, 1_000_000),
    "five dimensions": torch.ones(2, 3, 4, 5, 6),
}


@pytest.mark.parametrize("name", list(TENSORS))
def test_a_sampler_takes_anything_without_a_word(name: str) -> None:
    sampler = Sampler()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler(TENSORS[name])
        sample = sampler.sample
        assert sample is not None
        finite = sample[torch.isfinite(sample)]
        if finite.numel():
            (found,), more = count_all([finite], sampler.more(finite)[None])
            assert found.counts.sum() == finite.numel()
            assert math.isfinite(found.mean)
            assert more.shape == (1, 3)


def test_of_a_million_units_a_few_thousand_values_are_taken() -> None:
    assert 4_000 <= sample_of(TENSORS["a million units"]).numel() <= 20_000


def test_a_batch_of_nan_gives_no_histogram_and_does_no_harm() -> None:
    module = lower.compile(zoo.build("mlp", input_shape=(1, 4, 4), hidden=(8,)))
    tap = ActivationTap(module, ["fc1", "relu1"])
    tap.module(torch.full((4, 1, 4, 4), math.nan))
    assert tap.read("run-1", 1) == []
    tap.module(torch.randn(4, 1, 4, 4))
    assert [found.node for found in tap.read("run-1", 2)] == ["fc1", "relu1"]


def test_nodes_that_are_gone_or_were_renamed_are_left_out() -> None:
    module = lower.compile(zoo.build("mlp", input_shape=(1, 4, 4), hidden=(8,)))
    assert ActivationTap(module, ["fc1", "gone", "relu9", ""]).nodes == ("fc1",)
    assert ParameterTap(module).histograms(["gone", "", "flatten"], "run-1", 1) == []


def test_gradients_that_are_no_numbers_are_told_as_such() -> None:
    module = lower.compile(zoo.build("mlp", input_shape=(1, 4, 4), hidden=(8,)))
    tap = ParameterTap(module)
    tap.start()
    module(torch.full((4, 1, 4, 4), math.inf)).sum().backward()
    found = tap.norms("run-1", 1)
    assert found is not None
    assert np.isinf(found.gradients).any()
    assert not np.isnan(found.gradients).any()
    assert np.isfinite(found.weights).all()
