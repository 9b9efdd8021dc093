"""Crops, flips, resizes and rotations of batches, each sample by a draw of its own."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode, functional

from studio.data.transforms.draw import Draw
from studio.data.transforms.geometry import (
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShortestSize,
    cut_out,
    rotated,
)


def draw(step: int = 0) -> Draw:
    return Draw(torch.device("cpu")).begin(1, step)


def pictures(count: int = 64, height: int = 9, width: int = 12) -> Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(0))


def test_each_sample_is_mirrored_or_left() -> None:
    inputs = pictures(400)
    out = RandomHorizontalFlip(0.5).changed(inputs, draw())
    mirrored = (out == inputs.flip(-1)).flatten(1).all(1)
    assert bool((mirrored | (out == inputs).flatten(1).all(1)).all())
    assert 160 < int(mirrored.sum()) < 240


def test_each_crop_is_a_window_of_the_padded_sample() -> None:
    inputs = pictures(50)
    out = RandomCrop(0, 2, "zero").changed(inputs, draw())
    padded = functional.pad(inputs, [2])
    found = set()
    for sample, window in zip(padded, out, strict=True):
        places = [
            (top, left)
            for top in range(5)
            for left in range(5)
            if torch.equal(sample[:, top : top + 9, left : left + 12], window)
        ]
        assert len(places) == 1
        found.add(places[0])
    assert len(found) > 15  # of 25 places


def test_a_crop_of_a_size_takes_every_place_and_the_middle_in_evaluation() -> None:
    inputs = torch.arange(4.0).expand(300, 1, 4, 4)
    step = RandomCrop(2, 0, "zero")
    assert set(step.changed(inputs, draw())[:, 0, 0, 0].tolist()) == {0.0, 1.0, 2.0}
    assert torch.equal(step.evaluated(inputs), inputs[:, :, 1:3, 1:3])


def test_rotation_is_torchvisions() -> None:
    inputs, angles = pictures(3), torch.tensor([10.0, -37.0, 90.0])
    out = rotated(inputs, angles.deg2rad())
    for sample, angle, found in zip(inputs, angles, out, strict=True):
        wanted = functional.rotate(sample, float(angle), interpolation=InterpolationMode.BILINEAR)
        torch.testing.assert_close(found, wanted, atol=1e-4, rtol=0)


def test_rotation_stays_within_its_degrees() -> None:
    inputs = pictures(8)
    assert torch.allclose(RandomRotation(0.0).changed(inputs, draw()), inputs, atol=1e-5)
    assert not torch.allclose(RandomRotation(20.0).changed(inputs, draw()), inputs, atol=1e-2)


def test_a_square_of_a_resized_sample_is_that_of_torchvision() -> None:
    inputs = pictures(2, 10, 14)
    high, wide = torch.tensor([20.0, 10.0]), torch.tensor([28.0, 14.0])
    top, left = torch.tensor([3, 0]), torch.tensor([5, 4])
    out = cut_out(inputs, high, wide, top, left, 8)
    larger = functional.resize(inputs[:1], [20, 28], antialias=False)
    torch.testing.assert_close(out[:1], larger[:, :, 3:11, 5:13], atol=1e-4, rtol=0)
    torch.testing.assert_close(out[1:], inputs[1:, :, 0:8, 4:12], atol=1e-4, rtol=0)


def test_scale_jitter_gives_squares_and_the_middle_scale_in_evaluation() -> None:
    step, inputs = RandomShortestSize(12, 20, 8), pictures(6)
    assert step.changed(inputs, draw()).shape == (6, 3, 8, 8)
    wanted = functional.center_crop(functional.resize(inputs, [16], antialias=True), [8, 8])
    assert torch.equal(step.evaluated(inputs), wanted)


def test_a_step_draws_the_same_again_and_another_step_does_not() -> None:
    inputs, step = pictures(), RandomCrop(0, 3, "reflect")
    first = step.changed(inputs, draw(5))
    assert torch.equal(first, step.changed(inputs, draw(5)))
    assert not torch.equal(first, step.changed(inputs, draw(6)))
    assert math.isclose(float(draw(5).uniform(1)), float(draw(5).uniform(1)))
