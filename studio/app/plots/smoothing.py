"""An exponential moving average that starts unbiased, passes over NaN, and takes values as they come."""

from __future__ import annotations

import numpy as np

from studio.runs.records import Array

_BLOCK = 64


class Smoother:
    """The moving average of a growing series; each value weighs `decay` times the next.

    Weighted sum and weights are averaged alike and divided, so the first values are not drawn towards
    zero (Adam's bias correction), and values that are not finite weigh nothing. Within a block of 64
    values both are one matrix product.
    """

    def __init__(self, span: int = 40) -> None:
        self._decay = 1.0 - 2.0 / (span + 1.0)
        powers = np.arange(_BLOCK)
        lags = powers[:, None] - powers[None, :]
        self._response = np.where(lags >= 0, self._decay ** np.maximum(lags, 0), 0.0)
        self._carried = self._decay ** (powers + 1.0)
        self._sum = self._weight = 0.0

    def smooth(self, values: Array) -> Array:
        """Return the average after each of these further values.

        Shape:
            values: (K,)
            returns: (K,) float32; NaN as long as no value was finite
        """
        averages = np.empty(len(values), np.float32)
        for start in range(0, len(values), _BLOCK):
            block = np.asarray(values[start : start + _BLOCK], np.float64)
            averages[start : start + len(block)] = self._smooth_block(block)
        return averages

    def _smooth_block(self, block: Array) -> Array:
        size = len(block)
        finite = np.isfinite(block)
        response, carried = self._response[:size, :size], self._carried[:size]
        sums = response @ np.where(finite, block, 0.0) + carried * self._sum
        weights = response @ finite.astype(np.float64) + carried * self._weight
        self._sum, self._weight = float(sums[-1]), float(weights[-1])
        return np.divide(sums, weights, out=np.full(size, np.nan), where=weights > 0.0)
