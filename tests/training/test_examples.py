"""Samples that show what a classifier does."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.data.samples import Split
from studio.training import examples
from studio.training.examples import examples_of


def split_and_shares(count: int = 400, classes: int = 4) -> tuple[Split, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    shares = torch.rand(count, classes, generator=generator, dtype=torch.float64)
    targets = torch.randint(0, classes, (count,), generator=generator)
    inputs = torch.arange(count, dtype=torch.float32)[:, None]
    return Split(inputs, targets), shares / shares.sum(1, keepdim=True)


def test_the_worst_and_the_best_come_first() -> None:
    split, shares = split_and_shares()
    found = examples_of(split, shares)
    own = shares[torch.arange(len(split)), split.targets].numpy()
    order = np.argsort(own, kind="stable")
    assert found.inputs[: found.num_worst, 0].astype(int).tolist() == order[:8].tolist()
    best = found.inputs[found.num_worst :][: found.num_best, 0].astype(int)
    assert own[best].tolist() == sorted(own, reverse=True)[:8]


def test_of_every_confusion_the_worst_few_are_kept() -> None:
    split, shares = split_and_shares()
    found = examples_of(split, shares)
    first = found.num_worst + found.num_best
    said = shares.argmax(1)
    own = shares[torch.arange(len(split)), split.targets]
    for truth, prediction in np.ndindex(4, 4):
        mine = (found.truth[first:] == truth) & (found.predicted[first:] == prediction)
        rows = found.inputs[first:, 0].astype(int)[mine].tolist()
        all_rows = torch.nonzero((split.targets == truth) & (said == prediction))[:, 0]
        wanted = all_rows[torch.argsort(own[all_rows], stable=True)][:8]
        assert rows == wanted.tolist()


def test_of_large_samples_fewer_are_kept_but_one_of_each_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MOST_VALUES", 16)
    split, shares = split_and_shares()
    found = examples_of(split, shares)
    first = found.num_worst + found.num_best
    pairs = set(zip(found.truth[first:].tolist(), found.predicted[first:].tolist(), strict=True))
    assert (len(found.truth) - first, len(pairs)) == (16, 16)
