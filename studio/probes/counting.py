"""Histograms of many tensors at once: strided samples, one `bincount`, one transfer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.runs.records import Array, Histogram, Quantity

NUM_BINS = 64
SAMPLE_SIZE = 8192


@dataclass(frozen=True, slots=True)
class Counted:
    """Distribution of a sample; the fields are those of `studio.runs.records.Histogram`."""

    low: float
    high: float
    counts: Array
    zeros: float
    mean: float
    std: float

    def of(self, run: str, node: str, step: int, quantity: Quantity) -> Histogram:
        """Return it as the record of a node's quantity at a step."""
        numbers = self.low, self.high, self.counts, self.zeros, self.mean, self.std
        return Histogram(run, node, step, *numbers, quantity)


def sample_of(values: Tensor, size: int = SAMPLE_SIZE) -> Tensor:
    """Return some `size` of a tensor's values, every unit's in turn, as a copy; of complex ones their sizes.

    Shape:
        values: (N, *)
        returns: (S,) float32
    """
    flat = values.detach().reshape(-1)
    stride = stride_for(values.numel(), math.prod(values.shape[1:]), size)
    taken = flat[::stride]
    return (taken.abs() if taken.is_complex() else taken).to(torch.float32, copy=True)


def stride_for(total: int, per_sample: int, wanted: int) -> int:
    """Return a stride that takes some `wanted` of `total` values, and every unit's in turn.

    A stride that shares a factor with the number of values of one sample would meet the same units in
    each sample, and never the others.
    """
    stride = max(1, total // wanted)
    while stride > 1 and math.gcd(stride, per_sample) != 1:
        stride += 1
    return stride


def count_all(samples: Sequence[Tensor], more: Tensor) -> tuple[list[Counted], Array]:
    """Return the distribution of each sample, and further numbers fetched with them.

    Shape:
        samples: of (S,) float32, finite and not empty
        more: (L, M) float32, or (L, 0)
        returns: L of them, and (L, M)
    """
    facts = torch.cat([torch.stack([_facts(sample) for sample in samples]), more], dim=1)
    counts = _count(samples, facts[:, 0], facts[:, 1])
    numbers, rows = facts.cpu().numpy(), counts.cpu().numpy()
    found = [
        Counted(float(low), float(high), row, float(zeros), float(mean), float(std))
        for (low, high, zeros, mean, std), row in zip(numbers[:, :5], rows, strict=True)
    ]
    return found, numbers[:, 5:]


def _facts(sample: Tensor) -> Tensor:
    """Return low and high edge, share of zeros, mean and standard deviation.

    Shape:
        sample: (S,)
        returns: (5,)
    """
    low, high = torch.aminmax(sample)
    # All values alike: a histogram needs some width around them.
    width = torch.where(high > low, torch.zeros_like(low), low.abs() * 1e-3 + 1e-6)
    zeros = (sample == 0).to(torch.float32).mean()
    std, mean = torch.std_mean(sample, correction=0)
    return torch.stack([low - width, high + width, zeros, mean, std])


def _count(samples: Sequence[Tensor], lows: Tensor, highs: Tensor) -> Tensor:
    """Return how many values of each sample fall into each bin, all samples in one `bincount`.

    Shape:
        samples: L of (S,)
        lows, highs: (L,)
        returns: (L, B) int64
    """
    bins = []
    for index, sample in enumerate(samples):
        place = (sample - lows[index]) * (NUM_BINS / (highs[index] - lows[index]))
        bins.append(place.to(torch.int64).clamp_(0, NUM_BINS - 1) + index * NUM_BINS)
    counts = torch.bincount(torch.cat(bins), minlength=len(samples) * NUM_BINS)
    return counts.reshape(len(samples), NUM_BINS)
