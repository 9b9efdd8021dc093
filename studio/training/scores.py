"""How good predictions are: error rates with their uncertainty, confusions, and measures of regression.

NumPy only, on plain arrays, so that every number can be checked by hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

Z95 = 1.96
"""Standard deviations of a normal distribution on each side that hold 95 % of it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of samples, and how far the true one may be from it.

    Attributes:
        value: In [0, 1].
        margin: Half of the 95 % interval: 1.96 √(p (1 - p) / T) for T samples. It is 0 at 0 and at 1, where
            the normal approximation that it rests on says nothing.
    """

    value: float
    margin: float

    @property
    def low(self) -> float:
        """Lower end of the interval, never below 0."""
        return max(self.value - self.margin, 0.0)

    @property
    def high(self) -> float:
        """Upper end of the interval, never above 1."""
        return min(self.value + self.margin, 1.0)


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How well each class is told from the others; NaN where there is nothing to divide by.

    Attributes:
        precision: Of the samples given this class, the share that are of it.
        recall: Of the samples of this class, the share that were given it.
        f1: Harmonic mean of the two.
        support: Samples of the class.

    Shape:
        all: (C,)
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Integers


@dataclass(frozen=True, slots=True)
class RegressionScores:
    """How far outputs are from what they should be, over all numbers of all samples.

    Attributes:
        mse: Mean of the squared differences.
        mae: Mean of the absolute differences.
        r2: 1 - (squared differences) / (squared deviations from the mean); NaN if the truth never varies.
    """

    mse: float
    mae: float
    r2: float


def rate_of(count: int, total: int) -> Rate:
    """Return the share that `count` is of `total`, with its 95 % interval."""
    value = count / total
    return Rate(value, Z95 * math.sqrt(value * (1 - value) / total))


def ranks(scores: npt.NDArray[Any], targets: Integers) -> Integers:
    """Return how many classes are placed before the right one; of equal scores the lower class comes first.

    The same order as ``argsort(-scores, kind="stable")``, so that rank 0 is what ``argmax`` gives: a network
    whose scores are all alike is not right about everything.

    Shape:
        scores: (N, C), finite
        targets: (N,)
        returns: (N,)
    """
    own = np.take_along_axis(scores, targets[:, None], axis=1)
    earlier = np.arange(scores.shape[1])[None] < targets[:, None]
    before: Integers = ((scores > own) | ((scores == own) & earlier)).sum(axis=1)
    return before


def confusion(predicted: Integers, targets: Integers, num_classes: int) -> Integers:
    """Return how often each class was given to samples of each class.

    Shape:
        predicted: (N,)
        targets: (N,)
        returns: (C, C): row is the truth, column the prediction
    """
    places = targets * num_classes + predicted
    return np.bincount(places, minlength=num_classes**2).reshape(num_classes, num_classes).astype(np.int64)


def class_scores(predicted: Integers, targets: Integers, num_classes: int) -> ClassScores:
    """Return precision, recall and F1 of each class; no confusion matrix is needed, however many there are.

    Shape:
        predicted: (N,)
        targets: (N,)
    """
    right, given, support = (
        np.bincount(classes, minlength=num_classes).astype(np.int64)
        for classes in (targets[predicted == targets], predicted, targets)
    )
    with np.errstate(invalid="ignore"):
        return ClassScores(right / given, right / support, 2 * right / (given + support), support)


class RegressionSums:
    """Adds up differences batch by batch, so that a part of any size fits in memory."""

    def __init__(self) -> None:
        self._count = 0
        self._squares = self._absolutes = self._sum = self._sum_squares = 0.0
        self._origin: float | None = None

    def add(self, outputs: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> None:
        """Take a batch.

        Shape:
            outputs: (N, *)
            wanted: the same
        """
        truth = wanted.astype(np.float64)
        if self._origin is None:
            # Deviations from a number near the mean: the squares of large numbers would swallow them.
            self._origin = float(truth.mean())
        difference = outputs.astype(np.float64) - truth
        truth -= self._origin
        self._count += truth.size
        self._squares += float(np.square(difference).sum())
        self._absolutes += float(np.abs(difference).sum())
        self._sum += float(truth.sum())
        self._sum_squares += float(np.square(truth).sum())

    def scores(self) -> RegressionScores:
        """Return the measures of all that was added, of which there must be something."""
        spread = self._sum_squares - self._sum**2 / self._count
        r2 = 1 - self._squares / spread if spread > 0 else math.nan
        return RegressionScores(self._squares / self._count, self._absolutes / self._count, r2)
