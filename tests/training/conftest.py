"""What the tests of training share: small projects, and a reporter that keeps everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from studio import zoo
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs.records import Live

T = TypeVar("T")


class Recorder:
    """A reporter that keeps every record, and calls back if it is told to."""

    def __init__(self) -> None:
        self.records: list[Live] = []
        self.on_record: Callable[[Live], None] = lambda record: None

    def report(self, record: Live) -> None:
        self.records.append(record)
        self.on_record(record)

    def of(self, kind: type[T]) -> list[T]:
        return [record for record in self.records if isinstance(record, kind)]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


MakeProject = Callable[..., Project]


@pytest.fixture
def make_project() -> MakeProject:
    """Return a function that makes a project: two moons and a small mlp, unless told otherwise."""

    def make(graph: Graph | None = None, data: dict[str, Any] | None = None, **training: Any) -> Project:
        if graph is None:
            graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2)
        settings = {"dataset": "moons", "options": {"samples": 200}} | (data or {})
        config = TrainingConfig(device="cpu", epochs=3, batch_size=32)
        return Project(
            "test",
            graph,
            DataConfig.model_validate(settings),
            TrainingConfig.model_validate(config.model_dump() | training),
        )

    return make


@pytest.fixture
def digits() -> MakeProject:
    """Return a function that makes a project of digits with a template."""

    def make(template: str = "mlp", **training: Any) -> Project:
        graph = zoo.build(template, input_shape=(1, 8, 8))
        config = TrainingConfig(device="cpu", epochs=8, batch_size=64)
        return replace(
            Project("digits", graph),
            training=TrainingConfig.model_validate(config.model_dump() | training),
        )

    return make
