"""Answers what a node gives for one sample, small enough to be sent."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from studio.data.prepare import PreparedData, prepare
from studio.engine.records import LookAt, LookedAt
from studio.errors import RunError, StudioError
from studio.project.config import DataConfig
from studio.project.format import from_data
from studio.runs.store import RunStore
from studio.training.one_sample import look
from studio.training.run import Run

MOST_MAPS = 36
MOST_PIXELS = 96
"""Longer side of a map that is sent; the canvas shows it smaller."""

MOST_VALUES = 4096


def look_at(request: LookAt) -> LookedAt:
    """Return what a node gives for one sample.

    Raises:
        StudioError: It cannot be computed.
    """
    project, folder = from_data(request.project), Path(request.folder) if request.folder else None
    found = look(
        project,
        request.node,
        request.sample,
        _data(project.data, folder),
        folder=folder,
        trained=_weights(request),
    )
    output, finite = found.output, torch.isfinite(found.output)
    known = output[finite]
    numbers = known if known.numel() else torch.zeros(1)
    classes = _classes(project.data, folder)
    return LookedAt(
        request.id,
        request.node,
        tuple(output.shape),
        shown(output).numpy(),
        float(numbers.min()),
        float(numbers.max()),
        float(numbers.mean()),
        float(numbers.std(correction=0)),
        float((output == 0).float().mean()) if output.numel() else 0.0,
        bool(finite.all()),
        classes[found.label] if 0 <= found.label < len(classes) else "",
        found.index,
        found.count,
        found.sample,
        found.weights,
    )


def shown(output: Tensor) -> Tensor:
    """Return what a person can see of an output.

    Shape:
        output: (*)
        returns: (K, H, W) with K, H and W small, or (E,)
    """
    if output.ndim < 2:
        return output.reshape(-1)[:MOST_VALUES].clone()
    maps = output.reshape(-1, *output.shape[-2:]) if output.ndim > 2 else output[None]
    maps = maps[:MOST_MAPS]
    longest = max(maps.shape[-2:])
    if longest <= MOST_PIXELS:
        return maps.clone()
    high, wide = (max(math.floor(side * MOST_PIXELS / longest), 1) for side in maps.shape[-2:])
    return functional.adaptive_avg_pool2d(maps, (high, wide))


def prepared(config: DataConfig, folder: Path | None) -> PreparedData:
    """Return the data of some settings; those asked for last are still there.

    Raises:
        DataError: They cannot be had.
    """
    return _prepared(config.model_dump_json(), folder)


def _data(config: DataConfig, folder: Path | None) -> PreparedData | None:
    try:
        return prepared(config, folder)
    except StudioError:
        return None  # random numbers do, and say so


@lru_cache(maxsize=1)
def _prepared(config: str, folder: Path | None) -> PreparedData:
    """Return the data of some settings, written as JSON: their options are a dictionary."""
    return prepare(DataConfig.model_validate_json(config), folder)


def _classes(config: DataConfig, folder: Path | None) -> tuple[str, ...]:
    data = _data(config, folder)
    return data.classes if data is not None else ()


def _weights(request: LookAt) -> dict[str, Tensor] | None:
    """Return the best weights of the run that was asked for; None while it has none."""
    if not request.run:
        return None
    try:
        return Run(RunStore(Path(request.runs_folder)).run(request.run)).checkpoint("best")
    except RunError:
        return None
