"""Random numbers of the transforms, fixed by seed and step, so that a resumed run draws the same."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

_MASK = 2**64 - 1


class Draw:
    """Draws what one batch needs, on its device and on the host.

    What differs from sample to sample is drawn on the device. What is one number for the whole batch is
    drawn on the host: a number that was on the device would have to be waited for.

    Args:
        device: Where the batches are.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._generator = torch.Generator(device)
        self._seed = 0
        self._host: np.random.Generator | None = None

    def begin(self, seed: int, step: int, part: int = 0) -> Draw:
        """Begin the numbers of a batch, and return this.

        Args:
            seed: Of the run.
            step: Steps done before this one.
            part: Which batch of the step it is.
        """
        self._seed = _mixed(_mixed(_mixed(seed) ^ step) ^ part)
        self._generator.manual_seed(self._seed)
        self._host = None
        return self

    @property
    def host(self) -> np.random.Generator:
        """Draws for the batch as a whole."""
        if self._host is None:
            self._host = np.random.default_rng(self._seed)
        return self._host

    def uniform(self, *shape: int) -> Tensor:
        """Return numbers in [0, 1)."""
        return torch.rand(shape, generator=self._generator, device=self.device)

    def normal(self, *shape: int) -> Tensor:
        """Return numbers with mean 0 and variance 1."""
        return torch.randn(shape, generator=self._generator, device=self.device)

    def places(self, room: Tensor | int, count: int) -> Tensor:
        """Return whole numbers from 0 to `room`, both included, each as likely as the others.

        Shape:
            room: () or (count,), whole
            returns: (count,) int64
        """
        # In float32 a number just below 1 times a large room can round up to one too many.
        places = (self.uniform(count) * (room + 1)).long()
        return torch.minimum(places, room) if isinstance(room, Tensor) else places.clamp_max(room)

    def order(self, count: int) -> Tensor:
        """Return the numbers below `count` in random order; (count,) int64."""
        return torch.randperm(count, generator=self._generator, device=self.device)


def _mixed(value: int) -> int:
    """Return a number in whose bits no pattern of the given one is left: splitmix64's finalizer."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
