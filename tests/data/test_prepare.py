"""From settings to tensors: shapes, types, statistics, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from studio.data import datasets, prepare, preview
from studio.errors import DataError, GrantError
from studio.project.config import DataConfig
from studio.project.datasets import DATASETS


def test_every_listed_data_set_has_a_source() -> None:
    assert set(datasets.SOURCES) == set(DATASETS)
    for key, source in datasets.SOURCES.items():
        assert (source.fetch is not None) == DATASETS[key].download


@pytest.mark.parametrize(
    "key", [key for key, spec in DATASETS.items() if not (spec.download or spec.own_files)]
)
def test_description_tells_what_preparing_gives(key: str) -> None:
    config = DataConfig(dataset=key)
    described, data = datasets.describe(config), prepare.prepare(config)
    assert described.counts == (len(data.train), len(data.validation), len(data.test))
    assert described.shape == data.shape == tuple(data.train.inputs.shape[1:])
    is_value = data.train.targets.is_floating_point()
    assert len(described.classes) == (0 if is_value else int(data.train.targets.max()) + 1)


def test_digits_are_standardized_by_their_training_part_only() -> None:
    data = prepare.prepare(DataConfig())
    assert data.train.inputs.dtype == torch.float32
    assert data.train.targets.dtype == torch.int64
    assert float(data.train.inputs.mean()) == pytest.approx(0.0, abs=1e-6)
    assert float(data.train.inputs.std(correction=0)) == pytest.approx(1.0, abs=1e-5)
    assert abs(float(data.validation.inputs.mean())) > 1e-6


def test_digits_without_normalization_lie_in_0_to_1() -> None:
    data = prepare.prepare(DataConfig(normalization="none"))
    assert float(data.train.inputs.min()) == 0.0
    assert float(data.train.inputs.max()) == 1.0
    assert (data.mean, data.std) == ((0.0,), (1.0,))


def test_preview_shows_training_samples_before_normalization() -> None:
    config = DataConfig(dataset="moons")
    found = preview.look(config, count=5)
    samples, labels = found.inputs, found.targets
    data = prepare.prepare(config)
    restored = data.train.inputs[:5].numpy() * np.float32(data.std) + np.float32(data.mean)
    assert samples == pytest.approx(restored, abs=1e-5)
    assert labels.tolist() == data.train.targets[:5].tolist()


def test_relative_folder_starts_at_the_project(tmp_path: Path) -> None:
    config = DataConfig(dataset="mnist", folder="../sets")
    assert datasets.data_folder(config, tmp_path / "project") == tmp_path / "project" / "../sets"


def test_a_folder_outside_the_project_that_nobody_allowed_is_refused(no_grants: None) -> None:
    config = DataConfig(dataset="mnist", folder="../sets")
    with pytest.raises(
        GrantError, match=r"leads out of the project's folder, to \"/home/me/sets\""
    ) as caught:
        datasets.data_folder(config, Path("/home/me/project"))
    assert caught.value.folder == "/home/me/sets"


def test_no_folder_means_the_users_cache() -> None:
    assert datasets.data_folder(DataConfig(), Path("/home/me")).parts[-2:] == ("flowgraph-studio", "data")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dataset": "mnits"}, 'did you mean "mnist"'),
        ({"dataset": "moons", "options": {"nose": 0.1}}, 'did you mean "noise"'),
        ({"dataset": "moons", "options": {"samples": 1}}, "samples must be at least 20, not 1"),
        ({"dataset": "moons", "options": {"samples": 10.5}}, "whole number"),
        ({"dataset": "digits", "options": {"samples": 100}}, "has no option"),
    ],
)
def test_wrong_settings_are_data_errors(settings: dict[str, object], message: str) -> None:
    config = DataConfig.model_validate(settings)
    for ask in (datasets.describe, prepare.prepare, preview.look):
        with pytest.raises(DataError, match=message):
            ask(config)


def test_too_few_samples_for_the_split_is_a_data_error() -> None:
    config = DataConfig(dataset="moons", options={"samples": 20}, validation_fraction=0.01)
    for ask in (datasets.describe, prepare.prepare):
        with pytest.raises(DataError, match="leaves no validation data"):
            ask(config)
