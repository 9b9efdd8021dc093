from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from studio.project.files import runs_folder
from studio.runs.store import RunStore
from studio.training.run import Run


def test_ending_says_the_form_and_the_copy_is_compared(
    studio: Callable, project: Path, tmp_path: Path
) -> None:
    result = studio("export", project, "-o", tmp_path / "net.py")
    assert result.code == 0
    assert result.out == f"{tmp_path / 'net.py'}: the outputs are equal to the last bit.\n"
    assert "class Network(nn.Module):" in (tmp_path / "net.py").read_text()
    assert "not trained" in result.err


def test_without_output_the_file_lies_beside_the_project(studio: Callable, project: Path) -> None:
    found = studio("export", project, "--to", "pt2", "--json").json
    assert found["file"] == str(project.with_suffix(".pt2"))
    assert (found["form"], found["difference"]) == ("pt2", 0.0)
    assert Path(found["file"]).exists()


def test_weights_of_a_run_are_exported(studio: Callable, project: Path, tmp_path: Path) -> None:
    assert studio("train", project, "--run", "first").code == 0
    assert studio("export", project, "--run", "first", "-o", tmp_path / "w.safetensors").code == 0
    kept = Run(RunStore(runs_folder(project)).run("first")).checkpoint("best")
    found = load_file(tmp_path / "w.safetensors")
    assert found.keys() == kept.keys()
    assert all(torch.equal(found[name], kept[name]) for name in kept)


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_picture_needs_no_display(studio: Callable, project: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"net{ending}"
    assert studio("export", project, "-o", path).code == 0
    assert path.read_bytes()[:5] in (b"<?xml", b"\x89PNG\r")


def test_without_a_form_it_is_wrong_usage(studio: Callable, project: Path) -> None:
    result = studio("export", project)
    assert result.code == 2
    assert "--to python|onnx|pt2" in result.err


def test_run_that_does_not_exist_is_said(studio: Callable, project: Path, tmp_path: Path) -> None:
    result = studio("export", project, "--run", "nobody", "-o", tmp_path / "net.pt2")
    assert result.code == 1
    assert "nobody" in result.err
