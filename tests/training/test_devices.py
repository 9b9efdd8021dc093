"""Choosing a device."""

from __future__ import annotations

import pytest
import torch

from studio.errors import TrainingError
from studio.training import devices


def test_auto_takes_the_best_there_is() -> None:
    assert str(devices.resolve("auto")) == devices.available()[0]


def test_cpu_is_always_there() -> None:
    assert devices.resolve("cpu") == torch.device("cpu")
    assert (devices.memory_bytes(torch.device("cpu")) or 0) > 2**28


def test_cuda_comes_before_mps_and_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert devices.available() == ("cuda:0", "cuda:1", "mps", "cpu")
    assert devices.resolve("cuda") == torch.device("cuda:0")
    assert devices.resolve("auto") == torch.device("cuda:0")


def test_missing_device_lists_those_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(TrainingError, match=r'no device "cuda:3".*It has cuda:0, .*cpu'):
        devices.resolve("cuda:3")
