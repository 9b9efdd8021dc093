"""The four lines of batch normalization are those of NumPy, and the layer's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from studio.training.stepping.seen import batch_norm_lines


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(("kind", "shape"), [(nn.BatchNorm1d, (6, 3)), (nn.BatchNorm2d, (6, 3, 4, 5))])
def test_lines_are_those_of_algorithm_1(kind: type[nn.Module], shape: tuple[int, ...], affine: bool) -> None:
    torch.manual_seed(0)
    layer, x = kind(3, affine=affine), torch.randn(shape) * 3 + 1
    if affine:
        nn.init.normal_(layer.weight)
        nn.init.normal_(layer.bias)
    mean, variance, normalized, scaled = batch_norm_lines(layer, x).values()
    values = x.double().numpy()
    around = tuple(place for place in range(x.ndim) if place != 1)
    assert np.allclose(mean, values.mean(around), atol=1e-5)
    assert np.allclose(variance, values.var(around), rtol=1e-5)
    wide = values.mean(around, keepdims=True), values.var(around, keepdims=True)
    assert np.allclose(normalized, (values - wide[0]) / np.sqrt(wide[1] + layer.eps), atol=1e-5)
    assert torch.allclose(scaled, layer(x), atol=1e-5)
