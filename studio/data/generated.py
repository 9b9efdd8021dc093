"""Data sets that scikit-learn draws, number for number as it draws them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from studio.data import room
from studio.data.source import Options, RawData, Source
from studio.project.generators import GENERATORS, THEIRS, Generator

COPIES = 3
"""The samples are in memory as float64 as drawn, and as float32 as split and as normalized."""


def _load(generator: Generator, options: Options, folder: Path) -> RawData:
    from sklearn import datasets

    sample = generator.sample(options)
    room.refuse_large(
        options["samples"] * sample.shape[0] * 8 * COPIES, generator.title, "Lower samples or n_features."
    )
    given = {THEIRS.get(name, name): value for name, value in options.items()}
    points, truth = getattr(datasets, generator.function)(**given)
    rows = np.ascontiguousarray(points, np.float32)
    if not sample.classes:
        return RawData(rows, truth.astype(np.float32)[:, None])
    # Hastie's classes are -1 and 1; all others are counted from 0.
    return RawData(rows, np.maximum(truth, 0).astype(np.int64))


GENERATED = {
    generator.key: Source(lambda options, folder: (options["samples"], 0), partial(_load, generator))
    for generator in GENERATORS
}
