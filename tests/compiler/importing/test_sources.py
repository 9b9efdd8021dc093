from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.compiler.importing import sources
from studio.errors import ImportingError

NETS = """
from torch import nn

def small():
    return nn.Linear(3, 2)

def sized(width):
    return nn.Linear(width, 2)

def wrong():
    return 3

def broken():
    raise ValueError("no data")

ready = nn.Linear(4, 2)
number = 5
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a Python module of the person's own, in which the program is started."""
    name = f"nets_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(NETS)
    (tmp_path / "broken_nets.py").write_text("import nothing_like_this\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own(folder: Path) -> str:
    return next(path.stem for path in folder.glob("nets_*.py"))


@pytest.mark.parametrize(("name", "features"), [("small", 3), ("ready", 4)])
def test_callable_and_module_of_this_folder_are_found(folder: Path, name: str, features: int) -> None:
    found = sources.find(f"{own(folder)}:{name}")
    assert found.module.in_features == features
    assert (found.name, found.has_weights, found.shape) == (name, True, None)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("resnet18", "names no module"),
        ("torchvision:", "names no module"),
        ("torchvision:renset18", 'did you mean "resnet18"'),
        ("not_there_at_all:net", 'no Python module "not_there_at_all"'),
        ("broken_nets:net", 'no Python module "nothing_like_this"'),
        ("NETS:smal", 'did you mean "small"'),
        ("NETS:sized", r"sized\(\) failed: TypeError.*It needs width: write a function without arguments"),
        ("NETS:wrong", r"wrong\(\) gives int, and no torch.nn.Module"),
        ("NETS:broken", r"broken\(\) failed: ValueError: no data"),
        ("NETS:number", "is int, and neither a module nor callable"),
    ],
)
def test_source_that_is_none_says_why(folder: Path, source: str, text: str) -> None:
    with pytest.raises(ImportingError, match=text):
        sources.find(source.replace("NETS", own(folder)))


def test_torchvision_model_brings_its_shape() -> None:
    found = sources.find("torchvision:squeezenet1_1")
    assert found.shape == (3, 224, 224)
    assert not found.has_weights
    assert sources.sample_shape("inception_v3") == (3, 299, 299)


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ("DEFAULT", "IMAGENET1K_V1 of squeezenet1_1 are not on this computer"),
        ("IMAGNET1K_V1", "did you mean"),
    ],
)
def test_weights_that_are_not_here_say_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, weights: str, text: str
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(folder))
    with pytest.raises(ImportingError, match=text):
        sources.find("torchvision:squeezenet1_1", weights)


def test_weights_on_this_computer_are_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(folder))
    trained = sources.find("torchvision:squeezenet1_1").module
    file = folder / "hub" / "checkpoints" / "squeezenet1_1-b8a52dc0.pth"
    file.parent.mkdir(parents=True)
    torch.save(trained.state_dict(), file)
    found = sources.find("torchvision:squeezenet1_1", "IMAGENET1K_V1")
    weight = "features.0.weight"
    assert torch.equal(found.module.state_dict()[weight], trained.state_dict()[weight])
    assert found.has_weights
    assert "weights IMAGENET1K_V1" in found.origin


def test_weights_of_another_source_are_refused(folder: Path) -> None:
    with pytest.raises(ImportingError, match="brings its own"):
        sources.find(f"{own(folder)}:small", "DEFAULT")


@pytest.mark.parametrize(
    ("text", "shape", "dtype"),
    [
        ("3,8,6", (2, 3, 8, 6), torch.float32),
        ("3x8", (2, 3, 8), torch.float32),
        ("20:int64", (2, 20), torch.int64),
    ],
)
def test_example_has_the_shape_that_is_written(text: str, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    found = sources.example(text)
    assert (found.shape, found.dtype) == (shape, dtype)
    assert torch.equal(found, sources.example(text))


@pytest.mark.parametrize("text", ["", "3,", "a", "3,-1", "0", "3:float16"])
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(ImportingError, match="is no shape"):
        sources.example(text)
