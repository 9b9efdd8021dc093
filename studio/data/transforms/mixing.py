"""Samples that are covered in part, or mixed with one another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.data.transforms.draw import Draw
from studio.data.transforms.step import Batch, RandomStep, per_sample

RATIO = 0.3
"""A rectangle that is erased is at most 1 / RATIO times as high as wide, or as wide as high."""


@dataclass(frozen=True, slots=True)
class RandomErasing(RandomStep):
    """Covers a rectangle of a share of the samples, each its own.

    Reference:
        Zhong et al. 2020, algorithm 1; a rectangle that would be larger than the sample is cut off instead
        of drawn again.
    """

    p: float
    min_area: float
    max_area: float
    fill: str

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        count, _, height, width = inputs.shape
        area = (self.min_area + draw.uniform(count) * (self.max_area - self.min_area)) * (height * width)
        ratio = ((draw.uniform(count) * 2 - 1) * math.log(1 / RATIO)).exp()
        high = (area * ratio).sqrt().round().clamp(1, height).long()
        wide = (area / ratio).sqrt().round().clamp(1, width).long()
        rows = _covered(draw.places(height - high, count), high, height)
        columns = _covered(draw.places(width - wide, count), wide, width)
        covered = rows[:, None, :, None] & columns[:, None, None, :]
        chosen = per_sample(draw.uniform(count) < self.p)
        return torch.where(covered & chosen, self._cover(inputs, draw), inputs)

    def _cover(self, inputs: Tensor, draw: Draw) -> Tensor:
        if self.fill == "noise":
            return draw.uniform(*inputs.shape)
        return inputs.mean((2, 3), keepdim=True) if self.fill == "mean" else torch.zeros_like(inputs[:1])


def _covered(start: Tensor, length: Tensor, size: int) -> Tensor:
    """Return which places of a side lie in a stretch; (N, size) bool."""
    places = torch.arange(size, device=start.device)
    return (places >= start[:, None]) & (places < (start + length)[:, None])


@dataclass(frozen=True, slots=True)
class MixUp(RandomStep):
    """Blends each sample with another of the batch.

    The share is one number a batch, as in the paper's own code, so that the loss is that of the samples and
    that of their partners, each by its share: with a cross-entropy, the one with mixed probabilities.
    """

    alpha: float

    def augmented(self, batch: Batch, draw: Draw) -> Batch:
        """Return a batch of training, mixed."""
        share = float(draw.host.beta(self.alpha, self.alpha))
        partners = draw.order(len(batch.inputs))
        mixed = torch.lerp(batch.inputs.index_select(0, partners), batch.inputs, share)
        return Batch(mixed, partners, share)


@dataclass(frozen=True, slots=True)
class CutMix(RandomStep):
    """Puts the same rectangle of another sample of the batch into each.

    Share and rectangle are one draw a batch, as in the paper's own code.
    """

    alpha: float

    def augmented(self, batch: Batch, draw: Draw) -> Batch:
        """Return a batch of training, mixed."""
        height, width = batch.inputs.shape[2:]
        partners = draw.order(len(batch.inputs))
        top, bottom, left, right = rectangle(draw, self.alpha, height, width)
        mixed = batch.inputs.clone()
        mixed[:, :, top:bottom, left:right] = batch.inputs[partners, :, top:bottom, left:right]
        return Batch(mixed, partners, 1.0 - (bottom - top) * (right - left) / (height * width))


def rectangle(draw: Draw, alpha: float, height: int, width: int) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of CutMix's rectangle; parts outside the sample are cut off."""
    side = math.sqrt(1.0 - float(draw.host.beta(alpha, alpha)))
    middle_y, middle_x = (int(draw.host.integers(size)) for size in (height, width))
    half_y, half_x = int(height * side) // 2, int(width * side) // 2
    top, bottom = max(middle_y - half_y, 0), min(middle_y + half_y, height)
    left, right = max(middle_x - half_x, 0), min(middle_x + half_x, width)
    return top, bottom, left, right
