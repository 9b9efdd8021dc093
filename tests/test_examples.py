"""Every example opens, has no problems with its own data set, and compiles."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.types import TargetType
from studio.project import files
from studio.project.datasets import sample_of

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.flow"))


def test_there_are_examples() -> None:
    assert {"digits", "xor", "moons", "mnist-lenet5"} <= {path.stem for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_suits_its_data_and_compiles(path: Path) -> None:
    project = files.read(path)
    data = sample_of(project.data)
    analysis = analyse(
        project.graph, batch_size=project.training.batch_size, target=TargetType(len(data.classes))
    )
    assert analysis.problems == ()
    network = lower.build(project.graph)
    output = network.module(torch.randn(4, *data.shape))
    assert output.shape == (4, len(data.classes))
    assert len(network.losses) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_written_as_it_would_be_saved(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    files.write(files.read(path), copy)
    assert copy.read_bytes() == path.read_bytes()
