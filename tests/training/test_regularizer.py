"""λΩ by hand, against autograd and against finite differences."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from studio.compiler import lower
from studio.training.regularizer import Regularizer
from tests.helpers.drawing import draw


def network(**settings: Any) -> lower.Network:
    torch.manual_seed(0)
    return lower.build(
        draw(
            ("x", "VectorInput", {"features": 3}),
            ("fc", "Linear", "x", {"out_features": 2, **settings}),
            ("bn", "BatchNorm1d", "fc"),
        )
    )


def regularizer(found: lower.Network) -> Regularizer:
    return Regularizer(found.module.double(), found.penalties)


@pytest.mark.parametrize("settings", [{"l2": 0.3}, {"l1": 0.2}, {"l1": 0.2, "l2": 0.3}], ids=str)
@pytest.mark.parametrize("bias", [False, True])
def test_value_and_gradient_equal_the_formula_and_finite_differences(
    settings: dict[str, float], bias: bool
) -> None:
    found = network(**settings, regularize_bias=bias)
    omega, fc = regularizer(found), found.module.fc
    l1, l2 = settings.get("l1", 0.0), settings.get("l2", 0.0)
    parts = [fc.weight, fc.bias] if bias else [fc.weight]
    expected = sum(float((l1 * p.abs() + l2 * p**2).sum().detach()) for p in parts)
    assert float(omega.value().detach()) == pytest.approx(expected, rel=1e-12)
    omega.value().backward()
    weight = fc.weight.detach()
    assert torch.allclose(fc.weight.grad, 2 * l2 * weight + l1 * weight.sign(), atol=1e-15)
    assert (fc.bias.grad is not None) is bias
    step = 1e-6
    for index in range(weight.numel()):
        values = []
        for sign in (1, -1):
            weight.view(-1)[index] += sign * step
            values.append(float(omega.value().detach()))
            weight.view(-1)[index] -= sign * step
        slope = (values[0] - values[1]) / (2 * step)
        assert slope == pytest.approx(float(fc.weight.grad.view(-1)[index]), abs=1e-7)


def test_the_factor_of_2_against_torchs_weight_decay() -> None:
    found, decayed = network(l2=0.05), network()
    first = torch.optim.SGD([found.module.fc.weight], lr=0.1)
    second = torch.optim.SGD([decayed.module.fc.weight], lr=0.1, weight_decay=2 * 0.05)
    Regularizer(found.module, found.penalties).value().backward()
    decayed.module.fc.weight.grad = torch.zeros(2, 3)
    first.step()
    second.step()
    assert torch.allclose(found.module.fc.weight, decayed.module.fc.weight, atol=1e-7)


@pytest.mark.parametrize("settings", [{}, {"l2": 0.5, "frozen": True}], ids=["none", "frozen"])
def test_without_anything_to_hold_down_there_is_no_regularizer(settings: dict[str, Any]) -> None:
    assert not regularizer(network(**settings))


def test_only_the_layers_that_ask_for_it_are_regularized() -> None:
    assert [penalty.parameter for penalty in network(l1=0.1).penalties] == ["fc.weight"]


def learned(**settings: Any) -> lower.Network:
    return lower.build(
        draw(
            ("x", "VectorInput", {"features": 3}),
            ("shift", "Parameter", {"shape": (3,), **settings}),
            ("sum", "Add", "x shift"),
        )
    )


def test_a_learned_tensor_is_regularized_and_frozen_like_a_weight() -> None:
    assert [penalty.parameter for penalty in learned(l2=0.1).penalties] == ["shift"]
    frozen = learned(l2=0.1, frozen=True)
    assert not frozen.penalties
    assert not frozen.module.shift.requires_grad


def test_every_weight_of_a_recurrent_layer_counts_and_no_bias() -> None:
    found = lower.build(
        draw(
            ("x", "ImageInput", {"channels": 1, "height": 4, "width": 3}),
            ("seq", "Reshape", "x", {"shape": (4, 3)}),
            ("lstm", "LSTM", "seq", {"hidden_size": 5, "l2": 0.1}),
        )
    )
    assert [p.parameter for p in found.penalties] == ["lstm.weight_ih_l0", "lstm.weight_hh_l0"]
