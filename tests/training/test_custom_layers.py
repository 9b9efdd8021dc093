"""Networks with a custom layer are trained, saved and loaded like others; what fails says the line."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import studio
from studio.errors import TrainingError
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from tests.helpers.custom_code import around_code, layer

CODE = layer(
    "return self.conv(x) * self.scale",
    "self.conv = nn.Conv2d(1, 2, 3); self.scale = nn.Parameter(torch.ones(()))",
)


def project(code: str) -> Project:
    data, training = DataConfig(dataset="digits"), TrainingConfig(epochs=1, device="cpu", batch_size=256)
    return Project("own", around_code(code), data, training)


def test_its_weights_are_learned_and_kept_under_its_name(tmp_path: Path) -> None:
    run = studio.train(project(CODE), runs_folder=tmp_path)
    module = run.model()
    assert {"mine.conv.weight", "mine.conv.bias", "mine.scale"} < set(module.state_dict())
    assert module.mine.scale.item() != 1.0
    assert torch.equal(run.model().mine.scale, module.mine.scale)


def test_what_fails_in_training_only_says_its_line(tmp_path: Path) -> None:
    code = layer("assert x.device.type == 'meta' or not self.training, 'not on real numbers'; return x")
    with pytest.raises(TrainingError, match=r'failed in "mine", line 5 of its code: not on real numbers'):
        studio.train(project(code), runs_folder=tmp_path)
