"""Points equal scikit-learn's, signs included; the ratio of scatters equals its definition."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from sklearn.decomposition import PCA

from studio.errors import ProbeError
from studio.probes import embedding
from studio.probes.embedding import principal_components, scatter_ratio, umap_points

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(40, 12)) * np.linspace(1, 4, 12)


@pytest.mark.parametrize("features", [FEATURES, FEATURES[:6]], ids=["tall", "wide"])
def test_points_are_those_of_scikit_learn(features: np.ndarray) -> None:
    found = principal_components(features)
    wanted = PCA(2, svd_solver="full").fit(features)
    points = wanted.transform(features)
    signs = np.sign((points * found.points).sum(0))
    np.testing.assert_allclose(found.points, points * signs, atol=1e-9)
    np.testing.assert_allclose(found.explained, wanted.explained_variance_ratio_)


def test_a_direction_points_to_where_its_largest_part_is_positive() -> None:
    line = np.outer(np.arange(5.0), [1.0, -3.0, 0.5])
    assert np.all(np.diff(principal_components(line).points[:, 0]) < 0)
    np.testing.assert_array_equal(principal_components(line).points, principal_components(line).points)


@pytest.mark.parametrize("features", [np.ones((4, 3)), np.ones((1, 3))], ids=["all the same", "a single one"])
def test_what_does_not_vary_is_one_point(features: np.ndarray) -> None:
    found = principal_components(features)
    np.testing.assert_array_equal(found.points, 0)
    np.testing.assert_array_equal(found.explained, 0)


def test_one_number_is_a_line() -> None:
    found = principal_components(np.array([[1.0], [2.0], [6.0]]))
    np.testing.assert_allclose(found.points, [[-2, 0], [-1, 0], [3, 0]], atol=1e-12)
    np.testing.assert_allclose(found.explained, [1, 0])


def test_the_ratio_is_between_over_within() -> None:
    """Lecture row 80."""
    features = np.array([[0.0, 0.0], [2.0, 0.0], [10.0, 0.0], [12.0, 0.0]])
    assert scatter_ratio(features, np.array([0, 0, 1, 1])) == pytest.approx(4 * 25 / 4)
    assert np.isnan(scatter_ratio(features, np.zeros(4)))
    assert scatter_ratio(features[[0, 0, 2, 2]], np.array([0, 0, 1, 1])) == np.inf


@pytest.mark.slow
def test_umap_keeps_clusters_apart() -> None:
    pytest.importorskip("umap")
    labels = np.repeat([0, 1], 30)
    features = RANDOM.normal(size=(60, 5)) + 20 * labels[:, None]
    points = umap_points(features)
    assert points.shape == (60, 2)
    assert scatter_ratio(points, labels) > 1
    np.testing.assert_array_equal(points, umap_points(features))


@pytest.mark.skipif(importlib.util.find_spec("umap") is None, reason="UMAP is not installed")
def test_umap_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProbeError, match="more than 15 samples, and there are 4"):
        umap_points(FEATURES[:4])
    monkeypatch.setattr(embedding.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ProbeError, match="pip install"):
        umap_points(FEATURES)
