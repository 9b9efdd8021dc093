"""Erasing, mixup and CutMix of batches."""

from __future__ import annotations

import pytest
import torch

from studio.data.transforms.draw import Draw
from studio.data.transforms.mixing import CutMix, MixUp, RandomErasing
from studio.data.transforms.step import Batch


def draw(step: int = 0) -> Draw:
    return Draw(torch.device("cpu")).begin(1, step)


@pytest.mark.parametrize(("fill", "value"), [("zero", 0.0), ("mean", 1.0)])
def test_a_rectangle_within_the_areas_is_covered(fill: str, value: float) -> None:
    inputs = torch.ones(200, 2, 20, 20) + 0.5 * torch.eye(20) - 0.5 / 20
    out = RandomErasing(1.0, 0.1, 0.3, fill).changed(inputs, draw())
    covered = torch.isclose(out, torch.tensor(value)).all(1)
    for sample in covered:
        rows, columns = sample.any(1).nonzero(), sample.any(0).nonzero()
        box = (int(rows[-1] - rows[0]) + 1) * (int(columns[-1] - columns[0]) + 1)
        assert int(sample.sum()) == box
        assert 0.05 * 400 <= box <= 0.36 * 400
    assert len({tuple(sample.nonzero()[0].tolist()) for sample in covered}) > 50


def test_only_a_share_of_the_samples_is_covered() -> None:
    inputs = torch.ones(1000, 1, 8, 8)
    out = RandomErasing(0.25, 0.1, 0.3, "zero").changed(inputs, draw())
    assert 200 < int((out == 0).flatten(1).any(1).sum()) < 300
    noisy = RandomErasing(1.0, 0.1, 0.3, "noise").changed(inputs, draw())
    assert bool(((noisy >= 0) & (noisy <= 1)).all())
    assert bool((noisy != 1).any())


def test_mixup_blends_samples_with_partners_by_one_share() -> None:
    inputs = torch.rand(16, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    batch = MixUp(1.0).augmented(Batch(inputs), draw())
    assert batch.partners is not None
    assert 0.0 < batch.share < 1.0
    wanted = batch.share * inputs + (1 - batch.share) * inputs[batch.partners]
    torch.testing.assert_close(batch.inputs, wanted)
    assert sorted(batch.partners.tolist()) == list(range(16))


def test_the_shares_of_mixup_are_beta_distributed() -> None:
    shares = [MixUp(0.2).augmented(Batch(torch.zeros(2, 1)), draw(step)).share for step in range(2000)]
    found = torch.tensor(shares)
    assert float(found.mean()) == pytest.approx(0.5, abs=0.03)
    assert float(found.var()) == pytest.approx(0.25 / 1.4, abs=0.01)  # of Beta(a, a): 1 / (4 (2a + 1))


def test_cutmix_takes_a_rectangle_and_counts_its_area() -> None:
    inputs = torch.arange(8.0)[:, None, None, None].expand(8, 1, 10, 10)
    for step in range(20):
        batch = CutMix(1.0).augmented(Batch(inputs), draw(step))
        assert batch.partners is not None
        own = (batch.inputs == inputs).flatten(1).float().mean(1)
        wanted = torch.where(batch.partners == torch.arange(8), 1.0, batch.share)
        torch.testing.assert_close(own, wanted)
