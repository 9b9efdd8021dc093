"""Which units are silent, and which values are saturated, against what was planted."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from studio.compiler import lower
from studio.graph.graph import Graph
from studio.probes.activations import ActivationTap
from studio.probes.units import ENOUGH, SLOPES, Silence, zero_units
from tests.helpers.drawing import draw


@pytest.mark.parametrize(
    ("shape", "last"), [((8, 5), False), ((8, 5, 3), False), ((8, 3, 5), True), ((8, 5, 4, 4), False)]
)
def test_units_that_give_zero_are_found_and_no_others(shape: tuple[int, ...], last: bool) -> None:
    values = torch.rand(shape) + 0.1
    values.movedim(-1 if last else 1, 0)[[1, 4]] = 0.0
    values.movedim(-1 if last else 1, 0)[2, 0] = 0.0  # 0 in places only
    assert zero_units(values, last=last).tolist() == [False, True, False, False, True]


def test_a_unit_is_silent_after_enough_samples_and_no_more_once_it_speaks() -> None:
    silence, device = Silence(), torch.device("cpu")
    values = torch.ones(ENOUGH // 2, 4)
    values[:, 0] = 0.0
    silence.take(values, last=False)
    assert math.isnan(float(silence.share(device)))
    silence.take(values, last=False)
    assert float(silence.share(device)) == 0.25
    silence.take(torch.ones(1, 4), last=False)
    assert float(silence.share(device)) == 0.0


@pytest.mark.parametrize("kind", list(SLOPES))
def test_slopes_are_the_derivatives(kind: type[nn.Module]) -> None:
    layer = kind()
    inputs = torch.linspace(-6.0, 6.0, 997, dtype=torch.float64, requires_grad=True)
    output = layer(inputs)
    (expected,) = torch.autograd.grad(output.sum(), inputs)
    assert torch.allclose(SLOPES[kind](output.detach(), layer).double(), expected, atol=1e-12)


def saturating(kind: str) -> Graph:
    return draw(
        ("x", "VectorInput", {"features": 4}),
        ("fc", "Linear", "x", {"out_features": 10}),
        ("act", kind, "fc"),
    )


def test_saturated_share_is_where_the_derivative_is_below_a_hundredth() -> None:
    module = lower.compile(saturating("Sigmoid"))
    with torch.no_grad():
        module.get_parameter("fc.weight").mul_(20.0)
    tap = ActivationTap(module, ["act", "fc"], size=10**9)
    inputs = torch.randn(64, 4)
    output = tap.module(inputs)
    found = {one.node: one for one in tap.read("run-1", 1)}
    expected = float((output * (1 - output) < 0.01).float().mean())
    assert 0.2 < expected < 1.0
    assert found["act"].saturated == pytest.approx(expected)
    assert math.isnan(found["fc"].saturated)


def test_dead_relu_units_are_counted() -> None:
    module = lower.compile(saturating("ReLU"))
    with torch.no_grad():
        module.get_parameter("fc.bias")[:3] = -1e3
    tap = ActivationTap(module, ["act"])
    tap.module(torch.randn(ENOUGH, 4))
    assert tap.read("run-1", 1)[0].silent == pytest.approx(0.3)
