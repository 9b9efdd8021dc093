"""A surface is the network's own output all over the range of the data, in the units of the data."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import studio
from studio import zoo
from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.data import datasets
from studio.data.prepare import prepare
from studio.errors import ProbeError, TrainingError
from studio.graph.graph import Graph
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.runs.records import Surface
from studio.runs.surface_table import farthest_point, points_right
from studio.training import surfaces
from studio.training.control import Control
from studio.training.loop import Trainer
from tests.helpers.drawing import draw

Make = Callable[..., Project]


def places(surface: Surface) -> np.ndarray:
    """Return all places in the units of the data, as a picture's rows; (S * S, 2)."""
    side = surface.outputs.shape[-1]
    first, second = (
        np.linspace(low, high, side) for low, high in zip(surface.lows, surface.highs, strict=True)
    )
    return np.array([(x, y) for y in second for x in first], np.float32)


@pytest.mark.parametrize("normalization", ["none", "scale", "standardize"])
def test_probabilities_are_those_of_a_direct_forward(make_project: Make, normalization: str) -> None:
    project = make_project(data={"normalization": normalization})
    surface = surfaces.draw(project, "fc1")
    with own_draws(project.training.seed):
        module = lower.compile(project.graph).eval()
    with torch.no_grad():
        inputs = torch.from_numpy(prepare(project.data).ready(places(surface)))
        wanted = module(inputs).softmax(1).T.reshape(surface.outputs.shape)
        units = module.fc1(inputs).T.reshape(16, *surface.outputs.shape[1:])[:, ::2, ::2]
    assert surface.classes == ("upper", "lower")
    assert surface.outputs == pytest.approx(wanted.numpy(), abs=1e-5)
    assert surface.before == pytest.approx(units.numpy(), abs=1e-5)


def test_points_are_those_of_the_data_set(make_project: Make) -> None:
    project = make_project()
    surface = surfaces.draw(project)
    raw = datasets.load(project.data)
    known = {
        (round(float(x), 4), round(float(y), 4)): label
        for (x, y), label in zip(raw.inputs, raw.targets, strict=True)
    }
    found = [known[round(float(x), 4), round(float(y), 4)] for x, y in surface.points]
    assert surface.truth.tolist() == found
    assert (len(surface.held_out), int(surface.held_out.sum())) == (170, 30)
    assert (surface.points > np.array(surface.lows)).all()
    assert (surface.points < np.array(surface.highs)).all()


def test_what_is_said_of_points_is_what_the_network_says(make_project: Make) -> None:
    project = make_project()
    surface = surfaces.draw(project)
    with own_draws(project.training.seed):
        module = lower.compile(project.graph).eval()
    with torch.no_grad():
        wanted = module(torch.from_numpy(prepare(project.data).ready(surface.points))).argmax(1)
    assert surface.said.tolist() == wanted.tolist()
    right = int((wanted.numpy() == surface.truth).sum())
    assert points_right(surface) == (right, 170)
    assert 0 < right < 170
    assert farthest_point(surface) is None


def test_a_curve_is_told_in_the_units_of_its_values() -> None:
    project = sample_project("curve-tanh").project()
    scaled = replace(project, data=project.data.model_copy(update={"target_scaling": "standardize"}))
    plain, told = surfaces.draw(project), surfaces.draw(scaled)
    data = prepare(scaled.data)
    assert plain.outputs.shape == (1, 401)
    assert told.outputs == pytest.approx(plain.outputs * data.target_std + data.target_mean, abs=1e-6)
    assert told.said == pytest.approx(plain.said * data.target_std + data.target_mean, abs=1e-5)
    assert farthest_point(plain) == pytest.approx(float(np.abs(plain.said - plain.truth).max()))
    assert told.truth == pytest.approx(plain.truth, abs=1e-5)
    assert np.abs(told.truth - np.sin(2 * np.pi * told.points[:, 0])).max() < 1e-4


def test_one_output_for_yes_and_no_gives_both_probabilities() -> None:
    surface = surfaces.draw(sample_project("hidden-xor").project())
    assert surface.classes == ("false", "true")
    assert surface.outputs.sum(0) == pytest.approx(1.0, abs=1e-6)


