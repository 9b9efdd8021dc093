"""One sample through all layers, what its class hangs on, and the samples that a unit answers to most."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from studio.errors import ProbeError
from studio.probes.feature_maps import MOST_LAYERS, feature_maps
from studio.probes.saliency import explain
from studio.probes.unit_values import Reduction, by_unit, one_number
from studio.probes.units import has_units_last
from studio.runs.insights import MapsFound, SaliencyFound, StrongestFound
from studio.training.evaluation import num_inputs
from studio.training.insides import Inside
from studio.training.seen import seen_of

STRONGEST = 24
"""Samples shown of a unit."""


def maps_of(inside: Inside) -> MapsFound:
    """Return what all layers give for the first sample."""
    inputs = [inside.inputs_of_first(1)] * num_inputs(inside.network)
    with inside.running():
        layers = feature_maps(inside.network, inputs)
    shown = tuple(layers[:MOST_LAYERS])
    return MapsFound(shown, len(layers) - len(shown), seen_of(inside, inside.rows[:1]))


def saliency_of(inside: Inside, name: str, target: int = -1) -> SaliencyFound:
    """Return what the score of a class hangs on, for the first sample.

    Raises:
        ProbeError: The network gives no score for each class, or has no such class or node.
    """
    inputs = inside.inputs_of_first(1)
    with inside.running():
        found = explain(inside.network, name, inputs, num_inputs(inside.network), target)
    cam = found.cam if found.cam is not None else torch.zeros(0, 0)
    return SaliencyFound(
        found.scores.float().numpy(),
        found.target,
        _sizes(inside, found.gradient).float().numpy(),
        cam.float().numpy(),
        seen_of(inside, inside.rows[:1]),
    )


def _sizes(inside: Inside, gradient: Tensor | None) -> Tensor:
    """Return the size of a gradient where it is largest over the channels."""
    if gradient is None:
        return torch.zeros(0)
    shape = inside.data.shape
    if len(shape) == 3:
        return gradient.reshape(shape).abs().amax(0)
    return gradient.reshape(-1).abs()


def strongest(inside: Inside, name: str, unit: int, reduction: Reduction = "max") -> StrongestFound:
    """Return the samples for which a unit gives most.

    Raises:
        ProbeError: The node has no such unit.
    """
    last = has_units_last(inside.node(name), inside.network)
    found, total = [], 0
    for output in inside.outputs(name):
        grid = by_unit(output, last=last)
        total = grid.shape[1]
        if not 0 <= unit < total:
            raise ProbeError(
                f'"{name}" has {total:,} units, from 0 to {total - 1:,}: there is no unit {unit:,}.'
            )
        found.append(one_number(grid[:, unit : unit + 1], reduction)[:, 0])
    values = torch.cat(found)
    order = torch.argsort(torch.nan_to_num(values, nan=-torch.inf), descending=True, stable=True)[:STRONGEST]
    return StrongestFound(
        unit,
        total,
        order.numpy(),
        values[order].numpy(),
        float(np.mean(values.numpy() > 0)),
        seen_of(inside, inside.rows[order]),
    )
