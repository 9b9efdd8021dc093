"""Units that are silent and values that are saturated, from a layer's output alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx, nn

ENOUGH = 512
"""Samples on end for which a unit gives 0 before it is called silent."""

FLAT = 0.01
"""A derivative below this counts as saturated, as the lecture's meter has it."""

Slope: TypeAlias = Callable[[Tensor, Any], Tensor]
"""From an activation's output and its layer to its derivative there."""

SLOPES: dict[type[nn.Module], Slope] = {
    nn.Sigmoid: lambda output, _: output * (1 - output),
    nn.Tanh: lambda output, _: 1 - output.square(),
    nn.Hardsigmoid: lambda output, _: ((output > 0) & (output < 1)) / 6.0,
    nn.Hardtanh: lambda output, layer: ((output > layer.min_val) & (output < layer.max_val)).float(),
    nn.Softsign: lambda output, _: (1 - output.abs()).square(),
}

ROW_LAYERS = (nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.Embedding, nn.RNNBase, nn.MultiheadAttention)
"""Layers whose units are the last dimension of what they give; those of others are the second."""

ELEMENTWISE = (nn.Dropout, nn.Identity)


def slope_of(node: fx.Node, module: fx.GraphModule) -> tuple[Slope, nn.Module] | None:
    """Return the derivative of the activation that a node computes, as a function of its output."""
    layer = _layer(node, module)
    slope = SLOPES.get(type(layer)) if layer is not None else None
    return (slope, layer) if slope is not None and layer is not None else None


def has_units_last(node: fx.Node, module: fx.GraphModule) -> bool:
    """Say whether the units of a node's output are its last dimension.

    What an activation gives has its units where the layer before it has them.
    """
    seen: set[fx.Node] = set()
    while node not in seen:
        seen.add(node)
        layer = _layer(node, module)
        if isinstance(layer, ROW_LAYERS):
            return True
        passes = layer is None or isinstance(layer, ELEMENTWISE) or not any(True for _ in layer.parameters())
        before = node.args[0] if node.args else None
        if not passes or not isinstance(before, fx.Node):
            return False
        node = before
    return False


def zero_units(values: Tensor, *, last: bool) -> Tensor:
    """Say of each unit whether it is 0 in all samples and places.

    Shape:
        values: (N, U, *), or (N, *, U) if `last`
        returns: (U,) bool
    """
    if values.dim() < 2:
        rows = values.reshape(-1, 1)
    elif last or values.dim() == 2:
        rows = values.reshape(-1, values.shape[-1])
    else:
        # One dimension after the other: reducing them all at once is 60 times as slow on a CPU.
        flat = values.flatten(2)
        return (flat.amax(2).amax(0) == 0) & (flat.amin(2).amin(0) == 0)
    return (rows.amax(0) == 0) & (rows.amin(0) == 0)


class Silence:
    """Counts for how many samples on end each unit of a layer has given nothing but 0."""

    def __init__(self) -> None:
        self._quiet: Tensor | None = None
        self._seen = 0

    def take(self, values: Tensor, *, last: bool) -> None:
        """Take in a layer's output.

        Shape:
            values: (N, U, *), or (N, *, U) if `last`
        """
        if not values.numel() or not values.dim():
            return
        zero = zero_units(values, last=last)
        if self._quiet is None or self._quiet.shape != zero.shape:
            self._quiet, self._seen = torch.zeros_like(zero, dtype=torch.int64), 0
        self._quiet = torch.where(zero, self._quiet + len(values), 0)
        self._seen += len(values)

    def share(self, device: torch.device) -> Tensor:
        """Return the share of silent units; NaN before enough samples were seen.

        Shape:
            returns: () float32
        """
        if self._quiet is None or self._seen < ENOUGH:
            return torch.tensor(float("nan"), device=device)
        return (self._quiet >= ENOUGH).to(torch.float32).mean()


def _layer(node: fx.Node, module: fx.GraphModule) -> nn.Module | None:
    return module.get_submodule(str(node.target)) if node.op == "call_module" else None
