"""Means, whitening and colour noise against NumPy, fitted on the training part alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch

from studio.data import prepare
from studio.data.transforms.draw import Draw
from studio.data.transforms.fitted import ColorNoise, Normalize, PixelMean, Whitening, covariance
from studio.data.transforms.pipeline import Pipeline
from studio.project.config import DataConfig
from studio.project.transforms import Transform


def correlated(count: int = 400, size: int = 6) -> npt.NDArray[np.float32]:
    generator = np.random.default_rng(0)
    mixing = generator.normal(size=(size, size))
    return (generator.normal(size=(count, size)) @ mixing + 3.0).astype(np.float32)


def test_mean_and_covariance_are_numpys() -> None:
    samples = correlated(10_000)  # more than a chunk
    mean, cov = covariance(samples)
    np.testing.assert_allclose(mean, samples.mean(0, dtype=np.float64), rtol=1e-6)
    np.testing.assert_allclose(cov, np.cov(samples.T.astype(np.float64)), rtol=1e-9)


@pytest.mark.parametrize("method", ["zca", "pca"])
def test_whitened_training_data_have_the_identity_as_covariance(method: str) -> None:
    """Lecture row 100: Cov^-1/2 (x - E)."""
    samples = correlated()
    out = Pipeline((Whitening.fit(samples, method, 0.0),)).evaluated(samples)
    np.testing.assert_allclose(np.cov(out.T.astype(np.float64)), np.eye(6), atol=1e-6)
    np.testing.assert_allclose(out.mean(0), 0.0, atol=1e-6)


def test_zca_is_the_symmetric_root_and_pca_begins_with_the_largest_variance() -> None:
    samples = correlated()
    zca, pca = (Whitening.fit(samples, method, 0.0) for method in ("zca", "pca"))
    torch.testing.assert_close(zca.weight, zca.weight.T)
    first = np.linalg.eigh(np.cov(samples.T))[1][:, -1]
    wanted = torch.from_numpy(first / np.linalg.norm(first)).double()
    along = pca.weight[:, 0] / pca.weight[:, 0].norm()
    assert abs(float(along @ wanted)) == pytest.approx(1.0, abs=1e-5)


def test_constant_directions_become_zero_and_eps_tames_small_ones() -> None:
    samples = np.concatenate([correlated(), np.ones((400, 1), np.float32)], axis=1)
    out = Pipeline((Whitening.fit(samples, "pca", 0.0),)).evaluated(samples)
    assert np.isfinite(out).all()
    assert np.allclose(out[:, -1], 0.0)
    tamed = Pipeline((Whitening.fit(samples, "zca", 10.0),)).evaluated(samples)
    assert float(np.abs(tamed).max()) < float(np.abs(out).max())


def test_pixel_mean_is_that_of_every_pixel() -> None:
    train = np.random.default_rng(0).random((50, 3, 4, 4), np.float32)
    out = PixelMean.fit(train).evaluated(torch.from_numpy(train))
    np.testing.assert_allclose(out.numpy(), train - train.mean(0), atol=1e-6)


def test_normalize_takes_a_number_a_channel() -> None:
    step = Normalize.of((0.1, 0.2, 0.3), 0.5, 3)
    out = step.evaluated(torch.full((2, 3, 4, 4), 0.6))
    torch.testing.assert_close(out[0, :, 0, 0], torch.tensor([1.0, 0.8, 0.6]))


def test_colour_noise_moves_along_numpys_eigenvectors_by_its_eigenvalues() -> None:
    train = np.random.default_rng(0).random((200, 3, 5, 5), np.float32)
    train[:, 1] = 0.7 * train[:, 0] + 0.3 * train[:, 1]
    values, vectors = np.linalg.eigh(np.cov(train.transpose(1, 0, 2, 3).reshape(3, -1)))
    inputs = torch.zeros(40_000, 3, 1, 1)
    moved = ColorNoise.fit(train, 0.1).changed(inputs, Draw(torch.device("cpu")).begin(0, 0))
    found = np.cov(moved.numpy().reshape(-1, 3).T)
    wanted = vectors @ np.diag((0.1 * values) ** 2) @ vectors.T
    np.testing.assert_allclose(found, wanted, atol=0.03 * wanted.max())


def test_test_data_are_whitened_with_the_training_parts_numbers() -> None:
    """Lecture row 91: what is measured is the training part's."""
    config = DataConfig(dataset="wine", normalization="none", transforms=(Transform.of("whitening"),))
    plain, data = prepare.prepare(config.model_copy(update={"transforms": ()})), prepare.prepare(config)
    step = Whitening.fit(plain.train.inputs.numpy(), "zca", 0.0)
    torch.testing.assert_close(data.test.inputs, step.evaluated(plain.test.inputs))
    covariances = [np.cov(part.inputs.numpy().T.astype(np.float64)) for part in (data.train, data.test)]
    np.testing.assert_allclose(covariances[0], np.eye(13), atol=1e-6)
    assert np.abs(covariances[1] - np.eye(13)).max() > 0.05


def test_standardization_uses_the_training_parts_numbers_everywhere() -> None:
    """Lecture row 91, and the numbers of `normalization` after fixed transforms."""
    config = DataConfig(dataset="wine", transforms=(Transform.of("pixel_mean"),))
    data = prepare.prepare(config)
    assert float(data.train.inputs.mean(0).abs().max()) < 1e-5
    torch.testing.assert_close(data.train.inputs.std(0, correction=0), torch.ones(13), atol=1e-5, rtol=0)
    assert float(data.test.inputs.mean(0).abs().max()) > 0.01
