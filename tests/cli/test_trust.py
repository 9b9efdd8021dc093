from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import studio as face
from studio.cli.main import main
from studio.errors import ProjectError
from studio.project import files, trust
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from tests.helpers.custom_code import around_code, canary, layer


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[Path, Path]:
    """A project with code that nobody has trusted, and the file that this leaves behind when it runs."""
    code = canary(tmp_path / "canary")
    path = tmp_path / "own.flow"
    project = Project("own", around_code(code, trusted=False), DataConfig(dataset="digits"))
    files.write(Project("own", project.graph, project.data, TrainingConfig(epochs=1, device="cpu")), path)
    return path, tmp_path / "canary"


def test_show_prints_the_code_and_trusts_nothing(
    studio: Callable[..., Any], waiting: tuple[Path, Path]
) -> None:
    path, left = waiting
    result = studio("trust", path, "--show")
    assert result.code == 0
    assert "mine (not trusted)" in result.out
    assert " 1  import torch" in result.out
    assert "class Canary(nn.Module):" in result.out
    assert studio("check", path).code == 1
    assert not left.exists()


def test_what_is_trusted_trains(studio: Callable[..., Any], waiting: tuple[Path, Path]) -> None:
    path, left = waiting
    refused = studio("train", path)
    assert (refused.code, "not been trusted" in refused.err) == (1, True)
    assert not left.exists()
    result = studio("trust", path, "--yes")
    assert (result.code, result.out) == (0, "mine: trusted.\n")
    assert not left.exists()
    assert studio("train", path).code == 0
    assert left.exists()
    assert studio("trust", path, "--yes").out == "mine: trusted already.\n"
    assert studio("trust", path, "--revoke").out == "mine: trusted no more.\n"
    assert studio("check", path).code == 1


@pytest.mark.parametrize(("answer", "trusted"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_it_asks(
    answer: str, trusted: bool, waiting: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert main(["trust", str(waiting[0])]) == (0 if trusted else 1)
    captured = capsys.readouterr()
    assert "Trust is no sandbox" in captured.err
    assert "class Canary" in captured.err
    assert f"mine: {'trusted' if trusted else 'not trusted'}." in captured.out


def test_as_json(studio: Callable[..., Any], waiting: tuple[Path, Path]) -> None:
    path, _ = waiting
    assert studio("trust", path, "--json").code == 2
    (found,) = studio("trust", path, "--json", "--yes").json["layers"]
    assert (found["nodes"], found["trusted"], found["changed"]) == (["mine"], True, True)
    (problem,) = studio("check", _broken(path), "--json").json["problems"][:1]
    assert (problem["code"], problem["line"]) == ("code", 5)


def _broken(path: Path) -> Path:
    other = path.with_name("broken.flow")
    files.write(Project("broken", around_code(layer("return x +"), trusted=False)), other)
    return other


def test_a_name_that_is_none_and_a_project_without_custom_layers(
    studio: Callable[..., Any], project: Path, waiting: tuple[Path, Path]
) -> None:
    assert studio("trust", project).out == "There are no custom layers.\n"
    wrong = studio("trust", waiting[0], "--node", "mind")
    assert (wrong.code, 'did you mean "mine"' in wrong.err) == (1, True)


def test_hidden_letters_are_shown_and_not_trusted(studio: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "hidden.flow"
    files.write(Project("hidden", around_code(f"{layer('return x')}# \u202e", trusted=False)), path)
    assert "\\u202e" in studio("trust", path, "--show").out
    result = studio("trust", path, "--yes")
    assert (result.code, "U+202E" in result.err) == (1, True)


def test_from_python() -> None:
    graph = around_code(layer("return x + 77"), trusted=False)
    assert not trust.is_trusted(layer("return x + 77"))
    assert face.trust(graph) == ["mine"]
    assert face.trust(Project(graph=graph)) == []
    assert face.check(graph) == []
    with pytest.raises(ProjectError, match='no custom layer "fc"'):
        face.trust(graph, "fc")
