"""Every curve is torch's own, to 1e-6 at 200 points, and so is its slope."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.app.help.curves import FUNCTIONS, curve, derivative, evaluate
from studio.catalog.registry import get, layers
from studio.compiler.modules import call, make_module

VARIANTS: list[tuple[str, dict]] = [
    *((kind, {}) for kind in FUNCTIONS),
    ("LeakyReLU", {"negative_slope": 0.3}),
    ("PReLU", {"init": -0.5}),
    ("RReLU", {"lower": 0.1, "upper": 0.9}),
    ("ELU", {"alpha": 2.0}),
    ("CELU", {"alpha": 0.4}),
    ("GELU", {"approximate": "tanh"}),
    ("Hardtanh", {"min_val": -0.3, "max_val": 2.7}),
    ("Softplus", {"beta": 3.0, "threshold": 6.0}),
    ("Softshrink", {"lambd": 1.3}),
    ("Hardshrink", {"lambd": 1.3}),
    ("Threshold", {"threshold": -1.1, "value": 2.0}),
    ("Affine", {"scale": -2.0, "shift": 0.7}),
    ("Clamp", {"min": -1.2, "max": None}),
    ("Pow", {"exponent": 3.0}),
]
IDS = [f"{kind}-{'-'.join(map(str, given.values()))}".rstrip("-") for kind, given in VARIANTS]


def torch_says(kind: str, given: dict, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the layer's values and slopes, computed by torch in double precision."""
    spec = get(kind)
    values = spec.values(given)
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    module = make_module(spec, values).double().eval() if spec.call == "module" else None
    y = call(spec, values, [x.reshape(-1, 1)], module)
    y.sum().backward()
    assert x.grad is not None
    return y.detach().numpy().ravel(), x.grad.numpy()


@pytest.mark.parametrize(("kind", "given"), VARIANTS, ids=IDS)
def test_curve_is_torchs(kind: str, given: dict) -> None:
    points = np.linspace(-5.0, 5.0, 200)  # an even number: none of them is a bend
    y, slope = torch_says(kind, given, points)
    values = get(kind).values(given)
    ours = evaluate(kind, points, values)
    fine = np.isfinite(y)
    assert fine.any()
    np.testing.assert_array_equal(np.isfinite(ours), fine)
    np.testing.assert_allclose(ours[fine], y[fine], rtol=1e-6, atol=1e-6)
    ours = derivative(kind, points, values)
    fine &= np.isfinite(slope)
    np.testing.assert_allclose(ours[fine], slope[fine], rtol=1e-6, atol=1e-6)


def test_every_elementwise_activation_has_a_curve() -> None:
    of_several = {"GLU", "Softmax", "LogSoftmax", "Softmax2d", "Softmin"}
    activations = {kind for kind, spec in layers().items() if spec.family == "activation"}
    assert activations - set(FUNCTIONS) == of_several


def test_slope_is_left_out_where_the_curve_jumps() -> None:
    values = get("Threshold").values({"value": 2.0})
    assert np.isnan(derivative("Threshold", np.array([0.0]), values)).all()
    assert derivative("ReLU", np.array([-1.0, 1.0]), {}) == pytest.approx([0.0, 1.0])


def test_curve_takes_the_arguments_of_the_node() -> None:
    found = curve(get("LeakyReLU"), {"negative_slope": 0.5})
    assert found is not None
    assert found.y[0] == pytest.approx(-2.5)


def test_curve_passes_over_what_is_no_number() -> None:
    found = curve(get("LeakyReLU"), {"negative_slope": "=slope", "nonsense": 3})
    assert found is not None
    assert found.y[0] == pytest.approx(-0.05)


def test_layer_of_several_numbers_has_no_curve() -> None:
    assert curve(get("Softmax"), {}) is None
