"""From a data set's settings to tensors on the training device.

Sets that fit live on the device as a whole: a batch is then one `index_select`, and no worker process,
collation or copy stands between the data and the step. Others stay in main memory, and are streamed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from studio.data import datasets, filling, normalization, room, splits
from studio.data.samples import HostSamples
from studio.data.samples import Split as Split
from studio.data.source import Inputs, Targets
from studio.data.transforms.fitted import Normalize
from studio.data.transforms.pipeline import Augment, Pipeline
from studio.project.config import DataConfig
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

    def ready(self, inputs: Inputs) -> Inputs:
        """Return further samples, given as the data set gives them, as evaluation sees them."""
        return normalization.apply(self.transforms.evaluated(inputs), self.mean, self.std)


def prepare(
    config: DataConfig,
    folder: Path | None = None,
    device: str | torch.device = "cpu",
    *,
    augment: bool = False,
    data_on: DataOn = "auto",
) -> PreparedData:
    """Load, split, transform and normalize a data set, and put it on a device.

    Args:
        config: The project's data settings.
        folder: The project file's folder.
        device: Where the tensors live.
        augment: The training part is for training, so that random transforms are left for each batch; else
            it is as evaluation sees it, like every other part.
        data_on: Whether the inputs do, too; ``auto``: if they fit.

    Raises:
        DataError: It is missing or damaged, or cannot be split or transformed as asked.
    """
    raw = datasets.load(config, folder)
    sample = sample_after(config.transforms, datasets.sample_of(config, folder))
    own_test = len(raw.test[0]) if raw.test is not None else 0
    parts = splits.split(raw.targets, own_test, config)
    fillings = filling.fit(raw.inputs[parts[splits.TRAIN]], raw.gaps) if raw.gaps else []
    inputs = filling.apply(raw.inputs, raw.gaps, fillings)
    train = inputs[parts[splits.TRAIN]]
    transforms = fitted(config, train)
    evaluated = transforms.evaluated(train)
    shift, scale = normalization.fit(evaluated, config.normalization)
    is_streamed = data_on == "host" or (
        data_on == "auto" and not room.fits_on(inputs.nbytes, torch.device(device))
    )

    def at_hand(samples: Inputs, targets: Targets) -> Split:
        found, truth = torch.from_numpy(samples), torch.from_numpy(targets).to(device)
        if is_streamed:
            return Split(found[:0].to(device), truth, HostSamples(found))
        return Split(found.to(device), truth)

    def place(samples: Inputs, targets: Targets) -> Split:
        return at_hand(normalization.apply(transforms.evaluated(samples), shift, scale), targets)

    later = None
    train_targets = raw.targets[parts[splits.TRAIN]]
    if augment and transforms.rest:
        last = Normalize.of(shift, scale, len(sample.shape))
        later = Augment(transforms.rest, last, torch.device(device))
        train_split = at_hand(transforms.ahead.evaluated(train), train_targets)
    else:
        train_split = at_hand(normalization.apply(evaluated, shift, scale), train_targets)

    if raw.test is not None:
        test = place(*raw.test)
    else:
        test = place(inputs[parts[splits.TEST]], raw.targets[parts[splits.TEST]])
    return PreparedData(
        config.dataset,
        sample.shape,
        sample.classes,
        train_split,
        place(inputs[parts[splits.VALIDATION]], raw.targets[parts[splits.VALIDATION]]),
        test,
        shift,
        scale,
        transforms,
        later,
    )


def fitted(config: DataConfig, train: Inputs) -> Pipeline:
    """Return the transforms, measured on the training part."""
    if not config.transforms:
        return Pipeline()
    from studio.data.transforms import fitting  # loads torchvision

    return fitting.fit(config.transforms, np.asarray(train, np.float32))
