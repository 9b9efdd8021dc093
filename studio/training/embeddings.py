"""Where samples lie in the space of what a layer gives, and what they look like."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from studio.probes.embedding import Method, principal_components, scatter_ratio, umap_points
from studio.probes.unit_values import unit_values
from studio.probes.units import has_units_last
from studio.runs.insights import EmbeddingFound, SamplesSeen
from studio.training.insides import Inside

MOST_FEATURES = 2**22
"""Numbers of all samples together; of larger outputs the units stand for their positions."""

SIDES = (64, 48, 32, 24, 16, 12)
MOST_BYTES = 2**22
"""Longer side of a sample's picture, as large as all of them together may be."""

MOST_SHOWN = 32
"""Numbers shown of a sample that is no picture."""


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
    outputs = [_real(output).flatten(1) for output in inside.outputs(name)]
    return torch.cat(outputs).numpy()


def _real(output: Tensor) -> Tensor:
    return (output.abs() if output.is_complex() else output).detach().to(torch.float32)


def seen_of(inside: Inside, rows: Tensor) -> SamplesSeen:
    """Return what some samples look like."""
    shape, nothing = inside.data.shape, np.zeros(0, np.float32)
    if len(shape) != 3:
        shown = torch.cat([part.flatten(1)[:, :MOST_SHOWN] for part in _inputs(inside, rows)])
        return SamplesSeen(nothing.astype(np.uint8), shown.to(torch.float32).numpy())
    side = next((one for one in SIDES if len(rows) * 3 * one**2 <= MOST_BYTES), SIDES[-1])
    small = torch.cat([_small(part.reshape(-1, *shape).float(), side) for part in _inputs(inside, rows)])
    known = torch.nan_to_num(small, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = known.min(), known.max()
    levels = (known - low) / (high - low).clamp_min(1e-12) * 255
    return SamplesSeen(levels.round().to(torch.uint8).numpy(), nothing)


def _inputs(inside: Inside, rows: Tensor) -> list[Tensor]:
    return [inside.split.take(part)[0] for part in rows.split(64)]


def _small(pictures: Tensor, side: int) -> Tensor:
    """Return pictures that are no longer than a side, grey where they have neither one nor three channels."""
    if pictures.shape[1] not in (1, 3):
        pictures = pictures.mean(1, keepdim=True)
    longest = max(pictures.shape[-2:])
    if longest <= side:
        return pictures
    size = [max(round(one * side / longest), 1) for one in pictures.shape[-2:]]
    return functional.adaptive_avg_pool2d(pictures, size)
