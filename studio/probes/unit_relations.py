"""How units of a layer go together: correlations, units that ignore the input, units that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.probes.unit_values import UnitValues
from studio.runs.insights import UnitsFound

SAME_BEYOND = 0.99
"""Two units whose correlation is beyond this, either way, say the same."""

MOST_NAMED = 1000
"""Units and pairs that are named; all are counted."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Units that say the same, the most alike first.

    Attributes:
        units: (P, 2) places in the rows that were compared.
        correlations: (P,).
    """

    units: Array
    correlations: Array


def unit_correlation(values: Array, varies: Array) -> Array:
    """Return the correlation of every pair of units over the samples.

    Args:
        values: What units give; (U, N).
        varies: Which units have a correlation: finite and not constant; (U,) bool.

    Shape:
        returns: (U, U) float64, in [-1, 1]; NaN in rows and columns of all others

    Reference:
        `numpy.corrcoef`.
    """
    found = np.full((len(values), len(values)), np.nan)
    rows = np.flatnonzero(varies)
    if len(rows) and values.shape[1] > 1:
        found[np.ix_(rows, rows)] = np.corrcoef(values[rows].astype(np.float64)).reshape(len(rows), -1)
    return found


def duplicates(correlation: Array, beyond: float = SAME_BEYOND) -> Pairs:
    """Return the pairs of units whose correlation is beyond a bound, either way; the most alike first."""
    size = np.abs(np.nan_to_num(correlation))
    first, second = np.nonzero(np.triu(size > beyond, k=1))
    order = np.argsort(-size[first, second], kind="stable")
    first, second = first[order], second[order]
    return Pairs(np.stack([first, second], axis=1), correlation[first, second])


def mean_size(correlation: Array) -> float:
    """Return the mean size of the correlations between two different units; NaN if there are none."""
    between = np.abs(correlation[np.triu_indices(len(correlation), k=1)])
    known = between[~np.isnan(between)]
    return float(known.mean()) if len(known) else float("nan")


def relations(found: UnitValues) -> UnitsFound:
    """Return units with how they go together. Constant and broken ones of all are found, also those that are
    not among the units whose values were kept.
    """
    shown = found.units
    constant = found.constant
    correlation = unit_correlation(found.values, (found.finite & ~constant)[shown])
    pairs = duplicates(correlation)
    same, broken = np.flatnonzero(constant), np.flatnonzero(~found.finite)
    return UnitsFound(
        len(found.zeros),
        shown,
        found.values,
        found.zeros[shown],
        found.flat[shown],
        found.variances[shown],
        correlation,
        found.active,
        same[:MOST_NAMED],
        found.highs[same[:MOST_NAMED]],
        len(same),
        int(np.count_nonzero(found.zeros[same] == 1.0)),
        broken[:MOST_NAMED],
        len(broken),
        shown[pairs.units[:MOST_NAMED]],
        pairs.correlations[:MOST_NAMED],
        len(pairs.units),
        mean_size(correlation),
    )
