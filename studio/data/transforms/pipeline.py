"""The transforms of a project in order: done ahead to what never changes, and done to each batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from studio.data.source import Inputs
from studio.data.transforms.draw import Draw
from studio.data.transforms.step import Batch, Step

CHUNK = 1024
"""Samples at a time that are transformed before training."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Transforms, ready to be done.

    Attributes:
        steps: In order.
    """

    steps: tuple[Step, ...] = ()

    @property
    def ahead(self) -> Pipeline:
        """What comes before the first random one: done once, to all samples alike."""
        count = next((place for place, step in enumerate(self.steps) if step.is_random), len(self.steps))
        return Pipeline(self.steps[:count])

    @property
    def rest(self) -> tuple[Step, ...]:
        """What is done to each batch of training: the first random one and all after it."""
        return self.steps[len(self.ahead.steps) :]

    def evaluated(self, inputs: Inputs) -> Inputs:
        """Return samples as evaluation sees them; without transforms the very same.

        Shape:
            inputs: (N, *)
        """
        if not self.steps:
            return inputs
        parts = []
        for start in range(0, max(len(inputs), 1), CHUNK):
            part = torch.from_numpy(inputs[start : start + CHUNK])
            count = len(part)
            if not count:  # an empty test part still has a shape, and not every kernel takes no sample
                part = part.new_zeros(1, *part.shape[1:])
            for step in self.steps:
                part = step.evaluated(part)
            parts.append(part[:count].contiguous().numpy())
        return np.concatenate(parts)


class Augment:
    """Does to batches of training what is random, and what comes after it.

    Args:
        steps: The first random one and all after it.
        normalize: What comes last.
        device: Where the batches are.
    """

    def __init__(self, steps: Sequence[Step], normalize: Step, device: torch.device) -> None:
        self._steps = tuple(step.to(device) for step in (*steps, normalize))
        self._draw = Draw(device)

    def __call__(self, inputs: Tensor, seed: int, step: int, part: int = 0) -> Batch:
        """Return a batch of training.

        Args:
            inputs: (N, *); not changed.
            seed: Of the run.
            step: Steps done before; the same again draws the same.
            part: Which batch of the step it is.
        """
        draw, batch = self._draw.begin(seed, step, part), Batch(inputs)
        for one in self._steps:
            batch = one.augmented(batch, draw)
        return batch

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        for one in self._steps:
            inputs = one.evaluated(inputs)
        return inputs
