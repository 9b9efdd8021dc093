"""The weights of a layer as a picture, and the correlation of its filters or rows."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvTransposeNd

from studio.errors import ProbeError
from studio.probes.unit_relations import MOST_NAMED, duplicates, mean_size, unit_correlation
from studio.probes.unit_values import MOST_UNITS, real
from studio.runs.insights import WeightsFound

MOST_WIDE = 2048
"""Weights shown of a row; its norm and its correlations are of all."""


def weight_relations(module: nn.Module, name: str, parameter: str = "") -> WeightsFound:
    """Return a node's weights, a row to each unit, and how the rows go together.

    Args:
        module: The network with its blocks opened.
        name: Of the drawn node, dotted inside blocks.
        parameter: Which of the node's parameters; empty: the first.

    Raises:
        ProbeError: The node has no weights, or no such parameter.
    """
    layer = dict(module.named_modules(remove_duplicate=False)).get(name)
    own = {} if layer is None else {key: one for key, one in layer.named_parameters() if one.dim() > 1}
    if layer is None or not own:
        raise ProbeError(f'"{name}" has no weights to look at. Choose a convolution or a linear layer.')
    chosen = parameter or next(iter(own))
    if chosen not in own:
        raise ProbeError(f'"{name}" has no parameter "{chosen}". There are {", ".join(own)}.')
    rows = real(rows_of(layer, own[chosen])).cpu()
    norms = torch.linalg.vector_norm(rows, dim=1, dtype=torch.float64).numpy()
    ranked = np.argsort(-np.nan_to_num(norms, nan=-1.0), kind="stable")[:MOST_UNITS]
    units = np.sort(ranked)
    shown = rows[units].double().numpy()
    finite = np.isfinite(shown).all(1)
    constant = finite & (np.ptp(np.where(finite[:, None], shown, 0.0), axis=1) == 0.0)
    correlation = unit_correlation(shown, finite & ~constant)
    pairs = duplicates(correlation)
    return WeightsFound(
        chosen,
        tuple(own),
        tuple(own[chosen].shape),
        len(rows),
        units,
        shown[:, :MOST_WIDE].astype(np.float32),
        rows.shape[1],
        norms[units],
        correlation,
        units[pairs.units[:MOST_NAMED]],
        pairs.correlations[:MOST_NAMED],
        len(pairs.units),
        int(np.count_nonzero(constant)),
        int(np.count_nonzero(~finite)),
        mean_size(correlation),
    )


def rows_of(layer: nn.Module, weight: Tensor) -> Tensor:
    """Return the weights with a row to each unit; what torch has the other way round is turned.

    Shape:
        weight: (O, *), of a transposed convolution (I, O / groups, *)
        returns: (O, F)
    """
    weight = weight.detach()
    if isinstance(layer, _ConvTransposeNd):
        groups = layer.groups
        apart = weight.reshape(groups, -1, *weight.shape[1:])  # (G, I / G, O / G, *)
        weight = apart.transpose(1, 2).flatten(0, 1)  # (O, I / G, *)
    return torch.flatten(weight, 1)
