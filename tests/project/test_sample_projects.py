"""Every sample opens, has no problems with its own data, compiles, and learns something in a few steps."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import studio
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.types import TargetType
from studio.errors import ProjectError
from studio.project import files
from studio.project.datasets import DATASETS, sample_of
from studio.project.sample_projects import FOLDER, SAMPLES, SampleProject, sample_project

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)


def test_every_file_is_described_and_every_description_has_a_file() -> None:
    assert {sample.path for sample in SAMPLES} == set(FOLDER.glob("*.flow"))
    assert len({sample.title for sample in SAMPLES}) == len(SAMPLES)


def test_the_package_ships_them() -> None:
    root = Path(__file__).parent.parent.parent
    shipped = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    assert f"{FOLDER.name}/*.flow" in shipped["studio.project"]
    assert (root / "studio" / "project" / FOLDER.name).samefile(FOLDER)


@each_sample
def test_sample_suits_data_that_need_no_download_and_compiles(sample: SampleProject) -> None:
    project = sample.project()
    assert not DATASETS[project.data.dataset].download
    data = sample_of(project.data)
    analysis = analyse(
        project.graph, batch_size=project.training.batch_size, target=TargetType(len(data.classes))
    )
    assert analysis.problems == ()
    network = lower.build(project.graph)
    given = network.module(torch.rand(4, *data.shape))
    assert all(torch.isfinite(output).all() for output in (given if isinstance(given, tuple) else (given,)))
    assert len(network.losses) == 1


@each_sample
def test_sample_learns_in_two_epochs(sample: SampleProject, tmp_path: Path) -> None:
    project = sample.project()
    short = replace(project, training=project.training.model_copy(update={"epochs": 2, "device": "cpu"}))
    files.write(short, tmp_path / "copy.flow")
    first, second = studio.train(studio.load(tmp_path / "copy.flow"), device="cpu").history
    assert math.isfinite(second.train_loss)
    assert second.train_loss < first.train_loss


@each_sample
def test_sample_is_written_as_it_would_be_saved(sample: SampleProject, tmp_path: Path) -> None:
    copy = tmp_path / sample.path.name
    files.write(sample.project(), copy)
    assert copy.read_bytes() == sample.path.read_bytes()


@each_sample
def test_cards_of_sample_do_not_overlap(sample: SampleProject) -> None:
    places = [(node.x, node.y) for node in sample.project().graph.nodes.values()]
    for x, y in places:
        near = [place for place in places if abs(place[0] - x) < 136 and abs(place[1] - y) < 64]
        assert near == [(x, y)]


def test_unknown_sample_names_the_nearest() -> None:
    with pytest.raises(ProjectError, match='did you mean "cnn-digits"'):
        sample_project("cnn-digit")
