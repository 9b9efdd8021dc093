"""What units give is gathered in batches as NumPy has it of the whole, and what is no number stands apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.errors import ProbeError
from studio.probes.unit_values import UnitValues, by_unit, unit_values


def found(output: Tensor, batch: int = 7, **how: object) -> UnitValues:
    return unit_values(lambda: output.split(batch), **how)  # type: ignore[arg-type]


def maps() -> Tensor:
    torch.manual_seed(0)
    return torch.relu(torch.randn(30, 5, 4, 3))


def test_values_and_sums_over_batches_equal_numpy_of_the_whole() -> None:
    output = maps()
    one, whole = found(output), output.double().numpy()
    means = whole.mean((2, 3))
    np.testing.assert_allclose(one.values, means.T, rtol=1e-5)
    np.testing.assert_allclose(one.variances, means.var(0, ddof=1), rtol=1e-5)
    np.testing.assert_allclose(one.zeros, (whole == 0).mean((0, 2, 3)))
    assert one.active == (whole != 0).any((2, 3)).sum(1).mean()


def test_the_largest_over_positions_is_a_choice() -> None:
    output = maps()
    np.testing.assert_array_equal(found(output, reduction="max").values, output.amax((2, 3)).T)


def test_units_may_be_last() -> None:
    output = torch.randn(6, 9, 4)
    np.testing.assert_allclose(found(output, last=True).values, output.mean(1).T, rtol=1e-5, atol=1e-7)


def test_a_flat_share_is_counted_of_saturating_units_only() -> None:
    output = torch.tensor([[0.0, 0.999], [0.5, -0.9999], [0.1, 0.2]])
    one = found(output, slope=lambda values: 1 - values.square())
    np.testing.assert_allclose(one.flat, [0, 2 / 3])
    assert np.isnan(found(output).flat).all()


def test_of_very_many_units_those_that_vary_the_most_are_kept() -> None:
    torch.manual_seed(1)
    output = torch.randn(20, 3000) * torch.linspace(0, 1, 3000)
    one = found(output, most=512)
    wanted = np.sort(np.argsort(output.numpy().var(0))[-512:])
    np.testing.assert_array_equal(one.units, wanted)
    np.testing.assert_array_equal(one.values, output.numpy().T[wanted])
    assert len(one.variances) == 3000


def test_a_million_units_are_looked_at() -> None:
    output = torch.zeros(3, 1_000_000)
    output[:, 123_456] = torch.tensor([1.0, 2.0, 4.0])
    one = found(output, batch=1)
    assert one.values.shape == (512, 3)
    assert 123_456 in one.units
    assert np.count_nonzero(~one.constant) == 1


def test_nan_and_infinity_belong_to_their_units_alone() -> None:
    output = torch.randn(10, 4)
    output[3, 1], output[4, 2] = torch.nan, torch.inf
    one = found(output)
    np.testing.assert_array_equal(one.finite, [True, False, False, True])
    np.testing.assert_array_equal(np.isnan(one.variances), [False, True, True, False])
    assert np.isnan(one.values[1, 3])
    assert not one.constant.any()


def test_what_sums_round_differently_is_still_constant() -> None:
    output = torch.full((50, 2), 0.1) + torch.tensor([1e-8, 0.0]) * torch.randn(50, 1)
    np.testing.assert_array_equal(found(output).constant, [True, True])


@pytest.mark.parametrize(
    ("output", "shape"),
    [
        (torch.arange(6), (6, 1, 1)),
        (torch.ones(2, 3, dtype=torch.int64), (2, 3, 1)),
        (torch.ones(2, 3, 4, dtype=torch.complex64) * 1j, (2, 3, 4)),
        (torch.ones(2, 3, 4, 5, 6), (2, 3, 120)),
    ],
)
def test_all_kinds_of_outputs_have_units(output: Tensor, shape: tuple[int, ...]) -> None:
    grid = by_unit(output, last=False)
    assert (grid.shape, grid.dtype) == (shape, torch.float32)


def test_one_sample_has_no_variance() -> None:
    np.testing.assert_array_equal(found(torch.randn(1, 3)).variances, [0, 0, 0])


def test_nothing_is_said_to_be_nothing() -> None:
    with pytest.raises(ProbeError, match="no samples"):
        unit_values(lambda: ())
    with pytest.raises(ProbeError, match=r"gives nothing: its output is \(4, 0\)"):
        found(torch.zeros(4, 0))
