"""The command line in this process, and a small project for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio import zoo
from studio.cli.main import main
from studio.project import files
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document; anything more, or NaN, is an error."""

        def refuse(word: str) -> None:
            raise ValueError(f"{word} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


@pytest.fixture
def studio(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command: ``studio("check", file)``."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small network on the digits, in a file."""
    graph = zoo.build("mlp", input_shape=[1, 8, 8], hidden=[16])
    path = tmp_path / "small.flow"
    training = TrainingConfig(epochs=2, device="cpu")
    files.write(Project("small", graph, DataConfig(dataset="digits"), training), path)
    return path
