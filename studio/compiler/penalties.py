"""Regularization by layer: what is added to the training loss for the size of weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import nn

from studio.compiler.initialization import is_bias
from studio.graph.node import Value


@dataclass(frozen=True, slots=True)
class Penalty:
    """One parameter's part of the regularizer: l1 · Σ|w| + l2 · Σw².

    Attributes:
        parameter: Its name in the network.
        l1: Factor of the sum of magnitudes.
        l2: Factor of the sum of squares; the gradient is 2 · l2 · w.
    """

    parameter: str
    l1: float
    l2: float


def penalties_of(
    module: nn.Module, name: str, settings: Mapping[str, Value], lent: str = ""
) -> Iterator[Penalty]:
    """Yield a layer's penalties as its settings ask.

    Frozen parameters have none: nothing can make them smaller. Biases have none unless
    ``regularize_bias`` is on.

    Args:
        module: The layer.
        name: Its name in the network.
        settings: ``l1``, ``l2``, ``regularize_bias``.
        lent: Name of the parameter that another layer lends: it is regularized there.
    """
    l1, l2 = (_number(settings, key) for key in ("l1", "l2"))
    if not l1 and not l2:
        return
    for own, parameter in module.named_parameters():
        counts = settings.get("regularize_bias") is True or not is_bias(own)
        if own != lent and counts and parameter.requires_grad:
            yield Penalty(f"{name}.{own}", l1, l2)


def _number(settings: Mapping[str, Value], key: str) -> float:
    value = settings.get(key)
    return float(value) if isinstance(value, int | float) else 0.0
