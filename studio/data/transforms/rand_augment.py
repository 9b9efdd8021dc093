"""RandAugment: some changes of a list, drawn for each sample by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as vision

from studio.data.transforms.draw import Draw
from studio.data.transforms.step import RandomStep

LEVELS = 30
"""Magnitude that is the strongest."""

Change = Callable[[Tensor, float], Tensor]
"""A change of pictures in [0, 1] by an amount, which may be negative where the change has two ways."""


def _affine(inputs: Tensor, **changed: Any) -> Tensor:
    plain: dict[str, Any] = {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0]}
    out: Tensor = vision.affine(inputs, **(plain | changed), interpolation=InterpolationMode.NEAREST)
    return out


def _sheared(inputs: Tensor, x: float, y: float) -> Tensor:
    """Return pictures sheared about their upper left corner, as AutoAugment does it."""
    degrees = [float(np.degrees(np.arctan(amount))) for amount in (x, y)]
    return _affine(inputs, shear=degrees, center=[0, 0])


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry of RandAugment's list.

    Attributes:
        change: What is done.
        strongest: Amount at the largest magnitude.
        two_ways: The amount is negative for half of the samples.
    """

    change: Change
    strongest: float
    two_ways: bool = False

    def amount(self, magnitude: int) -> float:
        """Return the amount of a magnitude from 0 to `LEVELS`."""
        return self.strongest * magnitude / LEVELS


OPERATIONS: dict[str, Operation] = {
    "Identity": Operation(lambda inputs, _: inputs, 0.0),
    "ShearX": Operation(lambda inputs, by: _sheared(inputs, by, 0.0), 0.3, True),
    "ShearY": Operation(lambda inputs, by: _sheared(inputs, 0.0, by), 0.3, True),
    "TranslateX": Operation(
        lambda inputs, by: _affine(inputs, translate=[int(by * inputs.shape[-1]), 0]), 150 / 331, True
    ),
    "TranslateY": Operation(
        lambda inputs, by: _affine(inputs, translate=[0, int(by * inputs.shape[-2])]), 150 / 331, True
    ),
    "Rotate": Operation(lambda inputs, by: vision.rotate(inputs, by), 30.0, True),
    "Brightness": Operation(lambda inputs, by: vision.adjust_brightness(inputs, 1.0 + by), 0.9, True),
    "Color": Operation(lambda inputs, by: vision.adjust_saturation(inputs, 1.0 + by), 0.9, True),
    "Contrast": Operation(lambda inputs, by: vision.adjust_contrast(inputs, 1.0 + by), 0.9, True),
    "Sharpness": Operation(lambda inputs, by: vision.adjust_sharpness(inputs, 1.0 + by), 0.9, True),
    "Posterize": Operation(lambda inputs, by: vision.posterize(inputs, 8 - round(by)), 4.0),
    "Solarize": Operation(lambda inputs, by: vision.solarize(inputs, 1.0 - by), 1.0),
    "AutoContrast": Operation(lambda inputs, _: vision.autocontrast(inputs), 0.0),
    "Equalize": Operation(lambda inputs, _: vision.equalize(inputs), 0.0),
}
"""The paper's list with torchvision's ranges."""


@dataclass(frozen=True, slots=True)
class RandAugment(RandomStep):
    """Does `num_ops` changes to each sample, every one drawn from all 14.

    Samples with the same change are changed together; which they are is drawn on the host, so that nothing
    waits for the device.

    Reference:
        Cubuk et al. 2020.
    """

    num_ops: int
    magnitude: int

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        out = inputs.clamp(0.0, 1.0)
        names = tuple(OPERATIONS)
        for _ in range(self.num_ops):
            chosen = draw.host.integers(len(names), size=len(inputs))
            signs = draw.host.integers(2, size=len(inputs))
            for place, name in enumerate(names):
                operation = OPERATIONS[name]
                for sign in (0, 1) if operation.two_ways else (0,):
                    among = (chosen == place) & ((signs == sign) | (not operation.two_ways))
                    by = operation.amount(self.magnitude) * (-1.0 if sign else 1.0)
                    out = _done(out, np.flatnonzero(among), operation.change, by)
        return out


def _done(inputs: Tensor, rows: np.ndarray, change: Change, by: float) -> Tensor:
    """Return the batch with some of its samples changed."""
    if not len(rows):
        return inputs
    where = torch.from_numpy(rows).to(inputs.device)
    return inputs.index_copy(0, where, change(inputs.index_select(0, where), by))
