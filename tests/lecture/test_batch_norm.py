"""Group K of the lecture: batch normalization as the catalog has it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio.compiler import lower
from tests.helpers.drawing import draw


def norm(features: int = 3) -> nn.Module:
    """Return BatchNorm1d as a design has it, in float64."""
    graph = draw(("x", "VectorInput", {"features": features}), ("bn", "BatchNorm1d", "x"))
    return lower.compile(graph).double().bn


def batch(*shape: int) -> Tensor:
    return 3.0 * torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 1.0


def test_algorithm_1_line_by_line() -> None:
    """Lecture rows 92, 94, 97 and 108: the variance is the biased one; two parameters a unit."""
    layer, values = norm(), batch(8, 3)
    x = values.numpy()
    mean = x.mean(0)
    variance = ((x - mean) ** 2).mean(0)
    scaled = (x - mean) / np.sqrt(variance + layer.eps)
    expected = layer.weight.detach().numpy() * scaled + layer.bias.detach().numpy()
    assert layer(values).detach().numpy() == pytest.approx(expected, abs=1e-12)
    assert sum(value.numel() for value in layer.parameters()) == 2 * 3


def test_the_gradient_takes_the_normalization_into_account() -> None:
    """Lecture row 95: the full gradient of a feature adds up to 0 over a batch, a truncated one does not."""
    values = batch(8, 3).requires_grad_()
    weights = batch(8, 3).cos()
    (full,) = torch.autograd.grad((norm()(values) * weights).sum(), values)
    scaled = (values - values.mean(0).detach()) / values.std(0, unbiased=False).detach()
    (truncated,) = torch.autograd.grad((scaled * weights).sum(), values)
    assert float(full.sum(0).abs().max()) < 1e-12
    assert float(truncated.sum(0).abs().min()) > 1e-3


def test_scale_and_shift_can_undo_it() -> None:
    """Lecture row 98."""
    layer, values = norm(), batch(8, 3)
    layer.weight.data.copy_((values.var(0, unbiased=False) + layer.eps).sqrt())
    layer.bias.data.copy_(values.mean(0))
    assert torch.allclose(layer(values), values, atol=1e-12)


def test_running_statistics_take_the_unbiased_variance() -> None:
    """Lecture row 112: (1 - m) · old + m · new."""
    layer, values = norm(), batch(8, 3)
    layer(values)
    assert torch.allclose(layer.running_mean, 0.1 * values.mean(0), atol=1e-12)
    assert torch.allclose(layer.running_var, 0.9 + 0.1 * values.var(0), atol=1e-12)


def test_evaluation_looks_at_no_other_sample_and_gives_the_same_again() -> None:
    """Lecture rows 96 and 110."""
    layer, values = norm(), batch(8, 3)
    layer(values)
    layer.eval()
    assert torch.equal(layer(values)[:1], layer(values[:1]))
    assert torch.equal(layer(values), layer(values))


def test_maps_are_normalized_over_samples_and_places() -> None:
    """Lecture rows 103 and 109."""
    graph = draw(("x", "ImageInput", {"channels": 2, "height": 4, "width": 5}), ("bn", "BatchNorm2d", "x"))
    out = lower.compile(graph).double()(batch(6, 2, 4, 5)).detach()
    assert torch.allclose(out.mean((0, 2, 3)), torch.zeros(2, dtype=torch.float64), atol=1e-12)
    assert torch.allclose(out.var((0, 2, 3), unbiased=False), torch.ones(2, dtype=torch.float64), atol=1e-4)


def test_fewer_samples_than_features_have_a_singular_covariance() -> None:
    """Lecture row 107: so whitening by a mini-batch is no choice."""
    assert int(torch.linalg.matrix_rank(torch.cov(batch(5, 12).T))) == 4


def test_the_statistics_of_one_sample_lose_its_scale() -> None:
    """Lecture row 102: LayerNorm(c x) = LayerNorm(x) for c > 0."""
    graph = draw(("x", "VectorInput", {"features": 6}), ("ln", "LayerNorm", "x", {"eps": 1e-12}))
    layer, values = lower.compile(graph).double(), batch(4, 6)
    assert torch.allclose(layer(7.0 * values), layer(values), atol=1e-9)


def test_a_sigmoid_is_nearly_linear_where_its_input_is_normalized() -> None:
    """Lecture row 105: a line fitted over N(0, 1) explains 98.4 %."""
    values = np.random.default_rng(0).standard_normal(200_000)
    r = np.corrcoef(values, 1.0 / (1.0 + np.exp(-values)))[0, 1]
    assert r**2 == pytest.approx(0.984, abs=0.002)


def saturated(*, normalized: bool) -> float:
    """Return the share of sigmoid units with a slope below 0.01, for inputs of a large scale."""
    lines = [("x", "VectorInput", {"features": 20}), ("fc", "Linear", "x", {"out_features": 50})]
    lines += [("bn", "BatchNorm1d", "fc")] if normalized else []
    graph = draw(*lines, ("act", "Sigmoid", "bn" if normalized else "fc"))
    torch.manual_seed(0)
    out = lower.compile(graph)(20.0 * torch.randn(256, 20)).detach()
    return float((out * (1.0 - out) < 0.01).float().mean())


def test_it_keeps_units_out_of_saturation() -> None:
    """Lecture row 99."""
    assert saturated(normalized=True) < 0.01 < 0.3 < saturated(normalized=False)
