"""The exported script does to its data what the transforms say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio import zoo
from studio.compiler.exporting.export import source_of
from studio.data import normalization
from studio.data.transforms import fitting
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.project.transforms import TRANSFORMS, Transform

SMALL: dict[str, dict[str, Any]] = {
    "random_shortest_size": {"min_size": 8, "max_size": 10, "size": 8},
    "resize": {"size": 8},
    "center_crop": {"size": 8},
}


def project_of(*transforms: Transform, **training: Any) -> Project:
    config = TrainingConfig(epochs=1, batch_size=500, device="cpu", **training)
    data = DataConfig(transforms=transforms, stratify=False)
    return Project("net", zoo.build("mlp", input_shape=(1, 8, 8), hidden=(4,)), data, config)


def module_of(project: Project) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source_of(project).text, "exported.py", "exec"), space)
    return space


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_a_script_with_each_transform_trains(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module_of(project_of(Transform.of(kind, **SMALL.get(kind, {}))))["main"]()
    assert (tmp_path / "weights.pt").exists()


@pytest.mark.parametrize("kind", ["normalize", "pixel_mean", "whitening", "random_crop"])
def test_a_script_evaluates_on_what_we_would_evaluate_on(kind: str) -> None:
    transforms = (Transform.of("random_horizontal_flip"), Transform.of(kind))
    _, _, valid_x, _, changes = module_of(project_of(*transforms))["load_data"]()
    plain = project_of()
    plain = replace(plain, data=plain.data.model_copy(update={"normalization": "none"}))
    raw_train, _, raw_valid, _ = (part.numpy() for part in module_of(plain)["load_data"]())
    ours = fitting.fit(transforms, raw_train)
    shift, scale = normalization.fit(ours.evaluated(raw_train), "standardize")
    wanted = normalization.apply(ours.evaluated(raw_valid), shift, scale)
    np.testing.assert_allclose(valid_x.numpy(), wanted, atol=1e-3)
    assert len(changes) == 3  # both, and the normalization


def test_accumulated_and_mixed_batches_are_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    space = module_of(project_of(Transform.of("mixup", alpha=1.0), accumulate=2))
    inputs, targets = torch.rand(6, 1, 2, 2), torch.arange(6)
    mixed, others, share = space["changed"]([lambda x: space["mixup"](x, 1.0)], inputs, targets)
    torch.testing.assert_close(mixed, share * inputs + (1 - share) * inputs[others])
    space["main"]()


def test_without_transforms_nothing_is_said_of_them() -> None:
    text = source_of(project_of()).text
    assert "changes" not in text
    assert "seen" not in text


@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.parametrize("kind", ["random_horizontal_flip", "mixup"])
def test_kfac_observes_what_the_network_says_of_changed_batches(
    kind: str, accumulate: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = project_of(Transform.of(kind), optimizer="kfac", update_interval=1, accumulate=accumulate)
    space = module_of(project)
    optimizers: list[Any] = []

    class Kept(space["KFAC"]):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **settings)
            optimizers.append(self)

    space["KFAC"] = Kept
    space["main"]()
    (optimizer,) = optimizers
    looks = [state["looks"] for state in optimizer.state.values() if "looks" in state]
    steps = -(-len(space["load_data"]()[0]) // (500 * accumulate))
    assert looks == [steps, steps]
