"""Real tables open as they are and train: a network is made for their columns, and learns in one epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio import zoo
from studio.data import datasets
from studio.graph import edits
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training.run import train

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "tabular"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real tables are not here")


def project(**options: Any) -> Project:
    data = DataConfig.model_validate(
        {
            "dataset": "csv",
            "folder": str(REAL),
            "options": options,
            "target_scaling": "standardize",
        }
    )
    found = datasets.describe(data)
    graph = zoo.build("mlp", input_shape=found.shape, hidden=(16,), num_classes=len(found.classes) or 2)
    if not found.classes:
        graph = for_values(graph)
    return Project("table", graph, data, TrainingConfig(epochs=1, device="cpu", lr=0.01))


def for_values(graph: Any) -> Any:
    by_kind = {node.kind: node for node in graph.ordered()}
    graph = edits.replace_node(graph, edits.replace(by_kind["CrossEntropyLoss"], kind="MSELoss"))
    graph = edits.set_argument(graph, by_kind["Target"].id, "encoding", "float")
    return edits.set_argument(graph, by_kind["Linear"].id, "out_features", 1)


@pytest.mark.parametrize(
    ("options", "accuracy"),
    [
        ({"file": "adult-train.csv", "missing": "category"}, 0.8),
        ({"file": "titanic-train.csv", "target": "Survived", "missing": "median"}, 0.6),
        ({"file": "titanic-train.csv", "target": "Survived", "missing": "drop", "features": "Age,Sex"}, 0.6),
    ],
    ids=["adult", "titanic", "titanic-without-gaps"],
)
def test_classes_of_a_real_table_are_learned(
    tmp_path: Path, options: dict[str, Any], accuracy: float
) -> None:
    if options.get("features") is None and "titanic" in options["file"]:
        options = {**options, "features": "-PassengerId,-Name,-Ticket,-Cabin"}
    run = train(project(**options), runs_folder=tmp_path)
    assert run.history[-1].val_accuracy > accuracy


def test_values_of_a_real_table_are_learned(tmp_path: Path) -> None:
    options = {"file": "california-housing.csv", "target": "median_house_value", "missing": "median"}
    run = train(project(**options), runs_folder=tmp_path)
    found = run.evaluate().regression
    assert found is not None
    assert 0.5 < found.r2 < 1.0
    assert 30_000 < found.mae < 80_000
