"""Rows are the weights themselves, and their correlation is NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from studio.errors import ProbeError
from studio.probes.weight_relations import MOST_WIDE, rows_of, weight_relations


def looked(layer: nn.Module, parameter: str = "") -> object:
    return weight_relations(nn.ModuleDict({"layer": layer}), "layer", parameter)


@pytest.mark.parametrize("layer", [nn.Linear(20, 8), nn.Conv2d(3, 8, 5), nn.Embedding(9, 4)])
def test_the_correlation_of_filters_is_numpys(layer: nn.Module) -> None:
    """Lecture row 125."""
    found = looked(layer)
    rows = layer.weight.detach().double().numpy().reshape(len(layer.weight), -1)
    np.testing.assert_allclose(found.correlation, np.corrcoef(rows))
    np.testing.assert_array_equal(found.values, rows)
    np.testing.assert_allclose(found.norms, np.linalg.norm(rows, axis=1))
    assert (found.parameter, found.total, found.width) == ("weight", len(rows), rows.shape[1])


@pytest.mark.parametrize("groups", [1, 2])
def test_transposed_convolutions_have_a_row_to_each_output(groups: int) -> None:
    layer = nn.ConvTranspose2d(4, 6, 3, groups=groups, bias=False)
    image = torch.randn(1, 4, 1, 1)
    rows = rows_of(layer, layer.weight).reshape(6, 4 // groups, 9)
    wanted = layer(image)[0].reshape(6, 9)
    inputs = image.reshape(groups, 4 // groups).repeat_interleave(6 // groups, dim=0)  # (O, I / G)
    torch.testing.assert_close((inputs[:, :, None] * rows).sum(1), wanted)


def test_copied_zeroed_and_broken_rows_are_told() -> None:
    layer = nn.Linear(30, 10)
    with torch.no_grad():
        layer.weight[4] = -2 * layer.weight[1]
        layer.weight[7] = 0.0
        layer.weight[8, 3] = torch.nan
    found = looked(layer)
    assert found.pairs.tolist() == [[1, 4]]
    np.testing.assert_allclose(found.pair_correlations, [-1.0])
    assert (found.num_pairs, found.num_constant, found.num_broken) == (1, 1, 1)
    assert np.isnan(found.correlation[[7, 8]]).all()


def test_each_parameter_of_a_layer_with_several_can_be_chosen() -> None:
    layer = nn.LSTM(3, 5)
    assert looked(layer).parameters == ("weight_ih_l0", "weight_hh_l0")
    assert looked(layer, "weight_hh_l0").shape == (20, 5)
    with pytest.raises(ProbeError, match=r'no parameter "bias"\. There are weight_ih_l0, weight_hh_l0'):
        looked(layer, "bias")


def test_of_many_rows_the_largest_and_of_long_ones_the_first_weights_are_shown() -> None:
    layer = nn.Linear(3000, 600)
    found = looked(layer)
    norms = layer.weight.detach().double().norm(dim=1).numpy()
    np.testing.assert_array_equal(found.units, np.sort(np.argsort(-norms)[:512]))
    assert (found.values.shape, found.width, found.total) == ((512, MOST_WIDE), 3000, 600)


@pytest.mark.parametrize("layer", [nn.ReLU(), nn.BatchNorm1d(4)])
def test_a_layer_without_weights_is_said(layer: nn.Module) -> None:
    with pytest.raises(ProbeError, match='"layer" has no weights to look at'):
        looked(layer)
