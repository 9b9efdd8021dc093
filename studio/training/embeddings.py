"""Where samples lie in the space of what a layer gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from studio.probes.embedding import Method, principal_components, scatter_ratio, umap_points
from studio.probes.unit_values import real, unit_values
from studio.probes.units import has_units_last
from studio.runs.insights import EmbeddingFound
from studio.training.insides import Inside
from studio.training.seen import seen_of

MOST_FEATURES = 2**22
"""Numbers of all samples together; of larger outputs the units stand for their positions."""


def embedding_of(inside: Inside, name: str, method: Method = "pca") -> EmbeddingFound:
    """Return where the samples lie, seen through what a node gives.

    Raises:
        ProbeError: The network computes no such node, or the method cannot be had.
    """
    features = _features(inside, name)
    whole = np.isfinite(features).all(1)
    known, labels = features[whole], inside.labels.numpy()[whole]
    points = np.full((len(features), 2), np.nan)
    axes, explained = ("", ""), np.full(2, np.nan)
    if not len(known):
        axes = ("no place", "no place")
    elif method == "umap":
        points[whole], axes = umap_points(known), ("UMAP 1", "UMAP 2")
    elif features.shape[1] == 2:
        points[whole], axes = known, ("output 0", "output 1")
    else:
        found = principal_components(known)
        points[whole], explained, axes = found.points, found.explained, ("PC 1", "PC 2")
    ratio = scatter_ratio(known, labels) if (labels >= 0).any() else float("nan")
    broken = int(np.count_nonzero(~whole))
    seen = seen_of(inside, inside.rows)
    return EmbeddingFound(points, axes, explained, features.shape[1], ratio, broken, seen)


def _features(inside: Inside, name: str) -> npt.NDArray[np.float32]:
    """Return what a node gives for each sample as a row of numbers; (N, F)."""
    numbers = inside.given(name, inside.inputs_of_first(2))[0].numel()
    if numbers * len(inside.rows) > MOST_FEATURES:
        last = has_units_last(inside.node(name), inside.network)
        return unit_values(lambda: inside.outputs(name), last=last).values.T
    outputs = [real(output).reshape(len(output), -1) for output in inside.outputs(name)]
    return torch.cat(outputs).numpy()
