"""Missing measurements, filled with what the training part alone tells, so that nothing leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from studio.errors import DataError

Rows: TypeAlias = npt.NDArray[np.float32]
Inputs: TypeAlias = Rows | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Gap:
    """Features that miss values together: one number, or all columns of a one-hot word.

    Attributes:
        name: The column's, for messages.
        start: First feature.
        stop: After the last.
        by: ``mean``, ``median`` or ``most_frequent``.
    """

    name: str
    start: int
    stop: int
    by: str


def fit(train: Inputs, gaps: tuple[Gap, ...]) -> list[Rows]:
    """Return what each gap is filled with.

    Shape:
        train: (N, E), NaN where a value is missing
        returns: one (K,) for each gap

    Raises:
        DataError: The training part knows no value of a column.
    """
    values = []
    for gap in gaps:
        part = train[:, gap.start : gap.stop]
        known = part[~np.isnan(part[:, 0])]
        if not len(known):
            raise DataError(
                f'Column "{gap.name}" is empty in all of the training part. Leave it out of features.',
                argument="features",
            )
        values.append(_BY[gap.by](known))
    return values


def apply(inputs: Inputs, gaps: tuple[Gap, ...], values: list[Rows]) -> Inputs:
    """Return the inputs with every gap filled.

    Shape:
        inputs: (N, E)
        returns: the same
    """
    if not gaps:
        return inputs
    filled = inputs.copy()
    for gap, value in zip(gaps, values, strict=True):
        part = filled[:, gap.start : gap.stop]
        part[np.isnan(part[:, 0])] = value
    return filled


def _mean(known: Inputs) -> Rows:
    return known.mean(0, dtype=np.float64).astype(np.float32)  # type: ignore[no-any-return]


def _median(known: Inputs) -> Rows:
    return np.median(known.astype(np.float64), axis=0).astype(np.float32)


def _most_frequent(known: Inputs) -> Rows:
    """Return the row that occurs most often; of several, the smallest."""
    rows, counts = np.unique(known, axis=0, return_counts=True)
    return rows[counts.argmax()]  # type: ignore[no-any-return]


_BY = {"mean": _mean, "median": _median, "most_frequent": _most_frequent}
