from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio import zoo
from studio.project import files
from studio.project.lock import take
from studio.project.project import Project


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A project with an AlexNet in it."""
    path = tmp_path / "net.flow"
    files.write(Project(graph=zoo.build("alexnet"), notes="kept"), path)
    return path


def test_layers_are_deleted_by_name(studio: Callable, file: Path) -> None:
    result = studio("edit", file, "delete", "fc6", "fc7")
    assert (result.code, result.out) == (0, f'Deleted "fc6" and "fc7" and closed the gaps. Wrote {file}.\n')
    project = files.read(file)
    assert [node.name for node in project.graph.ordered() if node.name.startswith("fc")] == ["fc8"]
    assert project.notes == "kept"
    assert files.read(file.with_name("net.flow.bak")).graph == zoo.build("alexnet")


def test_an_action_takes_arguments_and_writes_elsewhere(studio: Callable, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "wide.flow"
    result = studio("edit", file, "replace_activation", "--set", "new=GELU", "-o", other, "--json")
    assert result.json == {
        "file": str(other), "action": "replace_activation", "changed": 2, "text": "Replaced 2 ReLUs by GELU."
    }  # fmt: skip
    assert files.read(file).graph == zoo.build("alexnet")
    again = studio("edit", file, "insert_batch_norm", "-o", other)
    assert again.code == 1
    assert "is there already" in again.err


def test_an_action_that_needs_shapes_gets_them(studio: Callable, file: Path) -> None:
    assert studio("edit", file, "convert_fc_to_conv").code == 0
    assert all(node.kind != "Flatten" for node in files.read(file).graph.nodes.values())


def test_without_an_action_they_are_listed(studio: Callable, file: Path) -> None:
    assert "multiply_width" in studio("edit", file).out
    listed = studio("edit", file, "--json").json
    assert [action["name"] for action in listed][-1] == "delete"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["multiply_widht"], 'no action "multiply_widht"; did you mean "multiply_width"'),
        (["multiply_width", "--set", "factor"], '"factor" is not a setting. Write name=value'),
        (["multiply_width", "--set", "factor=0"], "factor must be at least"),
        (["multiply_width", "fc7"], "takes no names"),
        (["delete"], "takes the names of layers"),
        (["delete", "fc9"], 'no node named "fc9"'),
        (["switch_shortcuts"], "No block of this network"),
    ],
)
def test_what_cannot_be_done_is_wrong_usage(
    studio: Callable, file: Path, words: list[str], message: str
) -> None:
    before = file.read_bytes()
    result = studio("edit", file, *words)
    assert result.code == 2
    assert message in result.err
    assert file.read_bytes() == before


def test_a_project_that_somebody_has_open_is_left_alone(studio: Callable, file: Path) -> None:
    before, held = file.read_bytes(), take(file.resolve())
    assert held is not None
    result = studio("edit", file, "delete", "fc6")
    held.release()
    assert result.code == 1
    assert "cannot be changed: another window of this program has it open" in result.err
    assert file.read_bytes() == before
