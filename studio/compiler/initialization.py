"""How weights start: torch's own way, or as a node's settings say.

What counts as a weight is every parameter of a layer whose name says so (``weight``, ``weight_ih_l0``,
``in_proj_weight``) and that has at least two dimensions; ``normal``, ``uniform`` and ``constant`` fill those
of one dimension too (a normalization's scale). fan_in and fan_out are counted as `torch.nn.init` does:
the second and the first dimension, times the size of the kernel. LSUV needs data: see
`studio.compiler.lsuv`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import torch
from torch import Tensor, nn

from studio.catalog.spec import LayerSpec
from studio.compiler.modules import sample_shape
from studio.graph.node import Value

Settings: TypeAlias = Mapping[str, Value]

LSUV = "lsuv"

_WITHOUT_FAN = ("normal", "uniform", "constant")
"""Ways to start that ask nothing of a weight's shape."""

_SIZES = {"normal": 0.01, "uniform": 0.05, "constant": 0.0}
"""``init_gain`` where it is empty."""

_SCALES = (nn.LayerNorm, nn.RMSNorm)
"""Layers whose weight is a scale for each number, however many dimensions it has: it has no fan."""


def initialize(module: nn.Module, settings: Settings, lent: str = "") -> None:
    """Fill a new layer's weights and biases as a node's settings ask; by default, leave them alone.

    Args:
        module: As torch initialized it.
        settings: ``weight_init``, ``init_mode``, ``init_gain``, ``bias_init``.
        lent: Name of the parameter that another layer lends, and that is not this one's to fill.
    """
    way, bias = str(settings.get("weight_init", "default")), settings.get("bias_init")
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name == lent:
                continue
            if is_bias(name):
                if isinstance(bias, int | float) and parameter.dim() == 1:
                    parameter.fill_(bias)
            elif _is_weight(name) and (way in _WITHOUT_FAN or _has_fan(module, parameter)):
                _fill(parameter, way, settings)
        if way != "default":
            _clear_padding(module)


def is_bias(name: str) -> bool:
    """Say whether a parameter is a bias, by its name: ``bias``, ``bias_hh_l0``, ``out_proj.bias``."""
    return "bias" in name.rpartition(".")[2]


def _is_weight(name: str) -> bool:
    """Say whether a parameter is a weight, by its name: ``weight``, ``weight_hh_l0``, ``in_proj_weight``."""
    return "weight" in name.rpartition(".")[2]


def _has_fan(module: nn.Module, parameter: Tensor) -> bool:
    return parameter.dim() >= 2 and not isinstance(module, _SCALES)


def fan(weight: Tensor, mode: str) -> int:
    """Return how many numbers feed one output (``fan_in``), or are fed by one input (``fan_out``).

    Shape:
        weight: (O, I, *), with the kernel behind
    """
    return weight.shape[1 if mode == "fan_in" else 0] * math.prod(weight.shape[2:])


def new_tensor(spec: LayerSpec, values: Mapping[str, Value]) -> Tensor:
    """Return the tensor of a learned or constant node."""
    tensor = torch.empty(sample_shape(values))
    filling, value = values.get("init", "constant"), values.get("value", 0.0)
    if isinstance(value, tuple):
        return torch.tensor(value).reshape(tensor.shape)
    assert isinstance(value, float)
    size = abs(value)
    match filling:
        case "normal":
            nn.init.normal_(tensor, std=size)
        case "trunc_normal" if size:
            nn.init.trunc_normal_(tensor, std=size, a=-2 * size, b=2 * size)
        case "uniform":
            nn.init.uniform_(tensor, -size, size)
        case _:
            nn.init.constant_(tensor, value)
    return nn.Parameter(tensor) if spec.call == "parameter" else tensor


def _fill(weight: Tensor, way: str, settings: Settings) -> None:
    """Fill one weight."""
    given = settings.get("init_gain")
    gain = float(given) if isinstance(given, int | float) else None
    match way:
        case "xavier_uniform":
            nn.init.xavier_uniform_(weight, 1.0 if gain is None else gain)
        case "xavier_normal":
            nn.init.xavier_normal_(weight, 1.0 if gain is None else gain)
        case "kaiming_uniform" | "kaiming_normal":
            _fill_kaiming(weight, way, str(settings.get("init_mode", "fan_in")), gain)
        case "orthogonal" | "lsuv":
            nn.init.orthogonal_(weight, 1.0 if gain is None or way == LSUV else gain)
        case "normal" | "uniform" | "constant":
            _fill_plain(weight, way, _SIZES[way] if gain is None else gain)


def _fill_kaiming(weight: Tensor, way: str, mode: str, gain: float | None) -> None:
    """Fill a weight with numbers of the standard deviation gain / √fan."""
    std = (math.sqrt(2.0) if gain is None else gain) / math.sqrt(fan(weight, mode))
    if way == "kaiming_normal":
        weight.normal_(0.0, std)
    else:
        bound = math.sqrt(3.0) * std
        weight.uniform_(-bound, bound)


def _fill_plain(weight: Tensor, way: str, size: float) -> None:
    if way == "normal":
        weight.normal_(0.0, size)
    elif way == "uniform":
        weight.uniform_(-size, size)
    else:
        weight.fill_(size)


def _clear_padding(module: nn.Module) -> None:
    """Put the row that stands for no word back to 0, as torch has it."""
    if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.padding_idx is not None:
        module.weight[module.padding_idx].fill_(0)
