"""Training with transforms: exact resume, mixed losses, flat networks, evaluation left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from studio import zoo
from studio.data.transforms.step import Batch
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.project.transforms import Transform
from studio.runs.records import Steps
from studio.training import epochs
from studio.training.control import Control
from studio.training.evaluating import evaluate_weights
from studio.training.predicting import predict_weights
from studio.training.run import train
from studio.training.session import Session, prepare_session
from studio.training.stepper import Stepper

Make = Callable[..., Project]
MANY = ("random_crop", "random_horizontal_flip", "random_rotation", "color_noise", "random_erasing", "mixup")


def augmented(project: Project, *kinds: str, **changes: Any) -> Project:
    transforms = tuple(Transform.of(kind) for kind in kinds)
    return replace(project, data=DataConfig(transforms=transforms, **changes))


def session_of(project: Project) -> Session:
    return prepare_session(project, None, torch.device("cpu"))


@pytest.mark.parametrize("kinds", [MANY, ("cutmix", "rand_augment")], ids=["many", "drawn on the host"])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_resumed_run_equals_an_uninterrupted_one(
    digits: Make,
    recorder: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kinds: tuple[str, ...],
    accumulate: int,
) -> None:
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    project = augmented(digits(epochs=2, accumulate=accumulate, batch_size=128), *kinds)
    whole, control = train(project, runs_folder=tmp_path, name="whole"), Control()

    def look(record: Any) -> None:
        if isinstance(record, Steps) and record.steps[-1] >= 3:
            control.stop()

    recorder.on_record = look
    part = train(project, runs_folder=tmp_path, name="part", reporter=recorder, control=control)
    assert (part.state, part.info.step) == ("stopped", 3)
    resumed = train(project, runs_folder=tmp_path, resume="part")
    expected, found = whole.checkpoint("last"), resumed.checkpoint("last")
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert np.array_equal(whole.steps()[1], resumed.steps()[1])


def test_a_mixed_cross_entropy_is_that_of_the_mixed_probabilities(digits: Make) -> None:
    session = session_of(augmented(digits(), "mixup"))
    logits, targets = torch.randn(6, 10), torch.tensor([0, 1, 2, 3, 4, 5])
    partners, share = torch.tensor([5, 4, 3, 2, 1, 0]), 0.3
    loss, judged = Stepper(session)._mixed_loss((logits,), targets, Batch(logits, partners, share))
    one_hot = torch.eye(10)
    mixed = share * one_hot[targets] + (1 - share) * one_hot[targets[partners]]
    torch.testing.assert_close(loss, functional.cross_entropy(logits, mixed))
    assert torch.equal(judged, targets[partners])  # they have the larger share


def test_transforms_are_done_before_a_flat_network(digits: Make) -> None:
    graph = zoo.build("mlp", input_shape=(64,), num_classes=10)
    project = augmented(replace(digits(epochs=1), graph=graph), "random_crop")
    session = session_of(project)
    Stepper(session).take(session.module, torch.arange(8), 0)
    assert session.train.inputs.shape[1:] == (1, 8, 8)
    assert session.validation.inputs.shape[1:] == (64,)


def test_the_same_step_is_drawn_the_same_and_parts_of_it_differ(digits: Make) -> None:
    session = session_of(augmented(digits(), "random_crop"))
    assert session.augment is not None
    inputs = session.train.inputs[:32]
    first = session.augment(inputs, 0, 7).inputs
    assert torch.equal(first, session.augment(inputs, 0, 7).inputs)
    assert not torch.equal(first, session.augment(inputs, 0, 7, 1).inputs)
    assert not torch.equal(first, session.augment(inputs, 1, 7).inputs)


def test_the_networks_own_random_numbers_are_those_without_transforms(digits: Make) -> None:
    """Transforms draw from a generator of their own: weights and dropout stay what the seed says."""
    states = []
    for kinds in ((), MANY):
        with torch.random.fork_rng():
            session = session_of(augmented(digits(), *kinds))
            Stepper(session).take(session.module, torch.arange(8), 0)
            states.append(torch.get_rng_state())
    assert torch.equal(states[0], states[1])


def test_evaluation_and_prediction_are_not_changed_at_random(digits: Make, tmp_path: Path) -> None:
    project = augmented(digits(epochs=1), "random_crop", "mixup")
    weights = train(project, runs_folder=tmp_path).checkpoint("last")
    plain = replace(project, data=DataConfig())
    for part in ("train", "validation", "test"):
        ours, theirs = (evaluate_weights(one, weights, None, part) for one in (project, plain))  # type: ignore[arg-type]
        assert ours.loss == theirs.loss
    picture = np.random.default_rng(0).random((1, 8, 8))
    both = [predict_weights(one, weights, None, [picture])[0] for one in (project, plain)]
    assert np.array_equal(both[0].probabilities, both[1].probabilities)


def test_prediction_goes_through_the_fixed_transforms(digits: Make, tmp_path: Path) -> None:
    project = augmented(digits(epochs=1), "whitening", normalization="none")
    weights = train(project, runs_folder=tmp_path).checkpoint("last")
    picture = np.random.default_rng(0).random((1, 8, 8))
    found = [
        predict_weights(one, weights, None, [picture])[0].probabilities
        for one in (project, augmented(project, normalization="none"))
    ]
    assert not np.allclose(found[0], found[1])
