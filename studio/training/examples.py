"""Samples that show what a classifier does: its worst, its best, and some of each confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from studio.data.samples import Split
from studio.training.scores import Integers

SHOWN = 8
"""Samples that are kept of the worst, of the best, and of each cell of the confusion matrix."""

MOST_VALUES = 2**21
"""Numbers in all samples that are kept: of large pictures and many classes fewer are."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Samples by how they were classified.

    Those whose true class was given the lowest probability come first, the worst in front; then those with
    the highest, the best in front; then some of each confusion, again the worst in front.

    Attributes:
        inputs: As the network takes them; (K, *) float32.
        truth: Their class; (K,) int64.
        predicted: The class they were given; (K,) int64.
        sure: Probability of that; (K,) float64.
        num_worst: How many are the worst.
        num_best: How many come then as the best.
    """

    inputs: npt.NDArray[np.float32]
    truth: Integers
    predicted: Integers
    sure: npt.NDArray[np.float64]
    num_worst: int
    num_best: int


def examples_of(split: Split, shares: Tensor) -> Examples:
    """Return samples of a part of the data by what a classifier made of them.

    Shape:
        shares: (N, C), probabilities
    """
    truth = split.targets.cpu()
    sure, predicted = shares.max(1)
    order = torch.argsort(shares.gather(1, truth[:, None])[:, 0], stable=True)
    worst = order[: min(SHOWN, len(order))]
    best = order[len(worst) :].flip(0)[:SHOWN]
    num_values = max(split.inputs.shape[1:].numel(), 1)
    cells = truth * shares.shape[1] + predicted
    some = _first_of_each(cells[order], MOST_VALUES // num_values)
    rows = torch.cat([worst, best, order[some]])
    return Examples(
        split.take(rows)[0].float().cpu().numpy(),
        truth[rows].numpy(),
        predicted[rows].numpy(),
        sure[rows].numpy(),
        len(worst),
        len(best),
    )


def _first_of_each(cells: Tensor, most: int) -> Tensor:
    """Return the places of the first few of each number, in order; of all numbers as many as may be.

    Shape:
        cells: (N,) int64
        returns: (K,) int64, at most `most`
    """
    by_cell = torch.argsort(cells, stable=True)
    ordered = cells[by_cell]
    starts = torch.searchsorted(ordered, ordered)
    turns = torch.arange(len(cells)) - starts  # 0 for the first of each, 1 for the second …
    rounds = torch.argsort(turns, stable=True)
    kept = by_cell[rounds][: min(most, int((turns < SHOWN).sum()))]
    return kept.sort().values
