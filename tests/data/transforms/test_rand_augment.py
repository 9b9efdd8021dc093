"""RandAugment: torchvision's changes and ranges, drawn sample by sample."""

from __future__ import annotations

import pytest
import torch
from torchvision.transforms import v2

from studio.data.transforms.draw import Draw
from studio.data.transforms.rand_augment import OPERATIONS, RandAugment


def pictures(count: int, channels: int = 3) -> torch.Tensor:
    return torch.rand(count, channels, 24, 24, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_change_is_torchvisions(name: str) -> None:
    inputs, operation = pictures(4), OPERATIONS[name]
    found = operation.change(inputs, operation.amount(9))
    reference = v2.RandAugment()
    magnitudes, signed = reference._AUGMENTATION_SPACE[name]
    levels = magnitudes(31, 24, 24)
    magnitude = float(levels[9]) if levels is not None else 0.0
    wanted = reference._apply_image_or_video_transform(
        inputs, name, magnitude, interpolation=reference.interpolation, fill={}
    )
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)
    assert signed == operation.two_ways


def test_samples_are_changed_each_by_itself_and_stay_in_range() -> None:
    inputs = pictures(1).expand(64, 3, 24, 24)
    out = RandAugment(1, 9).changed(inputs, Draw(torch.device("cpu")).begin(0, 0))
    kinds = {tuple(sample.flatten()[::97].tolist()) for sample in out}
    assert len(kinds) > 12
    assert bool(((out >= 0) & (out <= 1)).all())


def test_grey_pictures_are_taken() -> None:
    out = RandAugment(2, 30).changed(pictures(32, 1), Draw(torch.device("cpu")).begin(0, 0))
    assert out.shape == (32, 1, 24, 24)
    assert bool(torch.isfinite(out).all())
