"""A script draws the very points that the program trains on."""

from __future__ import annotations

import numpy as np
import pytest

from studio import zoo
from studio.compiler.exporting import export as exporting
from studio.data import datasets
from studio.project.config import DataConfig, TrainingConfig
from studio.project.generators import GENERATORS
from studio.project.project import Project


@pytest.mark.parametrize("drawn", GENERATORS, ids=lambda drawn: drawn.key)
def test_script_has_the_same_samples(drawn) -> None:
    data = DataConfig(dataset=drawn.key, options={"samples": 60, "seed": 2}, normalization="none")
    shape = datasets.describe(data).shape
    graph = zoo.build(
        "mlp", input_shape=shape, hidden=(4,), num_classes=max(len(datasets.describe(data).classes), 2)
    )
    text = exporting.source_of(Project("net", graph, data, TrainingConfig(epochs=1, device="cpu"))).text
    names: dict = {"__name__": "script"}
    exec(compile(text, "script.py", "exec"), names)
    train_x, train_y, valid_x, _ = names["load_data"]()
    found = datasets.load(data)
    rows = {row.tobytes() for row in found.inputs}
    assert all(row.tobytes() in rows for row in np.concatenate([train_x.numpy(), valid_x.numpy()]))
    assert str(train_y.dtype).removeprefix("torch.") == found.targets.dtype.name
