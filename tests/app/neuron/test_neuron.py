"""The neuron's numbers are those of the hand and of torch. Rows 15 to 17 and 25 to 31 of the lecture."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from studio.app.neuron.neuron import ACTIVATIONS, BY_KIND, Activation, Neuron

KINDS = [activation.kind for activation in ACTIVATIONS]
A = np.linspace(-6.0, 6.0, 1201)


def layer(activation: Activation) -> torch.nn.Module:
    made = getattr(torch.nn, activation.kind)(**activation.given)
    assert isinstance(made, torch.nn.Module)
    return made.double()


@pytest.mark.parametrize("kind", KINDS)
def test_g_and_its_slope_are_torchs(kind: str) -> None:
    a = torch.from_numpy(A).requires_grad_()
    h = layer(BY_KIND[kind])(a)
    (slope,) = torch.autograd.grad(h.sum(), a)
    neuron = Neuron(kind=kind)
    assert neuron.g(A) == pytest.approx(h.detach().numpy(), abs=1e-14)
    assert neuron.g_slope(A) == pytest.approx(slope.numpy(), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_plotted_range_is_within_the_one_that_is_stated(kind: str) -> None:
    """Lecture row 17: the range is determined by g."""
    axis = np.linspace(-3.0, 3.0, 61)
    _, h = Neuron(3.0, -2.0, 1.0, kind).surface(axis, axis)
    activation = BY_KIND[kind]
    assert activation.low <= h.min() < h.max() <= activation.high
    if math.isfinite(activation.low):
        far = float(Neuron(kind=kind).g(np.array([-50.0]))[0])
        assert far == pytest.approx(activation.low, abs=1e-12)


def test_values_equal_the_hand_computation() -> None:
    """Lecture row 15."""
    neuron = Neuron(0.1, -0.7, 0.3, "Tanh")
    a, h, slope = neuron.at(2.0, 0.5)
    assert a == 0.3 + 0.1 * 2.0 + -0.7 * 0.5
    assert h == pytest.approx(math.tanh(a), rel=1e-15)
    assert slope == pytest.approx(1.0 - math.tanh(a) ** 2, rel=1e-15)


def test_the_bias_shifts_the_ridge_along_w() -> None:
    """Lecture row 16: surface(b + δ) is surface(b), moved by −δ/‖w‖ along w."""
    w = np.array([3.0, 4.0])
    shift = -2.0 / 5.0 * (w / 5.0)
    before, after = Neuron(*w, 1.0, "Sigmoid"), Neuron(*w, 3.0, "Sigmoid")
    places = np.random.default_rng(0).normal(size=(50, 2))
    moved = [after.at(*(place + shift))[1] for place in places]
    assert moved == pytest.approx([before.at(*place)[1] for place in places], abs=1e-12)
    assert after.distance == pytest.approx((before.distance or 0.0) - 2.0 / 5.0)


def test_sigmoid_is_positive_bounded_and_strictly_increasing() -> None:
    """Lecture row 25, with g′ = g(1 − g)."""
    neuron = Neuron(kind="Sigmoid")
    g = neuron.g(A)
    assert ((g > 0) & (g < 1)).all()
    assert (np.diff(g) > 0).all()
    assert neuron.g_slope(A) == pytest.approx(g * (1 - g), abs=1e-15)


def test_both_formulas_of_tanh_are_the_same() -> None:
    """Lecture row 26: to 1e-14."""
    g = Neuron(kind="Tanh").g(A)
    first = (np.exp(A) - np.exp(-A)) / (np.exp(A) + np.exp(-A))
    second = (np.exp(2 * A) - 1) / (np.exp(2 * A) + 1)
    assert np.abs(first - g).max() < 1e-14
    assert np.abs(second - g).max() < 1e-14


def test_relu_is_not_strictly_increasing_and_says_so() -> None:
    """Lecture rows 27 and 28."""
    g = Neuron(kind="ReLU").g(A)
    assert (np.diff(g) >= 0).all()
    assert not (np.diff(g) > 0).all()
    assert (g[A < 0] == 0).all()
    assert BY_KIND["ReLU"].growth == "non-decreasing, and not strictly increasing"
    assert BY_KIND["ReLU"].range_text == "[0, ∞)"


@pytest.mark.parametrize(("slope", "kind"), [(0.0, "ReLU"), (1.0, "Identity")])
def test_prelu_is_relu_or_linear_at_its_ends(slope: float, kind: str) -> None:
    """Lecture row 31."""
    assert np.array_equal(Neuron(kind="PReLU", slope=slope).g(A), Neuron(kind=kind).g(A))


def test_corners_are_counted() -> None:
    """Lecture row 32: AND and OR by hand; no neuron of a fine grid gets XOR."""
    assert Neuron(1.0, 1.0, -1.5).right_corners("and") == 4
    assert Neuron(1.0, 1.0, -0.5).right_corners("or") == 4
    grid = np.arange(-2.0, 2.01, 0.25)
    best = max(Neuron(w1, w2, b).right_corners("xor") for w1 in grid for w2 in grid for b in grid)
    assert best == 3


def test_without_weights_there_is_no_line() -> None:
    assert Neuron(0.0, 0.0, 1.0).distance is None
