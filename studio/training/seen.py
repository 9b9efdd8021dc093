"""What samples look like, small enough to be sent by the hundred."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from studio.probes.feature_maps import shrunk
from studio.runs.insights import SamplesSeen
from studio.training.insides import Inside

SIDES = (224, 128, 96, 64, 48, 32, 24, 16, 12)
MOST_BYTES = 2**22
"""Longer side of a sample's picture, as large as all of them together may be."""

MOST_SHOWN = 32
"""Numbers shown of a sample that is no picture."""


def seen_of(inside: Inside, rows: Tensor) -> SamplesSeen:
    """Return what some samples look like."""
    shape, nothing = inside.data.shape, np.zeros(0, np.float32)
    if len(shape) != 3:
        shown = torch.cat([part.reshape(len(part), -1)[:, :MOST_SHOWN] for part in _inputs(inside, rows)])
        return SamplesSeen(nothing.astype(np.uint8), shown.to(torch.float32).numpy())
    side = next((one for one in SIDES if len(rows) * 3 * one**2 <= MOST_BYTES), SIDES[-1])
    small = torch.cat([_small(part.reshape(-1, *shape).float(), side) for part in _inputs(inside, rows)])
    known = torch.nan_to_num(small, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = known.min(), known.max()
    levels = (known - low) / (high - low).clamp_min(1e-12) * 255
    return SamplesSeen(levels.round().to(torch.uint8).numpy(), nothing)


def _inputs(inside: Inside, rows: Tensor) -> list[Tensor]:
    return [inside.split.take(part)[0] for part in torch.split(rows, 64)]


def _small(pictures: Tensor, side: int) -> Tensor:
    """Return pictures that are no longer than a side, grey where they have neither one nor three channels."""
    if pictures.shape[1] not in (1, 3):
        pictures = pictures.mean(1, keepdim=True)
    return shrunk(pictures, side)
