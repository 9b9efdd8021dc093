"""What one step of training gave, still on the device."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(slots=True)
class Stepped:
    """What a step gave.

    Attributes:
        loss: Mean over its samples, with the regularizer; ().
        penalty: The regularizer's part of it; (), or None if nothing is regularized.
        scores: What the classes were judged by, (N, C), or None if the network is no classifier.
        targets: (N,)
        hits: Samples classified correctly, where that is known already; ().
    """

    loss: Tensor
    penalty: Tensor | None
    scores: Tensor | None
    targets: Tensor
    hits: Tensor | None = None
