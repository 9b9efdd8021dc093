"""From a data set's settings to tensors on the training device.

Small sets live on the device as a whole: a batch is then one `index_select`, and no worker process,
collation or copy stands between the data and the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from studio.data import datasets, filling, normalization, splits
from studio.data.source import Inputs, Targets
from studio.project.config import DataConfig


@dataclass(frozen=True, slots=True)
class Split:
    """One part of the data, on the device.

    Shape:
        inputs: (N, *shape) float32, or int64 for whole numbers such as tokens
        targets: (N,) int64 classes, or (N, 1) float32 values
    """

    inputs: torch.Tensor
    targets: torch.Tensor

    def __len__(self) -> int:
        return self.inputs.shape[0]


@dataclass(frozen=True, slots=True)
class PreparedData:
    """A data set, split, normalized and resident on a device.

    Attributes:
        dataset: Its key.
        shape: Shape of one sample.
        classes: Names of the classes; empty for regression.
        train: What the network learns from.
        validation: What tells how far it generalizes while it learns.
        test: What nobody looks at until the end; may be empty.
        mean: What was subtracted, per channel or feature; empty for whole numbers, which stay as they are.
        std: What was divided by; likewise.
    """

    dataset: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]


def prepare(
    config: DataConfig, folder: Path | None = None, device: str | torch.device = "cpu"
) -> PreparedData:
    """Load, split and normalize a data set, and put it on a device.

    Args:
        config: The project's data settings.
        folder: The project file's folder.
        device: Where the tensors live.

    Raises:
        DataError: It is missing or damaged, or cannot be split as asked.
    """
    raw = datasets.load(config, folder)
    sample = datasets.sample_of(config, folder)
    own_test = len(raw.test[0]) if raw.test is not None else 0
    parts = splits.split(raw.targets, own_test, config)
    fillings = filling.fit(raw.inputs[parts[splits.TRAIN]], raw.gaps) if raw.gaps else []
    inputs = filling.apply(raw.inputs, raw.gaps, fillings)
    train = inputs[parts[splits.TRAIN]]
    shift, scale = normalization.fit(train, config.normalization)

    def place(samples: Inputs, targets: Targets) -> Split:
        ready = normalization.apply(samples, shift, scale)
        return Split(torch.from_numpy(ready).to(device), torch.from_numpy(targets).to(device))

    if raw.test is not None:
        test = place(*raw.test)
    else:
        test = place(inputs[parts[splits.TEST]], raw.targets[parts[splits.TEST]])
    return PreparedData(
        config.dataset,
        sample.shape,
        sample.classes,
        place(train, raw.targets[parts[splits.TRAIN]]),
        place(inputs[parts[splits.VALIDATION]], raw.targets[parts[splits.VALIDATION]]),
        test,
        shift,
        scale,
    )


def preview(config: DataConfig, folder: Path | None = None, count: int = 16) -> tuple[Inputs, Targets]:
    """Return the first training samples as the data set gives them, filled but not normalized.

    Shape:
        returns: (K, *shape) and (K,), with K at most `count`

    Raises:
        DataError: As `prepare`.
    """
    raw = datasets.load(config, folder)
    own_test = len(raw.test[0]) if raw.test is not None else 0
    rows = splits.split(raw.targets, own_test, config)[splits.TRAIN]
    chosen = rows[:count]
    fillings = filling.fit(raw.inputs[rows], raw.gaps) if raw.gaps else []
    return filling.apply(raw.inputs[chosen], raw.gaps, fillings), raw.targets[chosen]
