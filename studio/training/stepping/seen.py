"""What there is to see of a box: what went in and came out, what it learns, and the gradients of all that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from studio.training.stepping.passes import BoxByBox, Value

Role: TypeAlias = Literal["input", "output", "parameter", "line"]

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@dataclass(frozen=True, slots=True)
class Seen:
    """A tensor of a box.

    Attributes:
        role: ``line``: one of the four lines of batch normalization.
        name: Of an input the box that it comes from, of a parameter its own, of a line what it computes.
        tensor: (N, *) for inputs and outputs.
        gradient: Of the loss with respect to it, as far as the pass backward got; None before.
    """

    role: Role
    name: str
    tensor: Tensor
    gradient: Tensor | None = None


def seen(steps: BoxByBox, place: int) -> list[Seen]:
    """Return all tensors of a box that was gone through."""
    box, made = steps.boxes[place], steps.computed[place]
    inputs = [_seen("input", value) for value in made.inputs]
    outputs = [_seen("output", value) for value in made.outputs]
    parameters = [
        Seen("parameter", name, value.detach(), steps.gradients.get(steps.name_of(value)))
        for name, value in box.parameters(steps.flat).items()
    ]
    lines: list[Seen] = []
    layers = box.layers(steps.flat)
    if len(layers) == 1 and isinstance(layers[0], _BATCH_NORMS) and layers[0].training:
        named = batch_norm_lines(layers[0], made.inputs[0].leaf)
        lines = [Seen("line", name, value) for name, value in named.items()]
    return [*inputs, *outputs, *parameters, *lines]


@torch.no_grad()
def batch_norm_lines(layer: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Return the four lines of Algorithm 1 of batch normalization for a batch.

    Shape:
        x: (N, C, *)
        returns: mean (C,), variance (C,), and two of (N, C, *)

    Reference:
        Ioffe & Szegedy 2015, Algorithm 1: the variance is divided by m, not by m - 1.
    """
    assert isinstance(layer, _BATCH_NORMS)
    around = [place for place in range(x.ndim) if place != 1]
    mean = x.mean(around)
    variance = x.var(around, correction=0)
    wide = [1, -1, *(1 for _ in x.shape[2:])]
    normalized = (x - mean.view(wide)) / (variance.view(wide) + layer.eps).sqrt()
    scaled = normalized
    if layer.weight is not None:
        scaled = layer.weight.view(wide) * normalized + layer.bias.view(wide)
    return {
        "μ = mean of x": mean,
        "σ² = mean of (x − μ)²": variance,
        "x̂ = (x − μ) / √(σ² + ε)": normalized,
        "y = γ x̂ + β": scaled,
    }


def _seen(role: Role, value: Value) -> Seen:
    return Seen(role, value.source, value.leaf.detach(), value.gradient)
