from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from studio.errors import NewerFormatError, ProjectError
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.project import files, migrations
from studio.project import format as document
from studio.project.config import DataConfig
from studio.project.project import Project
from tests.helpers.designs import chain


def project(**changes: Any) -> Project:
    return replace(Project("digits", graph=chain("Input", "Layer"), notes="n"), **changes)


def test_a_project_is_found_again_as_it_was(tmp_path: Path) -> None:
    files.write(project(), tmp_path / "digits.flow")
    assert files.read(tmp_path / "digits.flow") == project()
    assert (tmp_path / "digits.flow").read_text("utf-8") == document.dumps(project())


def test_a_renamed_file_is_a_renamed_project(tmp_path: Path) -> None:
    files.write(project(), tmp_path / "digits.flow")
    (tmp_path / "digits.flow").rename(tmp_path / "mine.flow")
    assert files.read(str(tmp_path / "mine.flow")) == project(name="mine")


def test_saving_twice_keeps_the_first_as_backup(tmp_path: Path) -> None:
    for notes in ("one", "two"):
        files.write(project(notes=notes), str(tmp_path / "digits.flow"))
    (tmp_path / "digits.flow.bak").rename(tmp_path / "old.flow")
    assert files.read(tmp_path / "old.flow").notes == "one"


def test_what_could_not_be_read_back_does_not_replace_the_file(tmp_path: Path) -> None:
    path = tmp_path / "digits.flow"
    files.write(project(), path)
    for node in (
        Node("n1", "A", "not a name"),
        Node("n1", "A", "a", x=float("nan")),
        Node("n1", "A", "a", x=1e300),
    ):
        with pytest.raises(ProjectError, match=r'Could not save "digits.flow"\. '):
            files.write(project(graph=Graph.of([node])), path)
    assert files.read(path) == project()


@pytest.mark.parametrize(
    ("path", "runs"),
    [("a/digits.flow", "a/digits.runs"), ("a/x.y.flow", "a/x.y.runs"), ("a/b.json", "a/b.json.runs")],
)
def test_runs_lie_beside_the_file(path: str, runs: str) -> None:
    assert files.runs_folder(path) == Path(runs)
    assert files.runs_folder(Path(path)) == Path(runs)


# What cannot be read ---------------------------------------------------------------------------------


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    files.write(project(), tmp_path / "digits.flow")
    with pytest.raises(ProjectError, match=r'There is no file ".*digts.flow"; did you mean "digits.flow"\?'):
        files.read(tmp_path / "digts.flow")
    with pytest.raises(ProjectError, match=r'There is no file ".*gone.*x.flow"\. Check the name'):
        files.read(tmp_path / "gone" / "x.flow")


def test_a_folder_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="it is a folder"):
        files.read(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="POSIX devices")
def test_pipes_and_devices_are_no_projects(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.flow")
    for path in (tmp_path / "pipe.flow", Path("/dev/zero")):
        with pytest.raises(ProjectError, match="it is not a file"):
            files.read(path)


@pytest.mark.parametrize("name", ["a\0b.flow", "x" * 300], ids=["null", "long"])
def test_an_impossible_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectError, match="Could not open"):
        files.read(tmp_path / name)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    files.write(project(), tmp_path / "digits.flow")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ProjectError, match=r"you may not read it\. Change its permissions"):
        files.read(tmp_path / "digits.flow")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r'Could not open "x.flow"\. The file is empty'),
        (b"{", r'Could not open "x.flow"\. The file is not valid JSON: .* at line 1, column 2'),
        (b"PK\x03\x04\xff\xfe", r'Could not open "x.flow"\. The file is not text in UTF-8'),
        (b"{}", r'Could not open "x.flow"\. This is not a Flowgraph Studio project'),
        (b" " * (32 * 2**20 + 1) + b"{}", "The file is empty|too large"),
        (b"1" * (32 * 2**20 + 1), "too large for a project: more than the 32 MB"),
    ],
    ids=["empty", "cut", "binary", "other", "spaces", "large"],
)
def test_a_file_that_holds_no_project(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "x.flow").write_bytes(data)
    with pytest.raises(ProjectError, match=message):
        files.read(tmp_path / "x.flow")


def test_a_later_version_stays_a_later_version(tmp_path: Path) -> None:
    text = document.dumps(project()).replace('"version": 1', '"version": 7')
    (tmp_path / "x.flow").write_text(text, "utf-8")
    with pytest.raises(
        NewerFormatError, match=r'Could not open "x.flow"\. The project was written by a later'
    ):
        files.read(tmp_path / "x.flow")


# Data folders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["/data/mnist", "C:\\data", "\\\\server\\share", "C:data", "\\data"])
def test_an_absolute_data_folder_in_a_file_is_refused(tmp_path: Path, folder: str) -> None:
    data = document.to_data(project(data=DataConfig(folder=folder)))
    (tmp_path / "x.flow").write_text(json.dumps(data), "utf-8")
    with pytest.raises(ProjectError, match=r"data.folder is .* the folder must be relative"):
        files.read(tmp_path / "x.flow")


@pytest.mark.parametrize("folder", ["", "data", "../shared/data", "./a b"])
def test_a_relative_data_folder_is_kept(tmp_path: Path, folder: str) -> None:
    files.write(project(data=DataConfig(folder=folder)), tmp_path / "digits.flow")
    assert files.read(tmp_path / "digits.flow").data.folder == folder


def test_an_absolute_data_folder_is_written_relative_to_the_file(tmp_path: Path) -> None:
    data = DataConfig(folder=str(tmp_path / "data" / "mnist"))
    (tmp_path / "projects").mkdir()
    files.write(project(data=data), tmp_path / "projects" / "digits.flow")
    assert files.read(tmp_path / "projects" / "digits.flow").data.folder == "../data/mnist"


# Older versions --------------------------------------------------------------------------------------


def test_the_file_of_an_older_version_is_kept_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "digits.flow"
    files.write(project(), path)
    old = path.read_bytes()
    for module in (document, files):
        monkeypatch.setattr(module, "VERSION", 2)
    monkeypatch.setattr(document, "migrate", partial(migrations.migrate, steps={1: dict}, current=2))
    assert files.read(path) == project()
    assert path.read_bytes() == old
    for notes in ("one", "two", "three"):
        files.write(project(notes=notes), path)
    assert (tmp_path / "digits.flow.v1.bak").read_bytes() == old
    assert b'"two"' in (tmp_path / "digits.flow.bak").read_bytes()
    assert b'"version": 2' in path.read_bytes()


def test_saving_over_a_damaged_file_keeps_it_as_backup(tmp_path: Path) -> None:
    (tmp_path / "digits.flow").write_bytes(b"{")
    files.write(project(), tmp_path / "digits.flow")
    assert files.read(tmp_path / "digits.flow") == project()
    assert (tmp_path / "digits.flow.bak").read_bytes() == b"{"


@pytest.mark.parametrize("name", ["gone/x.flow", "."], ids=["no folder", "folder"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectError, match="Could not save"):
        files.write(project(), tmp_path / name)
