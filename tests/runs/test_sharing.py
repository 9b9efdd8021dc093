from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

import studio
from studio.errors import ProjectError, RunError
from studio.graph.graph import Graph
from studio.project import files
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.runs import checkpoints, sharing, unpacking
from studio.runs.records import EpochEnded, RunChanged, Steps
from studio.runs.store import RunStore


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a project, two runs and weights that it starts from."""
    folder = tmp_path / "mine"
    folder.mkdir()
    project = Project("digits", Graph(), DataConfig(dataset="moons"))
    checkpoints.save(folder / "start.safetensors", {"a": np.ones(3, np.float32)}, {})
    project = studio.Project(
        "digits",
        project.graph,
        project.data,
        project.training.model_copy(update={"initial_weights": "start.safetensors"}),
    )
    files.write(project, folder / "digits.flow")
    store = RunStore(folder / "digits.runs")
    for name, loss in (("run-1", 0.5), ("run-2", 0.25)):
        writer = store.create_run(name, project, "cpu", 7)
        arrays = [np.full(3, loss, np.float32)] * 4
        writer.steps(Steps(name, np.arange(1, 4), *arrays))
        writer.epoch(EpochEnded(name, 1, 3, loss, loss, 0.5, 0.75, is_best=True))
        writer.changed(RunChanged(name, "finished", 3, 1, details="File /home/me/secret.py"))
        for which in ("best", "last", "resume"):
            checkpoints.save(writer.checkpoint_path(which), {"w": np.full(4, loss, np.float32)}, {})
        writer.close()
        store.annotate(name, tags=["good"], note="a note")
    return folder


def test_a_shared_project_is_the_same_on_another_machine(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "digits.flowz"
    assert studio.share(home / "digits.flow", target, run="run-2") == ()
    path = studio.unpack(target, tmp_path / "theirs")
    assert path == tmp_path / "theirs" / "digits.flow"
    assert files.read(path) == files.read(home / "digits.flow") == studio.load(target)
    mine, theirs = RunStore(home / "digits.runs").run("run-2"), RunStore(files.runs_folder(path)).run("run-2")
    assert [info.name for info in RunStore(files.runs_folder(path)).list_runs()] == ["run-2"]
    assert (theirs.info.tags, theirs.info.note, theirs.info.seed) == (("good",), "a note", 7)
    assert theirs.epochs() == mine.epochs()
    for own, other in zip(mine.steps(), theirs.steps(), strict=True):
        assert own.tolist() == other.tolist()
    for which in ("best", "last"):
        assert theirs.checkpoint_path(which).read_bytes() == mine.checkpoint_path(which).read_bytes()
    assert theirs.project() == mine.project()
    assert (path.parent / "start.safetensors").read_bytes() == (home / "start.safetensors").read_bytes()


def test_what_tells_of_this_machine_stays_here(home: Path, tmp_path: Path) -> None:
    project = files.read(home / "digits.flow")
    project = studio.Project("digits", project.graph, project.data.model_copy(update={"folder": "../theirs"}))
    made = sharing.share(
        project, tmp_path / "x.flowz", home=home, store=RunStore(home / "digits.runs"), run="run-1"
    )
    assert made.notes == (
        "The data folder lies outside the project's own, and was left out: choose it anew there.",
    )
    path = unpacking.unpack(tmp_path / "x.flowz", tmp_path / "there")
    assert files.read(path).data.folder == ""
    assert [event.details for event in RunStore(files.runs_folder(path)).run("run-1").events()] == [""]
    assert b"secret.py" not in (path.parent / "digits.runs" / "runs.sqlite").read_bytes()


def test_the_same_project_gives_the_same_file(home: Path, tmp_path: Path) -> None:
    for name in ("a.flowz", "b.flowz"):
        studio.share(home / "digits.flow", tmp_path / name)
    assert (tmp_path / "a.flowz").read_bytes() == (tmp_path / "b.flowz").read_bytes()


def test_weights_are_not_packed_smaller_and_resuming_is_left_out(home: Path, tmp_path: Path) -> None:
    studio.share(home / "digits.flow", tmp_path / "a.flowz", run="run-1")
    with zipfile.ZipFile(tmp_path / "a.flowz") as archive:
        kinds = {info.filename: info.compress_type for info in archive.infolist()}
    assert kinds["digits.runs/run-1/best.safetensors"] == zipfile.ZIP_STORED
    assert "digits.runs/run-1/resume.safetensors" not in kinds


def test_a_run_that_is_not_there_is_refused_and_nothing_written(home: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match='no run "run-9"'):
        studio.share(home / "digits.flow", tmp_path / "a.flowz", run="run-9")
    assert not list(tmp_path.glob("*.flowz")) + list(tmp_path.glob(".studio*"))


def test_weights_to_start_from_that_are_missing_are_refused(home: Path, tmp_path: Path) -> None:
    (home / "start.safetensors").unlink()
    with pytest.raises(ProjectError, match=r"initial weights .* are not in"):
        studio.share(home / "digits.flow", tmp_path / "a.flowz")


def test_weights_of_an_odd_name_get_a_plain_one(home: Path, tmp_path: Path) -> None:
    (home / "start.safetensors").rename(home / "w (1)*.safetensors")
    project = files.read(home / "digits.flow")
    training = project.training.model_copy(update={"initial_weights": "w (1)*.safetensors"})
    sharing.share(
        studio.Project("digits", project.graph, project.data, training), tmp_path / "a.flowz", home=home
    )
    path = studio.unpack(tmp_path / "a.flowz", tmp_path / "there")
    assert files.read(path).training.initial_weights == "initial.safetensors"
    assert (path.parent / "initial.safetensors").is_file()


def test_cancelling_leaves_what_was_there(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.flowz"
    target.write_text("before")
    project = files.read(home / "digits.flow")
    with pytest.raises(ProjectError, match="cancelled"):
        sharing.share(project, target, home=home, cancelled=lambda: True)
    assert target.read_text() == "before"
    assert not list(tmp_path.glob(".studio*"))


def test_unpacking_twice_finds_what_is_there(home: Path, tmp_path: Path) -> None:
    studio.share(home / "digits.flow", tmp_path / "a.flowz", run="run-1")
    first = studio.unpack(tmp_path / "a.flowz", tmp_path / "there")
    first.write_bytes(first.read_bytes() + b"\n")
    assert studio.unpack(tmp_path / "a.flowz", tmp_path / "there") == first
    assert first.read_bytes().endswith(b"\n\n")


def test_a_folder_with_something_else_in_it_is_left_alone(home: Path, tmp_path: Path) -> None:
    studio.share(home / "digits.flow", tmp_path / "a.flowz")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    with pytest.raises(ProjectError, match="holds something else"):
        studio.unpack(tmp_path / "a.flowz", tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["mine.txt"]


def test_no_room_is_said_before_anything_is_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.share(home / "digits.flow", tmp_path / "a.flowz")
    monkeypatch.setattr(unpacking, "SPARE", 2**60)
    with pytest.raises(ProjectError, match="has room for"):
        studio.unpack(tmp_path / "a.flowz", tmp_path / "there")
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("name", ["a/b", "..", "con", "ü ö", " x. ", "", "\u202e"])
def test_any_name_of_a_project_makes_a_file_that_opens(name: str, tmp_path: Path) -> None:
    sharing.share(Project(name, Graph()), tmp_path / "a.flowz")
    assert unpacking.unpack(tmp_path / "a.flowz", tmp_path / "there").parent == tmp_path / "there"


def test_a_shared_project_is_not_read_as_a_project(home: Path, tmp_path: Path) -> None:
    studio.share(home / "digits.flow", tmp_path / "a.flowz")
    with pytest.raises(ProjectError, match="studio unpack"):
        files.read(tmp_path / "a.flowz")