def drawing_in_evaluation() -> Graph:
    """Return a network with the only layer that draws random numbers in evaluation, too."""
    return draw(
        ("x", "VectorInput", {"features": 2}),
        ("fc1", "Linear", "x", {"out_features": 49}),
        ("image", "Unflatten", "fc1", {"unflattened_size": (1, 7, 7)}),
        ("pool", "FractionalMaxPool2d", "image"),
        ("flat", "Flatten", "pool"),
        ("fc2", "Linear", "flat", {"out_features": 2}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc2 target"),
    )


@pytest.mark.parametrize("draws", [False, True])
def test_watching_changes_no_weight(make_project: Make, recorder: Any, draws: bool) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, batch_norm=True, dropout=0.3)
    if draws:
        graph = drawing_in_evaluation()
    control = Control()
    control.set_watch(surface=("fc1",), budget=0.5)
    plain, watched = (
        Trainer(make_project(graph)),
        Trainer(make_project(graph), reporter=recorder, control=control),
    )
    assert (plain.run().state, watched.run().state) == ("finished", "finished")
    assert plain.module is not None
    assert watched.module is not None
    left, right = plain.module.state_dict(), watched.module.state_dict()
    assert all(torch.equal(left[name], right[name]) for name in left)
    last = recorder.of(Surface)[-1]
    assert (last.step, last.node, last.after_name) == (15, "fc1", "fc1")


def test_a_look_from_another_thread_takes_none_of_a_runs_random_numbers(make_project: Make) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, dropout=0.5)
    project = make_project(graph, epochs=30)
    plain, beside = Trainer(project), Trainer(project)
    plain.run()
    over, looks = threading.Event(), []

    def look() -> None:
        while not over.is_set():
            looks.append(surfaces.draw(project, "fc1"))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        beside.run()
    finally:
        over.set()
        thread.join()
    assert looks
    assert plain.module is not None
    assert beside.module is not None
    other = beside.module.state_dict()
    assert all(torch.equal(value, other[name]) for name, value in plain.module.state_dict().items())


def test_a_live_surface_is_that_of_the_weights_then(make_project: Make, recorder: Any) -> None:
    project, control = make_project(), Control()
    control.set_watch(surface=("",), budget=0.5)
    trainer = Trainer(project, reporter=recorder, control=control)
    trainer.run()
    assert trainer.module is not None
    wanted = surfaces.draw(project, weights=trainer.module.state_dict())
    assert recorder.of(Surface)[-1].outputs == pytest.approx(wanted.outputs, abs=1e-6)
    assert recorder.of(Surface)[-1].total == 0


def test_nobody_looking_draws_nothing(make_project: Make, recorder: Any) -> None:
    Trainer(make_project(), reporter=recorder).run()
    assert recorder.of(Surface) == []


def test_data_with_more_features_are_refused_in_words(digits: Make) -> None:
    with pytest.raises(ProbeError, match="those of digits are 64 numbers"):
        surfaces.draw(digits())


def test_many_classes_are_refused_in_words(make_project: Make) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(4,), num_classes=40)
    data = {"dataset": "blobs", "options": {"centers": 40, "samples": 400}}
    with pytest.raises(ProbeError, match="tells 40 classes"):
        surfaces.draw(make_project(graph, data))


def test_a_design_without_a_loss_is_refused_in_words() -> None:
    graph = draw(("x", "VectorInput", {"features": 2}), ("fc", "Linear", "x", {"out_features": 2}))
    with pytest.raises(TrainingError, match="has no loss"):
        surfaces.draw(Project("bare", graph, DataConfig(dataset="moons")))


def test_a_runs_surface_is_that_of_its_weights(make_project: Make, tmp_path: Any) -> None:
    run = studio.train(make_project(), runs_folder=tmp_path)
    surface = run.surface("fc1", "last")
    wanted = surfaces.draw(run.project(), "fc1", weights=run.checkpoint("last"))
    assert np.array_equal(surface.outputs, wanted.outputs)
    assert np.array_equal(surface.after, wanted.after)
