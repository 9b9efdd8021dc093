"""From the transforms that a project names to what carries them out, measured on the training part.

It loads torchvision, which takes a while: who has no transforms does not import this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from studio.data.source import Images
from studio.data.transforms import fitted, geometry, mixing
from studio.data.transforms.pipeline import Pipeline
from studio.data.transforms.rand_augment import RandAugment
from studio.data.transforms.step import Step
from studio.project.transforms import Transform, refused

Make = Callable[[dict[str, Any], Images], Step]
"""Makes a transform from its arguments and the training part as it comes to it."""

_STEPS: dict[str, Make] = {
    "random_horizontal_flip": lambda values, train: geometry.RandomHorizontalFlip(**values),
    "random_crop": lambda values, train: geometry.RandomCrop(**values),
    "random_shortest_size": lambda values, train: geometry.RandomShortestSize(**values),
    "random_rotation": lambda values, train: geometry.RandomRotation(**values),
    "color_noise": lambda values, train: fitted.ColorNoise.fit(train, **values),
    "random_erasing": lambda values, train: mixing.RandomErasing(**values),
    "rand_augment": lambda values, train: RandAugment(**values),
    "mixup": lambda values, train: mixing.MixUp(**values),
    "cutmix": lambda values, train: mixing.CutMix(**values),
    "resize": lambda values, train: geometry.Resize(**values),
    "center_crop": lambda values, train: geometry.CenterCrop(**values),
    "normalize": lambda values, train: fitted.Normalize.of(**values, rank=train.ndim - 1),
    "pixel_mean": lambda values, train: fitted.PixelMean.fit(train),
    "whitening": lambda values, train: fitted.Whitening.fit(train, **values),
}


def fit(transforms: Sequence[Transform], train: Images) -> Pipeline:
    """Make transforms, each measured on the training part as those before it leave that.

    Args:
        transforms: As the project has them.
        train: The training part; nothing else is looked at.

    Raises:
        DataError: One cannot be measured.
    """
    steps: list[Step] = []
    for place, transform in enumerate(transforms):
        try:
            step = _STEPS[transform.kind](transform.values, train)
        except (np.linalg.LinAlgError, MemoryError) as error:
            raise refused(place, transform, f"cannot be measured: {error}") from error
        steps.append(step)
        if place + 1 < len(transforms):
            train = np.asarray(Pipeline((step,)).evaluated(train), np.float32)
    return Pipeline(tuple(steps))
