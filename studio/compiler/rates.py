"""Layers that learn at a rate of their own, or are pulled towards 0 more or less than the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import nn

from studio.graph.node import Value


@dataclass(frozen=True, slots=True)
class Rate:
    """How one parameter differs from what the training settings say.

    Attributes:
        parameter: Its name in the network.
        lr_factor: Its learning rate as a multiple of the others'.
        weight_decay: Instead of the settings'; None for theirs.
    """

    parameter: str
    lr_factor: float = 1.0
    weight_decay: float | None = None


def rates_of(module: nn.Module, name: str, settings: Mapping[str, Value], lent: str = "") -> Iterator[Rate]:
    """Yield the rates of a layer's parameters where its settings ask for any.

    Args:
        module: The layer.
        name: Its name in the network.
        settings: ``lr_factor``, ``weight_decay``.
        lent: Name of the parameter that another layer lends: it learns as that layer says.
    """
    factor, decay = settings.get("lr_factor"), settings.get("weight_decay")
    lr_factor = float(factor) if isinstance(factor, int | float) else 1.0
    weight_decay = float(decay) if isinstance(decay, int | float) else None
    if lr_factor == 1.0 and weight_decay is None:
        return
    for own, parameter in module.named_parameters():
        if own != lent and parameter.requires_grad:
            yield Rate(f"{name}.{own}", lr_factor, weight_decay)
