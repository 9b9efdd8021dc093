"""A look at a data set before it is trained on: samples, what the transforms make of them, and statistics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from studio.data import prepare, statistics
from studio.data.source import Inputs, Targets
from studio.data.statistics import Statistics
from studio.data.transforms.pipeline import Augment
from studio.data.transforms.step import Step
from studio.project.config import DataConfig


@dataclass(frozen=True, slots=True)
class Preview:
    """What there is to see.

    Attributes:
        inputs: The first training samples as the data set gives them, filled but not normalized; (K, *).
        targets: Theirs; (K,).
        changed: The same after the transforms, drawn once, before normalization; None without transforms.
        found: Statistics of the samples as the data set gives them, filled.
    """

    inputs: Inputs
    targets: Targets
    changed: Inputs | None
    found: Statistics


def look(config: DataConfig, folder: Path | None = None, count: int = 16, draw: int = 0) -> Preview:
    """Return samples of the training part, changed as one batch of training would be, and statistics.

    Args:
        config: The project's data settings.
        folder: The project file's folder.
        count: Samples, at most.
        draw: Another number draws other random numbers.

    Raises:
        DataError: As `prepare`.
    """
    found = prepare.parted(config, folder)
    train, targets = found.train
    chosen = train[:count]
    return Preview(
        chosen,
        targets[:count],
        _changed(config, train, chosen, draw) if config.transforms else None,
        Statistics(
            statistics.count_classes(
                [targets, found.validation[1], found.test[1]], len(found.sample.classes)
            ),
            *statistics.moments(train),
            statistics.correlation(train),
        ),
    )


def _changed(config: DataConfig, train: Inputs, chosen: Inputs, draw: int) -> Inputs:
    """Return samples after all transforms, as a batch of training."""
    steps = prepare.fitted(config, train).steps
    augment = Augment(steps, Step(), torch.device("cpu"))
    return np.ascontiguousarray(augment(torch.from_numpy(chosen), draw, 0).inputs.numpy())
