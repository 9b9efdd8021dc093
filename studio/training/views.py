"""What a network is shown of each picture in evaluation: crops, mirrored and not, at several scales.

The two ways of testing of He et al. 2016: 10-crop (Krizhevsky et al. 2012), and fully convolutional at
several scales. The probabilities of all views of a picture are averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from torch import Tensor

from studio.errors import DataError

Crops: TypeAlias = Literal[1, 10]


@dataclass(frozen=True, slots=True)
class Views:
    """Which views of a picture are averaged.

    Attributes:
        crops: 10: corners and centre, each also mirrored; 1: the centre, or the whole picture without a
            `crop_size`.
        crop_size: Side of a crop; None for ten crops: of the size that the network takes.
        scales: Lengths that the shorter side of a picture is brought to, one after the other, before it is
            cropped; none: the picture stays as it is.
    """

    crops: Crops = 1
    crop_size: int | None = None
    scales: tuple[int, ...] = ()

    @property
    def are_plain(self) -> bool:
        """Say whether a picture is seen once, as it is."""
        return self == Views()


def check(views: Views, shape: tuple[int, ...]) -> None:
    """Refuse views that samples do not have.

    Args:
        views: What is asked for.
        shape: Of a sample, as the network takes it.

    Raises:
        DataError: Samples are no pictures, or smaller than a crop.
    """
    if views.are_plain:
        return
    if len(shape) != 3:
        raise DataError(f"Crops and scales are for pictures, and the network takes samples of shape {shape}.")
    if min((*views.scales, views.crop_size or 1)) < 1:
        raise DataError("A scale and a crop have at least 1 pixel.")
    side = min(shape[1:])
    if views.crops == 10 and views.crop_size is None and max(views.scales, default=side) <= side:
        raise DataError(
            f"Ten crops of {shape[1]} x {shape[2]} pictures show the same as the picture. Set crop_size "
            f"below {side}, or scales above it."
        )
    crop = _crop(views, shape)
    for scale in views.scales or (side,):
        height, width = (int(length * scale / side) for length in shape[1:])
        if crop is not None and (crop[0] > height or crop[1] > width):
            raise DataError(
                f"A crop of {crop[0]} x {crop[1]} is more than a picture of {height} x {width} holds."
            )


def views_of(inputs: Tensor, views: Views) -> list[Tensor]:
    """Return the views of a batch, each a batch; they are made of what the network would be given.

    Shape:
        inputs: (N, C, H, W)
        returns: each (N, C, *)
    """
    from torchvision.transforms.v2 import functional

    shape = tuple(inputs.shape[1:])
    crop = _crop(views, shape)
    found: list[Tensor] = []
    for scale in views.scales or (None,):
        scaled = inputs if scale is None else functional.resize(inputs, [scale], antialias=True)
        if crop is None:
            found.append(scaled)
        elif views.crops == 10:
            found.extend(functional.ten_crop(scaled, list(crop)))
        else:
            found.append(functional.center_crop(scaled, list(crop)))
    return found


def _crop(views: Views, shape: tuple[int, ...]) -> tuple[int, int] | None:
    """Return height and width of a crop; None for the whole picture."""
    if views.crop_size is not None:
        return views.crop_size, views.crop_size
    return (shape[1], shape[2]) if views.crops == 10 else None
