"""Counts, means, variances and correlations against NumPy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from studio.data import prepare, preview, statistics
from studio.project.config import DataConfig
from studio.project.transforms import Transform


def rows(count: int = 9000) -> np.ndarray:
    generator = np.random.default_rng(0)
    return (1000.0 + generator.normal(size=(count, 3)) @ generator.normal(size=(3, 3))).astype(np.float32)


def test_variance_is_numpys_with_one_degree_of_freedom_less() -> None:
    """Lecture row 49: sample mean, and variance with 1/(T - 1)."""
    samples = rows()
    mean, variance = statistics.moments(samples)
    np.testing.assert_allclose(mean, samples.mean(0, dtype=np.float64), rtol=1e-12)
    np.testing.assert_allclose(variance, samples.astype(np.float64).var(0, ddof=1), rtol=1e-9)


def test_pictures_are_measured_by_channel() -> None:
    pictures = np.random.default_rng(0).random((50, 3, 4, 5), np.float32)
    mean, variance = statistics.moments(pictures)
    np.testing.assert_allclose(mean, pictures.mean((0, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(variance, pictures.astype(np.float64).var((0, 2, 3), ddof=1), rtol=1e-9)


def test_mean_and_variance_are_unbiased() -> None:
    """Lecture row 50: over many samples of five numbers the estimators are right on average."""
    generator = np.random.default_rng(0)
    samples = generator.normal(2.0, 3.0, (40_000, 5)).astype(np.float32)
    found = [statistics.moments(np.ascontiguousarray(one[:, None])) for one in samples[:8000]]
    assert np.mean([mean for mean, _ in found]) == pytest.approx(2.0, rel=0.02)
    assert np.mean([variance for _, variance in found]) == pytest.approx(9.0, rel=0.02)
    assert samples.var(1, ddof=0).mean() == pytest.approx(9.0 * 4 / 5, rel=0.02)  # the biased one is not


def test_the_maximum_likelihood_covariance_is_the_unbiased_one_times_t_minus_1_over_t() -> None:
    """Lecture row 53."""
    samples, count = rows(40), 40
    _, variance = statistics.moments(samples)
    likely = samples.astype(np.float64).var(0, ddof=0)
    np.testing.assert_allclose(likely, (count - 1) / count * variance, rtol=1e-9)


def test_correlation_is_numpys_and_nan_where_nothing_varies() -> None:
    samples = rows()
    np.testing.assert_allclose(
        statistics.correlation(samples), np.corrcoef(samples.T.astype(np.float64)), atol=1e-9
    )
    samples[:, 1] = 5.0
    found = statistics.correlation(samples)
    assert np.isnan(found[1]).all()
    assert found[0, 0] == pytest.approx(1.0)
    assert statistics.correlation(np.zeros((5, 200), np.float32)).shape == (0, 0)


def test_classes_are_counted_in_every_part() -> None:
    seen = preview.look(DataConfig(dataset="iris"))
    assert seen.found.class_counts.shape == (3, 3)
    assert seen.found.class_counts.sum() == 150
    assert seen.found.class_counts[0].tolist() == [34, 36, 36]
    assert preview.look(DataConfig(dataset="diabetes", stratify=False)).found.class_counts.shape == (3, 0)


def test_samples_are_shown_changed_and_another_draw_changes_them_otherwise() -> None:
    config = DataConfig(transforms=(Transform.of("random_crop"),))
    first, again, other = (preview.look(config, draw=draw) for draw in (0, 0, 1))
    assert first.changed is not None
    assert again.changed is not None
    assert other.changed is not None
    assert np.array_equal(first.changed, again.changed)
    assert not np.array_equal(first.changed, other.changed)
    assert not np.array_equal(first.changed, first.inputs)
    assert preview.look(DataConfig()).changed is None


def test_nothing_of_the_test_part_is_seen_but_how_many_of_each_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lecture row 47: the test part stays locked; spoiling its inputs changes nothing that is shown."""
    config = DataConfig(dataset="iris")
    seen, parted = preview.look(config), prepare.parted

    def spoilt(*args: Any, **options: Any) -> prepare.Parted:
        found = parted(*args, **options)
        return replace(found, test=(np.full_like(found.test[0], np.nan), found.test[1]))

    monkeypatch.setattr(prepare, "parted", spoilt)
    again = preview.look(config)
    assert seen.found.class_counts[2].sum() > 0
    for name in ("class_counts", "means", "variances", "correlation"):
        np.testing.assert_array_equal(getattr(again.found, name), getattr(seen.found, name))
    np.testing.assert_array_equal(again.inputs, seen.inputs)
