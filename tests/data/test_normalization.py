"""Normalization by numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from studio.data import normalization

ROWS = np.array([[1.0, 5.0], [3.0, 5.0]], np.float32)


def test_standardize_rows_is_per_feature_and_leaves_a_constant_feature_alone() -> None:
    mean, std = normalization.fit(ROWS, "standardize")
    assert (mean, std) == ((2.0, 5.0), (1.0, 1.0))
    assert normalization.apply(ROWS, mean, std).tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_standardize_images_is_per_channel() -> None:
    images = np.array([[[[0.0, 2.0]], [[10.0, 10.0]]], [[[4.0, 6.0]], [[20.0, 20.0]]]], np.float32)
    mean, std = normalization.fit(images, "standardize")
    assert mean == (3.0, 15.0)
    assert std == pytest.approx((np.sqrt(5.0), 5.0))


def test_scale_puts_training_data_in_0_to_1() -> None:
    shift, scale = normalization.fit(ROWS, "scale")
    assert (shift, scale) == ((1.0, 5.0), (2.0, 1.0))
    assert normalization.apply(ROWS, shift, scale)[:, 0].tolist() == [0.0, 1.0]


def test_none_changes_nothing() -> None:
    assert np.array_equal(normalization.apply(ROWS, *normalization.fit(ROWS, "none")), ROWS)
