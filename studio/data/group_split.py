"""Splits that tear no group apart: pictures of one patient, recordings of one speaker."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.data.source import Targets
from studio.errors import DataError

Indices = npt.NDArray[np.int64]


def assign(
    groups: Indices, targets: Targets, shares: tuple[float, float, float], seed: int, *, stratify: bool
) -> Indices:
    """Return the part of each sample: 0 train, 1 validation, 2 test.

    The largest groups go first, and equal ones in an order that the seed draws; each goes to the part that
    lacks its samples most, of every class if it is to be stratified. That comes as near to the shares as
    whole groups let a greedy choice come.

    Args:
        groups: Number of the group of each sample.
        targets: Their classes, or values, of which none are stratified.
        shares: Of the samples in each part; a part of 0 gets none.
        seed: Fixes the order.
        stratify: Keep the classes' proportions.

    Shape:
        groups: (N,)
        targets: (N,) or (N, 1)
        returns: (N,)

    Raises:
        DataError: There are fewer groups than parts.
    """
    sizes = np.bincount(groups)
    wanted = np.flatnonzero(shares)
    if len(sizes) < len(wanted):
        raise DataError(
            f"The split keeps groups together, and there are {len(sizes)} groups for {len(wanted)} parts. "
            "Set test_fraction to 0, or group by something finer.",
            argument="group",
        )
    labels = targets if stratify and targets.dtype.kind != "f" else np.zeros(len(groups), np.int64)
    totals = np.bincount(labels)
    lacking = np.array(shares)[:, None] * totals  # (3, C)
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    members = np.split(np.argsort(groups, kind="stable"), np.cumsum(sizes)[:-1])
    part_of, filled = np.zeros(len(sizes), np.int64), np.zeros(3, bool)
    for done, group in enumerate(order):
        counts = np.bincount(labels[members[group]], minlength=len(totals))  # (C,)
        # By how much the squared lack of each part, as a share of the class, shrinks.
        gains = (counts * (2 * lacking - counts) / np.maximum(totals, 1) ** 2).sum(1)
        empty = wanted[~filled[wanted]]
        open_parts = empty if len(order) - done <= len(empty) else wanted
        part = open_parts[gains[open_parts].argmax()]
        part_of[group], filled[part] = part, True
        lacking[part] -= counts
    return part_of[groups]
