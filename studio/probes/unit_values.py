"""What each unit of a layer gives for each sample, gathered batch by batch so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from studio.errors import ProbeError
from studio.probes.units import FLAT

Reduction: TypeAlias = Literal["mean", "max"]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]

MOST_UNITS = 512
"""Of a layer with more, those that vary the most are looked at."""

SAME = 1e-6
"""Values closer than this share of a unit's largest are the same: float32 sums differ by as much."""

Slope: TypeAlias = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class UnitValues:
    """What units give for some samples.

    Attributes:
        units: Numbers of those whose values are kept, rising; (U,) int64.
        values: One number for a unit and a sample; (U, N) float32.
        zeros: Share of exact zeros among all numbers of each unit; (T,) float64. So are the next, of all T.
        flat: Share of numbers where the activation is flat; NaN where it is no such layer.
        variances: Divided by N - 1; NaN of units that give NaN or infinity.
        lows: Smallest value.
        highs: Largest value.
        finite: Whether all numbers are; (T,) bool.
        active: Units that give anything but 0, on the mean over the samples.
    """

    units: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    zeros: Floats
    flat: Floats
    variances: Floats
    lows: Floats
    highs: Floats
    finite: npt.NDArray[np.bool_]
    active: float

    @property
    def constant(self) -> npt.NDArray[np.bool_]:
        """Say of each unit whether it gives the same for every sample, whatever goes in."""
        low, high = (np.where(self.finite, ends, 0.0) for ends in (self.lows, self.highs))
        return self.finite & (high - low <= SAME * np.maximum(np.abs(low), np.abs(high)))


def real(output: Tensor) -> Tensor:
    """Return a layer's output as float32, of complex numbers the magnitudes."""
    return (output.abs() if output.is_complex() else output).detach().to(torch.float32)


def by_unit(output: Tensor, *, last: bool) -> Tensor:
    """Return a layer's output with its units in one place.

    Args:
        output: Whole and complex numbers are made real; of the latter the magnitudes.
        last: Whether the units are the last dimension; else they are the second.

    Shape:
        output: (N, U, *), (N, *, U) if `last`, or (N,)
        returns: (N, U, P)

    Raises:
        ProbeError: There is nothing in it.
    """
    if not output.numel():
        raise ProbeError(f"The layer gives nothing: its output is {tuple(output.shape)}.")
    output = real(output)
    if output.dim() < 3:
        return output.reshape(len(output), -1, 1)
    return output.flatten(1, -2).transpose(1, 2) if last else output.flatten(2)


def one_number(grid: Tensor, reduction: Reduction) -> Tensor:
    """Return one number for each unit and sample.

    Shape:
        grid: (N, U, P)
        returns: (N, U)
    """
    return grid.amax(2) if reduction == "max" else grid.mean(2)


class _Tally:
    """Sums over batches: what is known of every unit without keeping its values."""

    def __init__(self, num_units: int, slope: Slope | None) -> None:
        self._slope = slope
        self.num_samples = self.num_positions = 0
        self.active = 0
        self.finite = torch.ones(num_units, dtype=torch.bool)
        self.zeros, self.flat, self.means, self.squares = torch.zeros(4, num_units, dtype=torch.float64)
        self.lows = torch.full((num_units,), torch.inf)
        self.highs = -self.lows

    def add(self, grid: Tensor, values: Tensor) -> None:
        """Take in a batch, its variance joined with the one so far as Chan and others do it."""
        zero = grid == 0
        self.zeros += zero.sum((0, 2))
        self.active += int((~zero.all(2)).sum())
        if self._slope is not None:
            self.flat += (self._slope(grid).abs() < FLAT).sum((0, 2))
        self.finite &= torch.isfinite(grid).all(2).all(0)
        self.lows = torch.minimum(self.lows, values.amin(0))
        self.highs = torch.maximum(self.highs, values.amax(0))
        double = values.double()
        means, before, count = double.mean(0), self.num_samples, len(values)
        apart = means - self.means
        self.squares += (double - means).square().sum(0) + apart.square() * before * count / (before + count)
        self.means += apart * count / (before + count)
        self.num_samples += count
        self.num_positions += count * grid.shape[2]

    def variances(self) -> Tensor:
        """Return the variance of each unit; 0 for a single sample, NaN where not all numbers are finite."""
        found = self.squares / max(self.num_samples - 1, 1)
        return torch.where(self.finite, found, torch.nan)

    def chosen(self, most: int) -> Tensor:
        """Return the units that vary the most, in their order."""
        ranked = torch.nan_to_num(self.variances(), nan=-1.0)
        return torch.topk(ranked, min(most, len(ranked))).indices.sort().values


def unit_values(
    outputs: Callable[[], Iterable[Tensor]],
    *,
    last: bool = False,
    reduction: Reduction = "mean",
    slope: Slope | None = None,
    most: int = MOST_UNITS,
) -> UnitValues:
    """Return what each unit gives for each sample.

    Of a layer with more than `most` units the outputs are asked for twice: once to see which vary the most,
    and once for their values.

    Args:
        outputs: Gives the layer's output batch by batch, the same each time it is asked.
        last: Whether units are the last dimension.
        reduction: How the positions of a unit become one number.
        slope: The derivative of a saturating activation, as a function of its output.
        most: Units whose values are kept.

    Raises:
        ProbeError: There are no samples, or the output is empty.
    """
    tally: _Tally | None = None
    kept: list[Tensor] = []
    for output in outputs():
        grid = by_unit(output, last=last)
        values = one_number(grid, reduction)
        tally = tally or _Tally(grid.shape[1], slope)
        tally.add(grid, values)
        if grid.shape[1] <= most:
            kept.append(values)
    if tally is None:
        raise ProbeError("There are no samples to look at.")
    units = tally.chosen(most)
    if not kept:
        kept = [one_number(by_unit(output, last=last)[:, units], reduction) for output in outputs()]
    return _found(tally, units, torch.cat(kept), is_saturating=slope is not None)


def _found(tally: _Tally, units: Tensor, values: Tensor, *, is_saturating: bool) -> UnitValues:
    flat = tally.flat / tally.num_positions if is_saturating else torch.full_like(tally.flat, torch.nan)
    return UnitValues(
        units.numpy(),
        np.ascontiguousarray(values.T.numpy()),
        (tally.zeros / tally.num_positions).numpy(),
        flat.numpy(),
        tally.variances().numpy(),
        tally.lows.double().numpy(),
        tally.highs.double().numpy(),
        tally.finite.numpy(),
        tally.active / tally.num_samples,
    )
