"""From a data set's settings to tensors on the training device.

Sets that fit live on the device as a whole: a batch is then one `index_select`, and no worker process,
collation or copy stands between the data and the step. Others stay in main memory, and are streamed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from studio.data import datasets, filling, normalization, room, splits, words
from studio.data.fingerprint import Fingerprint
from studio.data.on_demand import PictureFiles, PictureSamples
from studio.data.samples import HostSamples
from studio.data.samples import Split as Split
from studio.data.source import Inputs, Targets
from studio.data.transforms.fitted import Normalize
from studio.data.transforms.pipeline import Augment, Pipeline
from studio.project.config import DataConfig
from studio.project.sample import Sample
from studio.project.training_config import DataOn
from studio.project.transforms import sample_after


@dataclass(frozen=True, slots=True)
class PreparedData:
    """A data set, split, normalized, and on a device or on call for it.

    Attributes:
        dataset: Its key.
        shape: Shape of one sample, as the network gets it.
        classes: Names of the classes; empty for regression.
        train: What the network learns from; with `augment`, as it is before that.
        validation: What tells how far it generalizes while it learns.
        test: What nobody looks at until the end; may be empty.
        mean: What was subtracted, per channel or feature; empty for whole numbers, which stay as they are.
        std: What was divided by; likewise.
        transforms: What was done before, as evaluation does it.
        augment: What is still to be done to each batch of training; None: nothing.
        fingerprint: What tells whether the data set changed; None if nobody asked for it.
        target_mean: What was subtracted from values to predict; 0 where they are as they are.
        target_std: What they were divided by; 1 likewise.
        absent: Which classes a part has no sample of, in words; empty if none is missing.
    """

    dataset: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]
    transforms: Pipeline = field(default_factory=Pipeline)
    augment: Augment | None = None
    fingerprint: Fingerprint | None = None
    absent: str = ""
    target_mean: float = 0.0
    target_std: float = 1.0

    def ready(self, inputs: Inputs) -> Inputs:
        """Return further samples, given as the data set gives them, as evaluation sees them."""
        return normalization.apply(self.transforms.evaluated(inputs), self.mean, self.std)

    def in_units(self, values: Tensor) -> Tensor:
        """Return values as the network gives them in the units of the data set's."""
        if (self.target_mean, self.target_std) == (0.0, 1.0):
            return values
        return values * self.target_std + self.target_mean


def prepare(
    config: DataConfig,
    folder: Path | None = None,
    device: str | torch.device = "cpu",
    *,
    augment: bool = False,
    data_on: DataOn = "auto",
    fingerprint: bool = False,
) -> PreparedData:
    """Load, split, transform and normalize a data set, and put it on a device.

    Args:
        config: The project's data settings.
        folder: The project file's folder.
        device: Where the tensors live.
        augment: The training part is for training, so that random transforms are left for each batch; else
            it is as evaluation sees it, like every other part.
        data_on: Whether the inputs do, too; ``auto``: if they fit.
        fingerprint: Take one of the data set meanwhile.

    Raises:
        DataError: It is missing or damaged, or cannot be split or transformed as asked.
    """
    found = parted(config, folder, fingerprint=fingerprint)
    transforms = fitted(config, found.train[0])
    evaluated = transforms.evaluated(found.train[0])
    shift, scale = normalization.fit(evaluated, config.normalization)
    (mean,), (std,) = target_scale = _target_scale(found.train[1], config)
    shelf = _Shelf(torch.device(device), data_on, found.nbytes)
    parts = _Parts(found, shelf, transforms, (shift, scale), target_scale)
    if augment and transforms.rest:
        last = Normalize.of(shift, scale, len(found.sample.shape))
        later: Augment | None = Augment(transforms.rest, last, torch.device(device))
        ahead = transforms.ahead.evaluated
        train = parts.put(splits.TRAIN, ahead(found.train[0]), ahead)
    else:
        later = None
        train = parts.put(splits.TRAIN, normalization.apply(evaluated, shift, scale), parts.ready)
    labels = [targets for _, targets in found.parts]
    return PreparedData(
        config.dataset,
        found.sample.shape,
        found.sample.classes,
        train,
        parts.made(splits.VALIDATION),
        parts.made(splits.TEST),
        shift,
        scale,
        transforms,
        later,
        found.fingerprint,
        "" if found.sample.next_token else splits.absent(labels, found.sample.classes),
        mean,
        std,
    )


