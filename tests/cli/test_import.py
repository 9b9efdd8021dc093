from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import studio as face
from studio.project import files

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.body(x))

class Choosing(Net):
    def forward(self, x):
        return self.head(self.body(x)) if x.sum() > 0 else x
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of the person's own, in the folder that the command is called in."""
    name = f"net_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(NET)
    monkeypatch.chdir(tmp_path)
    return name


def test_torchvision_model_becomes_a_project(studio: Callable, tmp_path: Path) -> None:
    file = tmp_path / "squeeze.flow"
    result = studio("import", "torchvision:squeezenet1_1", "-o", file, "--input", "3,64,64")
    assert result.code == 0, result.err
    assert "bit-equal" in result.out
    project = files.read(file)
    assert project.graph.block("Fire").inputs()
    assert "torchvision" in project.notes
    assert not file.with_suffix(".safetensors").exists()


def test_own_module_brings_its_weights_along(studio: Callable, net: str) -> None:
    result = studio("import", f"{net}:Net", "--input", "4", "--json")
    assert result.code == 0, result.err
    assert result.json["bit_equal"] is True
    assert result.json["weights"] == "Net.safetensors"
    network = face.compile(files.read(Path("Net.flow")).graph)
    network.load_state_dict(load_file("Net.safetensors"), strict=True)
    assert network(torch.zeros(1, 4)).shape == (1, 2)


def test_weights_can_be_dropped(studio: Callable, net: str) -> None:
    assert studio("import", f"{net}:Net", "--input", "4", "--drop-weights").code == 0
    assert not Path("Net.safetensors").exists()
    assert "Example input: 4." in files.read(Path("Net.flow")).notes


def test_file_that_is_there_is_not_written_over(studio: Callable, net: str) -> None:
    Path("Net.flow").write_text("mine")
    result = studio("import", f"{net}:Net", "--input", "4")
    assert result.code == 1
    assert "is there already" in result.err
    assert Path("Net.flow").read_text() == "mine"
    assert studio("import", f"{net}:Net", "--input", "4", "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["NET:Net"], 2, "Say it with --input"),
        (["NET:Nut", "--input", "4"], 1, 'did you mean "Net"'),
        (["NET:Choosing", "--input", "4"], 1, "Choosing itself looks at the values of a tensor"),
        (["NET:Net", "--input", "5"], 1, '"body.0" (Linear) failed on the example'),
        (["NET:Net", "--input", "four"], 1, "is no shape"),
        (["NET:Net", "--input", "4", "--weights", "DEFAULT"], 1, "brings its own"),
        (["squeezenet1_1"], 1, "names no module"),
        ([], 2, "SOURCE"),
    ],
)
def test_what_cannot_be_imported_says_why(
    studio: Callable, net: str, arguments: list[str], code: int, text: str
) -> None:
    result = studio("import", *(word.replace("NET", net) for word in arguments))
    assert result.code == code
    assert text in result.err
    assert not list(Path.cwd().glob("*.flow"))
