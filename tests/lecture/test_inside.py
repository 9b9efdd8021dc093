"""What a look inside shows of claims about hidden units: rows 63, 80 and 83 of the lecture."""

from __future__ import annotations

from dataclasses import replace

import pytest

import studio
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.training.look import Look
from studio.training.run import Run
from tests.helpers.drawing import draw


def hidden(dropout: float) -> Project:
    """A network for the digits with one hidden layer of 64 units, and dropout behind it if wanted."""
    drop = (("drop", "Dropout", "relu", {"p": dropout}),) if dropout else ()
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("flatten", "Flatten", "image"),
        ("fc", "Linear", "flatten", {"out_features": 64}),
        ("relu", "ReLU", "fc"),
        *drop,
        ("out", "Linear", "drop" if dropout else "relu", {"out_features": 10}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "out target"),
    )
    project = sample_project("softmax-digits").project()
    training = project.training.model_copy(update={"seed": 0, "device": "cpu", "epochs": 20})
    return replace(project, graph=graph, training=training)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> dict[float, Look]:
    """A look inside each network after training, by its dropout."""

    def trained(dropout: float) -> Run:
        return studio.train(hidden(dropout), runs_folder=tmp_path_factory.mktemp("runs"))

    return {dropout: trained(dropout).look("last") for dropout in (0.0, 0.5)}


def test_several_units_are_active_and_a_layer_tells_classes_apart_after_training(
    looks: dict[float, Look],
) -> None:
    """Lecture rows 63 and 80."""
    before, after = studio.look(hidden(0.0)), looks[0.0]
    assert 1 < after.units("relu").active < 64
    assert after.embedding("relu").ratio > 2 * before.embedding("relu").ratio


def test_with_dropout_units_are_less_correlated(looks: dict[float, Look]) -> None:
    """Lecture row 83."""
    assert looks[0.5].units("relu").mean_correlation < looks[0.0].units("relu").mean_correlation
