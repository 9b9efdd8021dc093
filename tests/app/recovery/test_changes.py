from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.app.recovery.changes import changes_of
from studio.graph import edits
from studio.project.files import write
from studio.project.overrides import apply
from studio.project.project import Project
from studio.project.recovery import Unsaved
from tests.helpers.canvas_table import small_network

PROJECT = Project("net", small_network())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(PROJECT, tmp_path / "net.flow")
    return tmp_path / "net.flow"


def told(project: Project, path: Path | str = "") -> list[str]:
    return changes_of(Unsaved("s.1", project, str(path)))


def test_layers_settings_and_notes_are_told(path: Path) -> None:
    graph = edits.rename(PROJECT.graph, "n2", "stem")
    project = apply(replace(PROJECT, graph=graph, notes="more"), ["training.lr=0.5"])
    found = told(project, path)
    assert any(line.startswith("- conv: ") for line in found)
    assert any(line.startswith("+ stem: ") for line in found)
    assert f"~ training.lr {PROJECT.training.lr} → 0.5" in found
    assert found[-1] == "~ notes"


def test_what_only_moved_is_told(path: Path) -> None:
    graph = edits.move(PROJECT.graph, {"n2": (500.0, 600.0)})
    assert told(replace(PROJECT, graph=graph), path) == [
        "Only where things stand on the canvas, and how they look."
    ]


def test_what_equals_its_file_is_told(path: Path) -> None:
    assert told(PROJECT, path) == ["It is as in its file."]


def test_a_project_without_a_file_is_told_whole() -> None:
    assert len([line for line in told(PROJECT) if line.startswith("+ ")]) >= len(PROJECT.graph)
    assert told(Project()) == ["It is empty."]


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    (found,) = told(PROJECT, tmp_path / "gone.flow")
    assert found.startswith("Its file cannot be compared. There is no file")
