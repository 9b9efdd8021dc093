"""Finite differences against derivatives that are known, wrong ones, and kinks."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from studio.training.gradcheck.differences import compare


class HalfSquare(torch.autograd.Function):
    """x², whose backward pass forgets the 2."""

    @staticmethod
    def forward(context, values):
        context.save_for_backward(values)
        return values.square()

    @staticmethod
    def backward(context, gradient):
        (values,) = context.saved_tensors
        return gradient * values


def leaf(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


def test_a_smooth_function_is_met_to_ten_digits() -> None:
    x = leaf(0.3, -1.2, 2.0)
    (found,) = compare(lambda: (x.sin() * x.exp()).sum(), {"x": x})
    assert found.verdict == "right"
    assert found.error < 1e-10
    assert (found.checked, found.total, found.shape) == (3, 3, (3,))


def test_values_are_put_back_bit_by_bit() -> None:
    x = leaf(0.1, 1e-9, -7.7)
    before = x.detach().clone()
    compare(lambda: x.square().sum(), {"x": x})
    assert torch.equal(x.detach(), before)


def test_a_wrong_backward_pass_is_found() -> None:
    x, y = leaf(0.5, 1.5), leaf(2.0)
    wrong, right = compare(lambda: (HalfSquare.apply(x) * y).sum(), {"x": x, "y": y})
    assert (wrong.verdict, right.verdict) == ("wrong", "right")
    assert wrong.error == pytest.approx(0.5, rel=1e-6)
    assert wrong.worst == pytest.approx(3.0, rel=1e-6)


def test_a_factor_that_is_wrong_by_a_hundred_thousandth_is_found() -> None:
    class Scaled(HalfSquare):
        @staticmethod
        def backward(context, gradient):
            return 2.00002 * HalfSquare.backward(context, gradient)

    x = leaf(0.7, 1.3)
    (found,) = compare(lambda: Scaled.apply(x).sum(), {"x": x})
    assert found.verdict == "wrong"
    assert found.error == pytest.approx(1e-5, rel=1e-2)


def test_a_kink_is_told_from_an_error() -> None:
    x = leaf(0.0, 1.0, -1.0)
    (found,) = compare(lambda: functional.relu(x).sum(), {"x": x})
    assert (found.verdict, found.kinks, found.checked) == ("right", 1, 2)


def test_near_a_kink_a_smaller_step_is_taken() -> None:
    x = leaf(5e-4, -2e-5)
    (found,) = compare(lambda: (3 * functional.relu(x)).sum(), {"x": x})
    assert (found.verdict, found.kinks) == ("right", 0)


def test_what_nothing_depends_on_is_unused() -> None:
    x, y = leaf(1.0), leaf(2.0)
    found = {one.name: one.verdict for one in compare(lambda: x.square().sum(), {"x": x, "y": y})}
    assert found == {"x": "right", "y": "unused"}


def test_of_a_large_tensor_some_coordinates_are_chosen_by_the_seed() -> None:
    x = torch.linspace(-1, 1, 10_000, dtype=torch.float64).requires_grad_()
    seen: list[int] = []
    (found,) = compare(lambda: x.cos().sum(), {"x": x}, coordinates=7, report=seen.append)
    assert (found.checked, found.total, seen) == (7, 10_000, list(range(1, 8)))


def test_no_numbers_are_wrong() -> None:
    x = leaf(-1.0)
    (found,) = compare(lambda: x.sqrt().sum(), {"x": x})
    assert found.verdict == "wrong"
    assert math.isnan(found.error)


def test_a_gradient_below_rounding_is_too_small_to_tell() -> None:
    x = leaf(0.4, 1.1)
    (found,) = compare(lambda: 3.0 + 1e-9 * x.sin().sum(), {"x": x})
    assert found.verdict == "tiny"
    (found,) = compare(lambda: 1e-9 * x.sin().sum(), {"x": x})  # as small, but so is the rounding
    assert found.verdict == "right"


def test_a_small_gradient_that_is_wrong_by_more_than_rounding_is_found() -> None:
    x = leaf(0.4, 1.1)
    (found,) = compare(lambda: 3.0 + 1e-8 * HalfSquare.apply(x).sum(), {"x": x})
    assert found.verdict == "wrong"


def test_rounding_inside_the_function_counts_though_its_value_is_small() -> None:
    x = leaf(0.4, 1.1)
    (found,) = compare(lambda: (x.sum() + 1e8 - 1e8) * 1e-4 - 1.5e-4, {"x": x})
    assert found.verdict == "tiny"


def test_a_kink_beside_a_large_value_is_told_from_rounding() -> None:
    x, y = leaf(0.0, 0.7), leaf(0.5)
    kink, wrong = compare(
        lambda: 1e5 + functional.relu(x).sum() + HalfSquare.apply(y).sum(), {"x": x, "y": y}
    )
    assert (kink.kinks, kink.checked) == (1, 1)
    assert wrong.verdict == "wrong"