def _target_scale(targets: Targets, config: DataConfig) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what is subtracted from the targets, and what they are divided by; classes stay as they are."""
    if targets.dtype != np.float32 or config.target_scaling == "none":
        return (0.0,), (1.0,)
    return normalization.fit(targets, config.target_scaling)


Samples: TypeAlias = tuple[Inputs, Targets]


@dataclass(frozen=True, slots=True)
class Parted:
    """A data set as it is, split, with what was missing filled in.

    Attributes:
        sample: What one sample is like after the transforms.
        train: Inputs and targets; so are the others.
        nbytes: Of all inputs but those of a test set that the data set brings.
        fingerprint: What tells whether the data set changed; None if nobody asked for it.
        pictures: Where the inputs are read from on demand. The training part has its first inputs then, to be
            measured, the others have none; targets are complete. None: all are here.
        rows: Which of those pictures are in each part.
    """

    sample: Sample
    train: Samples
    validation: Samples
    test: Samples
    nbytes: int
    fingerprint: Fingerprint | None = None
    pictures: PictureFiles | None = None
    rows: splits.Parts | None = None

    @property
    def parts(self) -> tuple[Samples, Samples, Samples]:
        """Train, validation and test."""
        return self.train, self.validation, self.test


def parted(config: DataConfig, folder: Path | None, *, fingerprint: bool = False) -> Parted:
    """Load a data set, and split it.

    Args:
        config: The project's data settings.
        folder: The project file's folder.
        fingerprint: Take one of the data set meanwhile.

    Raises:
        DataError: It is missing or damaged, or cannot be split or transformed as asked.
    """
    raw = datasets.load(config, folder)
    sample = sample_after(config.transforms, datasets.sample_of(config, folder))
    own_test = len(raw.test[0]) if raw.test is not None else 0
    rows = splits.split(raw.targets, own_test, config, raw.placing)
    fillings = filling.fit(raw.inputs[rows[splits.TRAIN]], raw.gaps) if raw.gaps else []
    known = words.fit(raw.inputs[rows[splits.TRAIN]], raw.words) if raw.words is not None else None

    taken = Fingerprint(raw) if fingerprint else None
    if raw.pictures is not None:
        first = raw.pictures.take(rows[splits.TRAIN][: raw.pictures.num_measured])
        train, validation, held_out = (raw.targets[chosen] for chosen in rows)
        return Parted(
            sample,
            (first, train),
            (raw.inputs, validation),
            (raw.inputs, held_out),
            0,
            taken,
            raw.pictures,
            rows,
        )

    def part(which: int) -> Samples:
        inputs, targets = raw.inputs[rows[which]], raw.targets[rows[which]]
        if known is not None:
            return known.lookup[inputs], known.targets(targets)
        return filling.apply(inputs, raw.gaps, fillings), targets

    test = raw.test if raw.test is not None else part(splits.TEST)
    return Parted(sample, part(splits.TRAIN), part(splits.VALIDATION), test, raw.inputs.nbytes, taken)


class _Shelf:
    """Puts parts of the data on a device, or leaves them in main memory to be streamed to it."""

    def __init__(self, device: torch.device, data_on: DataOn, nbytes: int) -> None:
        self._device = device
        self._streams = data_on == "host" or (data_on == "auto" and not room.fits_on(nbytes, device))

    def put(self, inputs: Inputs, targets: Targets) -> Split:
        found, truth = torch.from_numpy(inputs), torch.from_numpy(targets).to(self._device)
        if self._streams:
            return Split(found[:0].to(self._device), truth, HostSamples(found))
        return Split(found.to(self._device), truth)

    def stream(self, samples: PictureSamples, targets: Targets) -> Split:
        """Return a part whose inputs are read when a batch asks for them."""
        empty = torch.empty((0, *samples.shape), dtype=samples.dtype, device=self._device)
        return Split(empty, torch.from_numpy(targets).to(self._device), samples)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Makes the parts of a data set ready, and puts them where they are to be.

    Attributes:
        found: The data set.
        shelf: Where to.
        transforms: Fitted on the training part.
        scale: What is subtracted from each feature, and what it is divided by.
        target_scale: Likewise of the targets.
    """

    found: Parted
    shelf: _Shelf
    transforms: Pipeline
    scale: tuple[tuple[float, ...], tuple[float, ...]]
    target_scale: tuple[tuple[float, ...], tuple[float, ...]]

    def ready(self, inputs: Inputs) -> Inputs:
        """Return samples as evaluation sees them."""
        return normalization.apply(self.transforms.evaluated(inputs), *self.scale)

    def made(self, which: int) -> Split:
        """Return a part as evaluation sees it."""
        inputs = self.found.parts[which][0]
        return self.put(which, inputs if self.found.pictures is not None else self.ready(inputs), self.ready)

    def put(self, which: int, inputs: Inputs, ready: Callable[[Inputs], Inputs]) -> Split:
        """Return a part of samples that are ready; `ready` makes those so that are read on demand."""
        found = self.found
        targets = normalization.apply(found.parts[which][1], *self.target_scale)
        if found.pictures is None or found.rows is None:
            return self.shelf.put(inputs, targets)
        # The shape stands in the training part's first samples, or is that which all have in the end.
        shape = inputs.shape[1:] if len(inputs) else found.sample.shape
        return self.shelf.stream(PictureSamples(found.pictures, found.rows[which], shape, ready), targets)


def fitted(config: DataConfig, train: Inputs) -> Pipeline:
    """Return the transforms, measured on the training part."""
    if not config.transforms:
        return Pipeline()
    from studio.data.transforms import fitting  # loads torchvision

    return fitting.fit(config.transforms, np.asarray(train, np.float32))
