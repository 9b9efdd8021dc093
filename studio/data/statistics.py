"""What is counted and measured of a data set: classes in every part, and the training part's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from studio.data.source import Inputs, Targets

Floats = npt.NDArray[np.float64]

MOST_CORRELATED = 100
"""Features whose correlations are computed."""

CHUNK = 4096
"""Samples that are turned into float64 at a time."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was found; arrays are empty where a measure has no meaning.

    Attributes:
        class_counts: Samples of each class in train, validation and test; (3, C).
        means: Of each feature of rows, or each channel of pictures, over the training part; (F,).
        variances: Likewise, divided by T - 1 for T numbers, so that they are unbiased; (F,).
        correlation: Of every pair of features of rows, NaN where one never varies; (F, F).
    """

    class_counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((3, 0), np.int64))
    means: Floats = field(default_factory=lambda: np.zeros(0))
    variances: Floats = field(default_factory=lambda: np.zeros(0))
    correlation: Floats = field(default_factory=lambda: np.zeros((0, 0)))


def count_classes(parts: Sequence[Targets], num_classes: int) -> npt.NDArray[np.int64]:
    """Return how many samples of each class are in each part; (parts, num_classes)."""
    if not num_classes:
        return np.zeros((len(parts), 0), np.int64)
    return np.stack([np.bincount(part.ravel().astype(np.int64), minlength=num_classes) for part in parts])


def moments(train: Inputs) -> tuple[Floats, Floats]:
    """Return mean and unbiased variance of each feature or channel; empty for whole numbers.

    Shape:
        train: (N, F) or (N, F, *)
        returns: (F,) twice; a variance is NaN where there is only one number
    """
    if train.dtype != np.float32 or train.ndim < 2:
        return np.zeros(0), np.zeros(0)
    axes = (0, *range(2, train.ndim))
    count = train.size // train.shape[1]
    mean = sum(part.sum(axes, dtype=np.float64) for part in _chunks(train)) / count
    shape = (1, -1, *([1] * (train.ndim - 2)))
    squares = sum(
        np.square(part.astype(np.float64) - mean.reshape(shape)).sum(axes) for part in _chunks(train)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return mean, squares / np.float64(count - 1)


def correlation(train: Inputs) -> Floats:
    """Return the correlation of every pair of features of rows; (0, 0) for too many and for pictures.

    Shape:
        train: (N, F)
        returns: (F, F), in [-1, 1]; NaN for a feature that never varies
    """
    if train.dtype != np.float32 or train.ndim != 2 or not 2 <= train.shape[1] <= MOST_CORRELATED:
        return np.zeros((0, 0))
    if len(train) < 2:
        return np.full((train.shape[1],) * 2, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.corrcoef(train, rowvar=False, dtype=np.float64))


def _chunks(samples: Inputs) -> list[Inputs]:
    return [samples[start : start + CHUNK] for start in range(0, len(samples), CHUNK)]
