"""The exponential average of a network's weights over the steps (EMA), which often generalizes better."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from studio.training.sharding import alike, local


class WeightAverage:
    """``average = decay · average + (1 - decay) · weight`` after each step; it starts as the first weights.

    The same as torch's `AveragedModel` with `get_ema_multi_avg_fn(decay)`. Buffers are not averaged: the
    running statistics of a normalization are averages already.

    Args:
        module: The network, on its device.
        decay: Share of the average that stays, in (0, 1).
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        named = {name: value for name, value in module.named_parameters() if value.requires_grad}
        self._weights = [local(value.detach()) for value in named.values()]
        self._average = {name: value.detach().clone() for name, value in named.items()}
        self._kept = [local(value) for value in self._average.values()]
        self._share = 1.0 - decay
        self.steps = 0

    def update(self) -> None:
        """Take in the weights as they are after a step."""
        if self.steps == 0:
            torch._foreach_copy_(self._kept, self._weights)
        else:
            torch._foreach_lerp_(self._kept, self._weights, self._share)
        self.steps += 1

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the network have the average as its weights for a while."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def _exchange(self) -> None:
        weights = [value.clone() for value in self._weights]
        torch._foreach_copy_(self._weights, self._kept)
        torch._foreach_copy_(self._kept, weights)

    def tensors(self) -> dict[str, Tensor]:
        """Return the average by the names of the weights, and the number of steps as ``steps``."""
        return {**self._average, "steps": torch.tensor(self.steps)}

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Put back what `tensors` gave."""
        for name, value in self._average.items():
            value.copy_(alike(tensors[name], value))
        self.steps = int(tensors["steps"])
