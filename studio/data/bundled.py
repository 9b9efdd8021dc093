"""Small tables that come with scikit-learn: read from the library, never downloaded."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from studio.data.source import Options, RawData, Source

SAMPLES = {"iris": 150, "wine": 178, "breast_cancer": 569, "diabetes": 442}


def _load(name: str, options: Options, folder: Path) -> RawData:
    from sklearn import datasets

    rows, truth = getattr(datasets, f"load_{name}")(return_X_y=True)
    if truth.dtype.kind == "f":
        return RawData(rows.astype(np.float32), truth.astype(np.float32)[:, None])
    return RawData(rows.astype(np.float32), truth.astype(np.int64))


def _features(name: str, options: Options, folder: Path) -> tuple[str, ...]:
    from sklearn import datasets

    return tuple(map(str, getattr(datasets, f"load_{name}")().feature_names))


def _count(name: str, options: Options, folder: Path) -> tuple[int, int]:
    return SAMPLES[name], 0


BUNDLED = {
    name: Source(partial(_count, name), partial(_load, name), features=partial(_features, name))
    for name in SAMPLES
}
