"""Layer-sequential unit variance: weights scaled on data, so that every layer's output has variance 1.

Reference:
    Mishkin & Matas, All you need is a good init, ICLR 2016 (arXiv 1511.06422), algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, fx, nn

from studio.compiler.inline import inline

TOLERANCE = 0.01
"""How far from 1 the variance may stay."""

MAX_TRIES = 10
"""How often one layer is scaled at most: a bias adds variance of its own, which no scale takes away."""


def scale_to_unit_variance(
    module: fx.GraphModule, layers: Iterable[str], inputs: tuple[Tensor, ...]
) -> dict[str, float]:
    """Scale the weights of some layers, one after another from the input on, until their output varies by 1.

    One pass over the network in training mode: each layer is scaled when its input comes, which is final
    by then. Buffers (running statistics) and torch's random numbers are left as they were. Layers without
    a ``weight`` of two dimensions or more (recurrent, attention) are not linear in their weights, and stay
    as they are; so does a layer whose output does not vary at all.

    Args:
        module: The network.
        layers: Dotted names of the submodules to scale.
        inputs: A batch, on the module's device.

    Returns:
        The variance that each layer's output was left with, over batch and units.
    """
    buffers = {name: buffer.clone() for name, buffer in module.named_buffers()}
    was_training = module.training
    flat = inline(module).train()
    scaling = _Scaling(flat, frozenset(layers))
    devices = [inputs[0].device] if inputs and inputs[0].device.type == "cuda" else []
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=devices):
            scaling.run(*inputs)
    finally:
        for name, buffer in module.named_buffers():
            buffer.copy_(buffers[name])
        module.train(was_training)
    return scaling.variances


class _Scaling(fx.Interpreter):
    """Runs a network, and scales layers on the way."""

    def __init__(self, module: fx.GraphModule, layers: frozenset[str]) -> None:
        super().__init__(module)
        self._layers = layers
        self.variances: dict[str, float] = {}

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        """Call a layer, scaled if that is wanted and has not been done."""
        name = str(target)
        if name in self._layers and name not in self.variances:
            layer = self.fetch_attr(name)
            weight = getattr(layer, "weight", None)
            if isinstance(weight, nn.Parameter) and weight.dim() >= 2:
                self.variances[name] = _scale(layer, weight, args, kwargs)
        return super().call_module(target, args, kwargs)


def _scale(layer: nn.Module, weight: Tensor, args: Any, kwargs: Any) -> float:
    """Scale one layer's weight, and return the variance of its output."""
    variance = float(layer(*args, **kwargs).var())
    for _ in range(MAX_TRIES):
        if abs(variance - 1.0) <= TOLERANCE or not 1e-12 < variance < 1e12:
            break
        weight.div_(variance**0.5)
        variance = float(layer(*args, **kwargs).var())
    return variance
