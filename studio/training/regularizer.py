"""What training adds to the loss for the size of weights: λΩ, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from studio.compiler.penalties import Penalty
from studio.training.sharding import in_full


class Regularizer:
    """The sum of l1 · Σ|w| + l2 · Σw² over the parameters that have such factors.

    Args:
        module: The network, on the device where it stays.
        penalties: As compiled.
    """

    def __init__(self, module: nn.Module, penalties: Sequence[Penalty]) -> None:
        self._terms = [
            (module.get_parameter(penalty.parameter), penalty.l1, penalty.l2) for penalty in penalties
        ]

    def __bool__(self) -> bool:
        """Say whether anything is regularized."""
        return bool(self._terms)

    def value(self) -> Tensor:
        """Return λΩ for the weights as they are; there must be something regularized.

        Shape:
            returns: ()
        """
        parts = []
        for parameter, l1, l2 in self._terms:
            if l1:
                parts.append(parameter.abs().sum() * l1)
            if l2:
                parts.append(parameter.square().sum() * l2)
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return in_full(total)
