"""Decibels are librosa's, picture by picture; for all else see tests/compiler/test_features.py."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.signals.spectra import decibels


def energy() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    found = torch.rand(3, 1, 5, 7, generator=generator).pow(12)
    found[1] *= 1e-4  # a quiet one is measured by its own loudest place
    found[2] = 0.0
    return found


def test_decibels_end_80_below_the_loudest_place_of_each_picture() -> None:
    found = decibels(energy()).numpy()
    wanted = 10 * np.log10(np.maximum(energy().numpy(), 1e-10))
    for mine, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, np.maximum(theirs, theirs.max() - 80), rtol=1e-5)
    assert (found[2] == -100).all()


@pytest.mark.slow
def test_decibels_are_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    for mine, picture in zip(decibels(energy()), energy(), strict=True):
        np.testing.assert_allclose(mine, librosa.power_to_db(picture.numpy(), top_db=80), rtol=1e-5)
