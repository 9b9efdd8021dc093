"""Crops and scales are those of torchvision."""

from __future__ import annotations

import pytest
import torch
from torchvision.transforms import TenCrop

from studio.errors import DataError
from studio.training.views import Views, check, views_of


def test_ten_crops_equal_torchvision() -> None:
    pictures = torch.rand(3, 2, 9, 12)
    found = views_of(pictures, Views(crops=10, crop_size=7))
    for ours, theirs in zip(found, TenCrop(7)(pictures), strict=True):
        assert torch.equal(ours, theirs)


def test_scales_bring_the_shorter_side_to_each_length() -> None:
    found = views_of(torch.rand(1, 1, 8, 12), Views(scales=(8, 16)))
    assert [tuple(view.shape[2:]) for view in found] == [(8, 12), (16, 24)]
    cropped = views_of(torch.rand(1, 1, 8, 12), Views(crops=10, scales=(16,)))
    assert {tuple(view.shape[2:]) for view in cropped} == {(8, 12)}
    assert len(cropped) == 10


def test_a_centre_crop_is_the_middle() -> None:
    picture = torch.arange(16.0).reshape(1, 1, 4, 4)
    (found,) = views_of(picture, Views(crop_size=2))
    assert found.flatten().tolist() == [5, 6, 9, 10]


@pytest.mark.parametrize(
    ("views", "shape", "words"),
    [
        (Views(crops=10), (1, 8, 8), "Set crop_size below 8"),
        (Views(crops=10, crop_size=9), (1, 8, 8), "A crop of 9 x 9 is more"),
        (Views(crop_size=8, scales=(16, 6)), (1, 8, 8), "picture of 6 x 6"),
        (Views(crop_size=4), (64,), "for pictures"),
        (Views(scales=(0,)), (1, 8, 8), "at least 1 pixel"),
    ],
)
def test_views_that_samples_do_not_have_are_refused(views: Views, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        check(views, shape)


def test_views_that_fit_are_let_through() -> None:
    check(Views(), (5,))
    check(Views(crops=10, scales=(9,)), (1, 8, 12))
    check(Views(crops=10, crop_size=7, scales=(8, 9)), (3, 8, 8))
