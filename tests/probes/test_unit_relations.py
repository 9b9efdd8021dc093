"""Correlations equal NumPy's; planted dead and copied units are all found, and no others."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from studio.probes.unit_relations import relations
from studio.probes.unit_values import unit_values
from studio.runs.insights import UnitsFound

ZEROED = [3, 5, 8, 13, 21, 22, 34, 40, 55, 63]
COPIED = {1: 0, 7: 6, 30: 29, 47: 2, 60: 59}


def looked(output: Tensor) -> UnitsFound:
    return relations(unit_values(lambda: output.split(16)))


def planted() -> Tensor:
    """The output of a layer of 64 tanh units with 10 that were zeroed and 5 that were copied."""
    torch.manual_seed(0)
    layer = nn.Linear(32, 64)
    with torch.no_grad():
        layer.weight[ZEROED], layer.bias[ZEROED] = 0.0, 0.0
        for copy, original in COPIED.items():
            layer.weight[copy], layer.bias[copy] = layer.weight[original], layer.bias[original]
        return torch.tanh(layer(torch.randn(256, 32)))


def test_planted_units_are_all_listed_and_no_others() -> None:
    """Lecture row 126."""
    found = looked(planted())
    assert found.constant.tolist() == ZEROED
    assert (found.num_constant, found.num_zero, found.num_broken) == (10, 10, 0)
    wanted = {tuple(sorted(pair)) for pair in COPIED.items()}
    assert {tuple(pair) for pair in found.pairs.tolist()} == wanted
    assert found.num_pairs == 5


def test_the_correlation_is_numpys() -> None:
    """Lecture row 123."""
    output = planted()
    found = looked(output)
    varies = np.setdiff1d(np.arange(64), ZEROED)
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted = np.corrcoef(output.double().numpy()[:, varies].T)
    np.testing.assert_allclose(found.correlation[np.ix_(varies, varies)], wanted, atol=1e-9)
    assert np.isnan(found.correlation[ZEROED]).all()
    np.testing.assert_allclose(found.variances, output.double().numpy().var(0, ddof=1), rtol=1e-4, atol=1e-12)


def test_opposite_units_say_the_same() -> None:
    first = torch.randn(20, 1)
    found = looked(torch.cat([first, -first, torch.randn(20, 1)], dim=1))
    assert found.pairs.tolist() == [[0, 1]]
    np.testing.assert_allclose(found.pair_correlations, [-1.0])


def test_a_unit_that_is_stuck_at_a_value_ignores_the_input_too() -> None:
    found = looked(torch.cat([torch.full((20, 1), 0.5), torch.randn(20, 2)], dim=1))
    assert (found.constant.tolist(), found.constant_values.tolist()) == ([0], [0.5])
    assert (found.num_constant, found.num_zero) == (1, 0)


def test_one_sample_and_one_unit_have_no_correlation() -> None:
    assert np.isnan(looked(torch.randn(1, 3)).correlation).all()
    assert np.isnan(looked(torch.randn(9, 1)).mean_correlation)


def test_broken_units_are_named_and_spoil_no_other() -> None:
    output = planted()
    output[7, 0] = torch.nan
    found = looked(output)
    assert (found.broken.tolist(), found.num_broken) == ([0], 1)
    assert found.num_pairs == 4
    assert np.isnan(found.correlation[0]).all()
    assert np.isfinite(found.correlation[1, 2])
