"""Transforms in order: what is done ahead, what to each batch, and what evaluation sees."""

from __future__ import annotations

import numpy as np
import torch

from studio.data import prepare
from studio.project.config import DataConfig
from studio.project.transforms import Transform

FLIP, CROP, MEAN = (Transform.of(kind) for kind in ("random_horizontal_flip", "random_crop", "pixel_mean"))


def test_without_random_transforms_nothing_is_left_for_batches() -> None:
    data = prepare.prepare(DataConfig(transforms=(MEAN,)), augment=True)
    assert data.augment is None
    assert float(data.train.inputs.mean(0).abs().max()) < 1e-5


def test_without_transforms_everything_is_as_ever() -> None:
    plain = prepare.prepare(DataConfig())
    training = prepare.prepare(DataConfig(), augment=True)
    assert training.augment is None
    assert torch.equal(plain.train.inputs, training.train.inputs)


def test_batches_of_training_are_changed_and_everything_else_is_not() -> None:
    config = DataConfig(transforms=(CROP,))
    plain, training = prepare.prepare(DataConfig()), prepare.prepare(config, augment=True)
    assert training.augment is not None
    assert torch.equal(training.validation.inputs, plain.validation.inputs)
    assert torch.equal(prepare.prepare(config).train.inputs, plain.train.inputs)
    raw = training.train.inputs[:64]
    torch.testing.assert_close(training.augment.evaluated(raw), plain.train.inputs[:64])
    batch = training.augment(raw, 0, 0).inputs
    assert batch.shape == raw.shape
    assert not torch.equal(batch, plain.train.inputs[:64])


def test_what_is_fixed_before_the_first_random_one_is_done_ahead() -> None:
    ahead = prepare.prepare(DataConfig(transforms=(MEAN, FLIP), normalization="none"), augment=True)
    assert float(ahead.train.inputs.mean(0).abs().max()) < 1e-5
    later = prepare.prepare(DataConfig(transforms=(FLIP, MEAN), normalization="none"), augment=True)
    assert float(later.train.inputs.min()) == 0.0
    assert torch.equal(ahead.validation.inputs, later.validation.inputs)


def test_shapes_and_further_samples_are_those_after_the_transforms() -> None:
    config = DataConfig(transforms=(Transform.of("random_crop", size=6, padding=0),))
    data = prepare.prepare(config, augment=True)
    assert data.shape == (1, 6, 6)
    assert data.test.inputs.shape[1:] == (1, 6, 6)
    assert data.ready(np.zeros((2, 1, 8, 8), np.float32)).shape == (2, 1, 6, 6)
    assert data.augment is not None
    assert data.augment(data.train.inputs[:4], 0, 0).inputs.shape == (4, 1, 6, 6)


def test_an_empty_test_part_keeps_its_shape() -> None:
    config = DataConfig(test_fraction=0.0, transforms=(Transform.of("resize", size=4),))
    assert prepare.prepare(config).test.inputs.shape == (0, 1, 4, 4)
