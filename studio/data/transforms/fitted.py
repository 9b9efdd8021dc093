"""Transforms that measure the training part, and nothing but it, before they are done to anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from studio.data.transforms.draw import Draw
from studio.data.transforms.step import RandomStep, Step

CHUNK = 4096
"""Samples that are turned into float64 at a time."""

FLAT = 1e-12
"""Variance, as a share of the largest, below which a direction is taken for constant."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Normalize(Step):
    """Subtracts and divides, one number a channel.

    Shape:
        mean, std: (C, 1, ...)
    """

    mean: Tensor
    std: Tensor

    @classmethod
    def of(cls, mean: float | tuple[float, ...], std: float | tuple[float, ...], rank: int) -> Normalize:
        """Return the transform for samples of so many dimensions."""
        shape = (-1, *([1] * (rank - 1)))
        return cls(torch.tensor(mean).reshape(shape).float(), torch.tensor(std).reshape(shape).float())

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        return (inputs - self.mean) / self.std


@dataclass(frozen=True, slots=True)
class PixelMean(Step):
    """Subtracts the training part's mean of each number of a sample.

    Shape:
        mean: (*)
    """

    mean: Tensor

    @classmethod
    def fit(cls, train: npt.NDArray[np.float32]) -> PixelMean:
        """Measure the training part."""
        return cls(torch.from_numpy(train.mean(0, dtype=np.float64).astype(np.float32)))

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        return inputs - self.mean


@dataclass(frozen=True, slots=True)
class Whitening(Step):
    """Multiplies with a root of the inverse covariance: x ← W (x - E).

    Directions in which the training part does not vary become 0.

    Shape:
        mean: (d,) for d numbers a sample
        weight: (d, d), transposed
    """

    mean: Tensor
    weight: Tensor

    @classmethod
    def fit(cls, train: npt.NDArray[np.float32], method: str, eps: float) -> Whitening:
        """Measure the training part.

        Args:
            train: (N, *)
            method: ``zca``: V Λ^-1/2 Vᵀ, the symmetric root; ``pca``: Λ^-1/2 Vᵀ.
            eps: Added to the eigenvalues Λ.
        """
        mean, cov = covariance(train.reshape(len(train), -1))
        values, vectors = np.linalg.eigh(cov)
        varies = values > FLAT * max(float(values[-1]), 0.0)
        scale = np.where(varies, 1.0 / np.sqrt(np.where(varies, values, 1.0) + eps), 0.0)
        weight = vectors * scale
        if method == "zca":
            weight = weight @ vectors.T
        else:
            weight = weight[:, ::-1]  # the direction of most variance first
        return cls(torch.from_numpy(mean), torch.from_numpy(np.ascontiguousarray(weight)))

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        # Not every device knows float64; where it is known the covariance is I to 1e-6.
        kind = torch.float32 if inputs.device.type == "mps" else torch.float64
        flat = inputs.flatten(1).to(kind) - self.mean.to(kind)
        return (flat @ self.weight.to(kind)).to(inputs.dtype).reshape(inputs.shape)


@dataclass(frozen=True, slots=True)
class ColorNoise(RandomStep):
    """Adds to each sample's colours Σ α_i λ_i p_i, with α_i drawn from N(0, sigma²) for each sample.

    p_i and λ_i are the eigenvectors and eigenvalues of the covariance of the training part's colours, as the
    data set gives them: in [0, 1].

    Reference:
        Krizhevsky et al. 2012, section 4.1.

    Shape:
        directions: (C, C), λ_i p_i as rows
    """

    sigma: float
    directions: Tensor

    @classmethod
    def fit(cls, train: npt.NDArray[np.float32], sigma: float) -> ColorNoise:
        """Measure the training part; (N, C, H, W)."""
        _, cov = covariance(train, lambda part: part.swapaxes(0, 1).reshape(part.shape[1], -1).T)
        values, vectors = np.linalg.eigh(cov)
        return cls(sigma, torch.from_numpy((vectors * values).T.astype(np.float32)))

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        shift = (draw.normal(len(inputs), len(self.directions)) * self.sigma) @ self.directions
        return inputs + shift[:, :, None, None]


def covariance(
    samples: npt.NDArray[np.float32],
    rows: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]] = lambda part: part,
) -> tuple[npt.NDArray[np.float64], Matrix]:
    """Return mean and covariance, divided by T - 1, chunk by chunk in float64.

    Args:
        samples: (N, *)
        rows: Makes the observations of some samples, (T, d).

    Shape:
        returns: (d,), (d, d)
    """
    starts = range(0, len(samples), CHUNK)
    parts = [rows(samples[start : start + CHUNK]) for start in starts[:1]]
    count, total = 0, np.zeros(parts[0].shape[1])
    for start in starts:
        part = rows(samples[start : start + CHUNK])
        count, total = count + len(part), total + part.sum(0, dtype=np.float64)
    mean = total / count
    squares = np.zeros((len(mean), len(mean)))
    for start in starts:
        centred = rows(samples[start : start + CHUNK]).astype(np.float64) - mean
        squares += centred.T @ centred
    return mean, squares / max(count - 1, 1)
