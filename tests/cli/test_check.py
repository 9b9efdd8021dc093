from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from studio.graph import edits
from studio.project import files


@pytest.fixture
def broken(project: Path) -> Path:
    """The project without the wire into its last layer."""
    found = files.read(project)
    node = found.graph.named("fc2")
    graph = edits.disconnect(found.graph, found.graph.inputs_of(node.id))
    files.write(replace(found, graph=graph), project)
    return project


def test_sound_project_is_ready(studio: Callable, project: Path) -> None:
    result = studio("check", project)
    assert (result.code, result.out, result.err) == (0, "Ready to train.\n", "")


def test_sound_project_as_json(studio: Callable, project: Path) -> None:
    assert studio("check", project, "--json").json == {"file": str(project), "errors": 0, "problems": []}


def test_broken_project_names_the_layer_and_what_to_do(studio: Callable, broken: Path) -> None:
    result = studio("check", broken)
    assert result.code == 1
    assert '"fc2"' in result.out
    assert "to mend before it can be trained." in result.out


def test_broken_project_as_json(studio: Callable, broken: Path) -> None:
    result = studio("check", broken, "--json")
    assert result.code == 1
    problem = result.json["problems"][0]
    assert (problem["severity"], problem["node"]) == ("error", "fc2")
    assert problem["message"]
    assert problem["fixes"] == ['Wire "relu1" to it']
    assert result.json["errors"] >= 1


def test_setting_for_this_time_changes_the_check_and_not_the_file(studio: Callable, project: Path) -> None:
    before = project.read_bytes()
    result = studio("check", project, "--set", "data.dataset=moons")
    assert result.code == 1
    assert '"image"' in result.out
    assert project.read_bytes() == before


def test_wrong_setting_is_wrong_usage(studio: Callable, project: Path) -> None:
    result = studio("check", project, "--set", "training.rl=1")
    assert result.code == 2
    assert 'did you mean "lr"?' in result.err


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b'{"format": NaN}', b"[" * 100_000, b'{"a": 1, "a": 2}', b'{"format": "cake"}'],
    ids=["empty", "truncated", "no text", "nan", "deep", "twice", "other format"],
)
@pytest.mark.parametrize("command", ["check", "summary", "train"])
def test_malformed_file_is_one_clear_message(
    studio: Callable, tmp_path: Path, command: str, content: bytes
) -> None:
    file = tmp_path / "bad.flow"
    file.write_bytes(content)
    result = studio(command, file)
    assert result.code == 1
    assert result.err.startswith('Error: Could not open "bad.flow".')
    assert result.err.count("\n") == 1
    assert file.read_bytes() == content


def test_folder_in_place_of_a_file_is_a_clear_message(studio: Callable, tmp_path: Path) -> None:
    result = studio("check", tmp_path)
    assert result.code == 1
    assert "it is a folder" in result.err


def test_summary_lists_layers_shapes_and_totals(studio: Callable, project: Path) -> None:
    result = studio("summary", project)
    assert result.code == 0
    row = next(line.split() for line in result.out.splitlines() if line.startswith("fc1"))
    assert row[:4] == ["fc1", "Linear", "16", "1,040"]
    assert "1,210 parameters" in result.out


def test_summary_as_json(studio: Callable, project: Path) -> None:
    found = studio("summary", project, "--json").json
    assert found["totals"]["parameters"] == 64 * 16 + 16 + 16 * 10 + 10
    assert found["batch_size"] == 64
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["fc2"]["shape"] == [10]
    assert rows["fc2"]["macs"] == 160


def test_summary_of_a_broken_design_shows_what_is_known_and_why_not_more(
    studio: Callable, broken: Path
) -> None:
    result = studio("summary", broken)
    assert result.code == 1
    assert "fc1" in result.out
    assert '"fc2"' in result.err
    assert studio("summary", broken, "--json").json["problems"]


def test_summary_of_an_enormous_layer_allocates_nothing(studio: Callable, project: Path) -> None:
    result = studio("summary", project, "--json", "--set", "graph.fc1.out_features=1000000000")
    rows = {row["name"]: row for row in result.json["rows"]}
    assert rows["fc1"]["parameters"] == 65 * 10**9
