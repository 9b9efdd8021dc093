"""Weights that a project starts from, on the command line: imported, trained from, handed on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import studio as face
from studio.project import files

NET = """
from torch import nn

def net():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
"""


@pytest.fixture
def weights(project: Path) -> Path:
    """Weights of the small network, beside it."""
    torch.manual_seed(3)
    path = project.with_name("start.safetensors")
    save_file(face.compile(files.read(project)).state_dict(), path)
    return path


def test_what_is_imported_starts_from_its_weights(
    studio: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "module_with_weights.py").write_text(NET)
    result = studio("import", "module_with_weights:net", "--input", "1,8,8", "-o", "digits.flow")
    assert result.code == 0, result.err
    assert files.read("digits.flow").training.initial_weights == "digits.safetensors"
    assert studio("export", "digits.flow", "--to", "safetensors", "-o", "copy.safetensors").code == 0
    found, wanted = load_file("copy.safetensors"), load_file("digits.safetensors")
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_training_takes_them_from_a_setting(studio: Callable, project: Path, weights: Path) -> None:
    done = studio(
        "train",
        project,
        "--epochs",
        1,
        "--set",
        "training.lr=1e-30",
        "--set",
        f"training.initial_weights={weights.name}",
    )
    assert done.code == 0, done.err
    last, wanted = load_file(project.with_suffix(".runs") / "run-1" / "last.safetensors"), load_file(weights)
    assert all(torch.equal(last[name], wanted[name]) for name in wanted)


def test_a_missing_file_keeps_from_training_and_is_said(studio: Callable, project: Path) -> None:
    done = studio("train", project, "--set", "training.initial_weights=gone.safetensors")
    assert done.code == 1
    assert 'no file "gone.safetensors"' in done.err
    assert (
        'no file "gone.safetensors"'
        in studio("check", project, "--set", "training.initial_weights=gone.safetensors").out
    )


def test_export_says_whose_weights_it_takes(studio: Callable, project: Path, weights: Path) -> None:
    target = project.with_suffix(".safetensors")
    fresh = studio("export", project, "--to", "safetensors")
    assert "fresh" in fresh.err
    given = studio(
        "export", project, "--to", "safetensors", "--set", f"training.initial_weights={weights.name}"
    )
    assert 'the project\'s initial ones, "start.safetensors"' in given.err
    assert torch.equal(load_file(target)["fc1.weight"], load_file(weights)["fc1.weight"])


def test_export_refuses_weights_of_another_network(studio: Callable, project: Path, weights: Path) -> None:
    save_file({"fc1.weight": torch.zeros(1)}, weights)
    done = studio("export", project, "--to", "onnx", "--set", f"training.initial_weights={weights.name}")
    assert done.code == 1
    assert "do not fit the network" in done.err
