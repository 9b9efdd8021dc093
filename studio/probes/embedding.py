"""What a layer makes of samples as points in the plane, and how well that tells classes apart."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.errors import ProbeError

Method: TypeAlias = Literal["pca", "umap"]
Array: TypeAlias = npt.NDArray[Any]

NEIGHBORS = 15
"""Of each point, as many UMAP tries to keep; its own default."""


@dataclass(frozen=True, slots=True)
class Components:
    """The directions along which points vary the most.

    Attributes:
        points: (N, 2); 0 along a direction that is not there.
        explained: Share of the whole variance along each; (2,).
    """

    points: Array
    explained: Array


def principal_components(features: Array) -> Components:
    """Return points in the plane of the two directions of largest variance.

    A direction may as well point the other way; it points to where its largest part is positive.

    Shape:
        features: (N, F)

    Reference:
        `sklearn.decomposition.PCA` with ``svd_solver="full"``.
    """
    centred = np.asarray(features, np.float64) - np.mean(features, axis=0, dtype=np.float64)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    top = directions[:2]
    signs = np.sign(top[np.arange(len(top)), np.abs(top).argmax(1)])
    points, explained = np.zeros((len(centred), 2)), np.zeros(2)
    points[:, : len(top)] = centred @ (top * signs[:, None]).T
    whole = float(np.square(lengths).sum())
    if whole > 0.0:
        explained[: len(top)] = np.square(lengths[:2]) / whole
    return Components(points, explained)


def umap_points(features: Array) -> Array:
    """Return points in the plane that keep near together what is near together.

    Shape:
        features: (N, F)
        returns: (N, 2)

    Raises:
        ProbeError: The package is not installed, or there are too few samples.
    """
    if importlib.util.find_spec("umap") is None:
        raise ProbeError('UMAP needs the package umap-learn: pip install "flowgraph-studio[insight]".')
    if len(features) <= NEIGHBORS:
        raise ProbeError(f"UMAP needs more than {NEIGHBORS} samples, and there are {len(features)}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that a seed costs it its threads
        from umap import UMAP  # compiles for seconds

        found = UMAP(n_neighbors=NEIGHBORS, random_state=0, n_jobs=1).fit_transform(features)
    return np.asarray(found, np.float64)


def scatter_ratio(features: Array, labels: Array) -> float:
    """Return the scatter between classes over that within them: tr(S_B) / tr(S_W). More is told apart better.

    Shape:
        features: (N, F)
        labels: (N,)

    Returns:
        NaN with fewer than two classes; infinity if all samples of a class are the same.
    """
    classes = np.unique(labels)
    if len(classes) < 2:
        return float("nan")
    features = np.asarray(features, np.float64)
    mean, between, within = features.mean(0), 0.0, 0.0
    for one in classes:
        own = features[labels == one]
        between += len(own) * float(np.square(own.mean(0) - mean).sum())
        within += float(np.square(own - own.mean(0)).sum())
    return between / within if within > 0.0 else float("inf") if between > 0.0 else float("nan")
