"""The file of weights a project starts from: its name, its header, and how it comes along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from safetensors.numpy import load_file, save_file

from studio.errors import ProjectError
from studio.project import format as document
from studio.project.config import TrainingConfig
from studio.project.overrides import apply
from studio.project.project import Project
from studio.project.weights import bring_along, weight_shapes


def make(path: Path, value: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"fc.weight": np.full((2, 3), value, np.float32), "n": np.zeros((), np.int64)}, path)
    return path


@pytest.mark.parametrize("name", ["", "net.safetensors", "weights/net 2.safetensors", "ä.safetensors"])
def test_names_beside_the_project_are_taken(name: str) -> None:
    assert TrainingConfig(initial_weights=name).initial_weights == name


@pytest.mark.parametrize(
    "name",
    [
        "/home/me/net.safetensors",
        "../net.safetensors",
        "a/../../net.safetensors",
        "C:net.safetensors",
        "C:/net.safetensors",
        "a\\net.safetensors",
        "net\n.safetensors",
        "net.pt",
        ".safetensors",
        "a/",
        "./net.safetensors",
        "a//net.safetensors",
        "n" * 1000 + ".safetensors",
    ],
)
def test_names_that_lead_elsewhere_or_are_no_safetensors_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TrainingConfig(initial_weights=name)


def test_a_file_without_the_setting_is_written_as_before() -> None:
    assert "initial_weights" not in document.dumps(Project())


def test_the_setting_is_written_and_read() -> None:
    project = Project(training=TrainingConfig(initial_weights="net.safetensors"))
    assert document.loads(document.dumps(project)) == project
    assert '"version": 1' in document.dumps(project)


def test_the_setting_is_given_on_the_command_line_and_cleared() -> None:
    project = apply(Project(), ["training.initial_weights=a/1e3.safetensors"])
    assert project.training.initial_weights == "a/1e3.safetensors"
    assert apply(project, ["training.initial_weights="]).training.initial_weights == ""


def test_a_wrong_name_on_the_command_line_is_explained() -> None:
    with pytest.raises(
        ProjectError, match=r"training\.initial_weights must be a file in the project's folder"
    ):
        apply(Project(), ["training.initial_weights=../a.safetensors"])


def test_shapes_come_from_the_header(tmp_path: Path) -> None:
    make(tmp_path / "a" / "net.safetensors")
    assert weight_shapes("a/net.safetensors", tmp_path) == {"fc.weight": (2, 3), "n": ()}


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=rf'no file "net.safetensors".*"{tmp_path}".*clear them'):
        weight_shapes("net.safetensors", tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"\xff" * 100], ids=["empty", "pickle", "noise"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.safetensors").write_bytes(content)
    with pytest.raises(ProjectError, match="no sound safetensors file"):
        weight_shapes("net.safetensors", tmp_path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "net.safetensors")
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ProjectError, match="no sound safetensors file"):
        weight_shapes("net.safetensors", tmp_path)


@pytest.mark.parametrize("link", [False, True])
def test_weights_come_along_to_another_folder(tmp_path: Path, link: bool) -> None:
    make(tmp_path / "a" / "w" / "net.safetensors", 7.0)
    (tmp_path / "b").mkdir()
    assert bring_along("w/net.safetensors", tmp_path / "a", tmp_path / "b", link=link) == "w/net.safetensors"
    assert load_file(tmp_path / "b" / "w" / "net.safetensors")["fc.weight"].tolist() == [[7.0] * 3] * 2


def test_the_same_file_there_is_used_and_another_one_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path / "a" / "net.safetensors", 7.0)
    make(tmp_path / "b" / "net.safetensors", 8.0)
    for _ in range(2):
        name = bring_along("net.safetensors", tmp_path / "a", tmp_path / "b")
        assert name == "net-2.safetensors"
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        "net-2.safetensors",
        "net.safetensors",
    ]
    assert load_file(tmp_path / "b" / "net.safetensors")["fc.weight"][0, 0] == 8.0


def test_in_its_own_folder_nothing_is_copied(tmp_path: Path) -> None:
    make(tmp_path / "net.safetensors")
    assert bring_along("net.safetensors", tmp_path, tmp_path / "." / "") == "net.safetensors"
    assert len(list(tmp_path.iterdir())) == 1
