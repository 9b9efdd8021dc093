"""Where the pixels of pictures go: crop, flip, resize, rotation. Each sample has a draw of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.transforms.v2 import functional as vision

from studio.data.transforms.draw import Draw
from studio.data.transforms.step import RandomStep, Step, per_sample

_MODES = {"zero": "constant", "reflect": "reflect", "edge": "replicate"}


@dataclass(frozen=True, slots=True)
class Resize(Step):
    """Brings the shorter side to a size, bilinear and antialiased."""

    size: int

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        return _resized(inputs, self.size)


@dataclass(frozen=True, slots=True)
class CenterCrop(Step):
    """Cuts a square out of the middle."""

    size: int

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        return _middle(inputs, self.size)


@dataclass(frozen=True, slots=True)
class RandomHorizontalFlip(RandomStep):
    """Mirrors a share of the samples left to right."""

    p: float

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        mirrored = per_sample(draw.uniform(len(inputs)) < self.p)
        return torch.where(mirrored, inputs.flip(-1), inputs)


@dataclass(frozen=True, slots=True)
class RandomCrop(RandomStep):
    """Pads, and cuts out at a place of each sample's own; evaluation cuts out the middle."""

    size: int
    padding: int
    fill: str

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        return _middle(inputs, self.size) if self.size else inputs

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        count, _, height, width = inputs.shape
        high, wide = (self.size, self.size) if self.size else (height, width)
        if self.padding:
            inputs = functional.pad(inputs, [self.padding] * 4, mode=_MODES[self.fill])
        top = draw.places(inputs.shape[2] - high, count)
        left = draw.places(inputs.shape[3] - wide, count)
        windows = inputs.unfold(2, high, 1).unfold(3, wide, 1)  # a view: (N, C, places, places, H, W)
        return windows[torch.arange(count, device=inputs.device), :, top, left]


@dataclass(frozen=True, slots=True)
class RandomShortestSize(RandomStep):
    """Resizes each sample so that its shorter side is random, and cuts a square out at random.

    Both are one bilinear look-up, since samples of several sizes make no batch; it is not antialiased.
    Evaluation resizes to the middle of the range, and cuts out the middle.

    Reference:
        Simonyan & Zisserman 2015, section 3.1: S in [256, 512], Q = 0.5 (S_min + S_max).
    """

    min_size: int
    max_size: int
    size: int

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them."""
        middle = round((self.min_size + self.max_size) / 2)
        return _middle(_resized(inputs, middle), self.size)

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        count, _, height, width = inputs.shape
        shorter = self.min_size + draw.places(self.max_size - self.min_size, count)
        factor = shorter / min(height, width)
        resized_h, resized_w = ((factor * side).floor() for side in (height, width))
        top = draw.places(resized_h - self.size, count)
        left = draw.places(resized_w - self.size, count)
        return cut_out(inputs, resized_h, resized_w, top, left, self.size)


@dataclass(frozen=True, slots=True)
class RandomRotation(RandomStep):
    """Turns each sample by an angle of its own, bilinear; what comes in from outside is 0."""

    degrees: float

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them."""
        return rotated(inputs, (draw.uniform(len(inputs)) * 2 - 1) * math.radians(self.degrees))


def cut_out(inputs: Tensor, high: Tensor, wide: Tensor, top: Tensor, left: Tensor, size: int) -> Tensor:
    """Return a square of each sample as it would be after a resize.

    Shape:
        inputs: (N, C, H, W)
        high, wide: (N,), size after the resize
        top, left: (N,), where the square begins in that
        returns: (N, C, size, size)
    """
    zero = torch.zeros_like(high)
    x = torch.stack([size / wide, zero, (2 * left + size) / wide - 1], dim=1)
    y = torch.stack([zero, size / high, (2 * top + size) / high - 1], dim=1)
    grid = functional.affine_grid(
        torch.stack([x, y], dim=1), [len(inputs), inputs.shape[1], size, size], align_corners=False
    )
    return functional.grid_sample(inputs, grid, mode="bilinear", padding_mode="border", align_corners=False)


def rotated(inputs: Tensor, angles: Tensor) -> Tensor:
    """Return samples turned counter-clockwise.

    Shape:
        inputs: (N, C, H, W)
        angles: (N,), in radians
    """
    height, width = inputs.shape[2:]
    cos, sin, zero = angles.cos(), angles.sin(), torch.zeros_like(angles)
    x = torch.stack([cos, -sin * height / width, zero], dim=1)
    y = torch.stack([sin * width / height, cos, zero], dim=1)
    grid = functional.affine_grid(torch.stack([x, y], dim=1), list(inputs.shape), align_corners=False)
    return functional.grid_sample(inputs, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _resized(inputs: Tensor, size: int) -> Tensor:
    """Return samples whose shorter side has a size."""
    out: Tensor = vision.resize(inputs, [size], antialias=True)
    return out


def _middle(inputs: Tensor, size: int) -> Tensor:
    """Return the square in the middle of samples."""
    out: Tensor = vision.center_crop(inputs, [size, size])
    return out
