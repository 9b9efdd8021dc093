"""What a network says of the probe batch while it trains is what NumPy finds, and looking changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio import zoo
from studio.data.samples import Split
from studio.engine.mailbox import Mailbox
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.runs.records import Maps, Predictions
from studio.training import scores
from studio.training.control import Control
from studio.training.loop import Trainer
from studio.training.probing import LEAST_SAMPLES, MOST_SAMPLES, SHOWN, Prober
from studio.training.session import Session, prepare_session
from tests.training.conftest import MakeProject, Recorder


def session_of(project: Project, folder: Path | None = None) -> Session:
    with torch.random.fork_rng():
        return prepare_session(project, folder, torch.device("cpu"))


def watching(**what: object) -> Control:
    control = Control()
    control.set_watch(budget=0.5, **what)  # type: ignore[arg-type]
    return control


def test_confusion_accuracy_and_loss_equal_those_of_numpy(digits: MakeProject) -> None:
    session = session_of(digits())
    found = Prober(session, "run-1").predictions(5)
    inputs, truth = (one.numpy() for one in session.validation.span(0, 10_000))
    with torch.no_grad():
        outputs = session.module.eval()(torch.from_numpy(inputs)).double().numpy()
    shares = np.exp(outputs - outputs.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    own = shares[np.arange(len(truth)), truth]
    assert found.total == len(truth) == len(found.truth)
    np.testing.assert_array_equal(found.truth, truth)
    np.testing.assert_array_equal(found.predicted, outputs.argmax(1))
    np.testing.assert_allclose(found.sure, shares.max(1), rtol=1e-5)
    np.testing.assert_allclose(found.own, own, rtol=1e-5)
    assert found.loss == pytest.approx(float(-np.log(own).mean()), rel=1e-5)
    order = np.argsort(own, kind="stable")[:SHOWN]
    np.testing.assert_array_equal(found.worst, order)
    np.testing.assert_array_equal(found.samples, inputs[order])
    counts = scores.confusion(found.predicted, found.truth, found.num_classes)
    assert counts[3, 7] == ((truth == 3) & (outputs.argmax(1) == 7)).sum()


def test_the_probe_batch_is_part_of_a_large_set_and_no_more_than_a_small_one_has(digits: MakeProject) -> None:
    large = digits()
    large = Project("large", large.graph, DataConfig(validation_fraction=0.5), large.training)
    assert len(Prober(session_of(large), "r").predictions(1).truth) == MOST_SAMPLES
    small = Project("small", large.graph, DataConfig(validation_fraction=0.01), large.training)
    found = Prober(session_of(small), "r").predictions(1)
    assert len(found.truth) == found.total < MOST_SAMPLES
    assert len(found.samples) == min(found.total, SHOWN)


def test_the_batch_of_a_slow_network_is_small_and_stays_the_same(digits: MakeProject) -> None:
    prober = Prober(session_of(digits()), "r")
    prober.fit_to(0.0)
    first = prober.inputs
    assert len(first) == LEAST_SAMPLES
    assert len(prober.predictions(1).truth) == len(prober.predictions(2).truth) == LEAST_SAMPLES
    prober.fit_to(1e6)
    assert len(prober.inputs) == prober.predictions(1).total


def test_without_a_validation_part_the_training_part_is_looked_at(digits: MakeProject) -> None:
    session = session_of(digits())
    empty = Split(session.validation.inputs[:0], session.validation.targets[:0])
    found = Prober(replace(session, validation=empty), "r").predictions(1)
    assert (found.part, len(found.truth)) == ("train", MOST_SAMPLES)
    nothing = Prober(replace(session, validation=empty, train=empty), "r")
    assert nothing.predictions(1).note
    assert nothing.maps(("fc1",), 1) == []


def test_outputs_that_are_no_numbers_are_no_predictions(digits: MakeProject) -> None:
    session = session_of(digits())
    with torch.no_grad():
        next(session.module.parameters()).fill_(torch.nan)
    found = Prober(session, "r").predictions(1)
    assert (found.predicted == -1).all()
    assert not scores_of(found).any()


def scores_of(found: Predictions) -> np.ndarray:
    known = found.predicted >= 0
    return scores.confusion(found.predicted[known], found.truth[known], found.num_classes)


def test_a_network_of_values_says_why_there_is_nothing(make_project: MakeProject) -> None:
    graph = zoo.build("autoencoder", input_shape=(1, 8, 8))
    project = make_project(graph, {"dataset": "digits", "options": {}})
    found = Prober(session_of(project), "r").predictions(1)
    assert "values, not classes" in found.note
    assert not len(found.truth)


def test_looking_leaves_weights_running_statistics_and_random_numbers_as_they_were(
    digits: MakeProject, recorder: Recorder
) -> None:
    """The network has batch normalization: a pass in training mode would show."""

    def trained(**what: object) -> dict[str, torch.Tensor]:
        trainer = Trainer(digits("small_cnn", epochs=1), reporter=recorder, control=watching(**what))
        assert trainer.run().state == "finished"
        assert trainer.module is not None
        return dict(trainer.module.state_dict())

    plain = trained()
    looked = trained(maps=("conv1", "image", "gone"), predictions=True, activations=("conv1",))
    assert all(torch.equal(value, looked[name]) for name, value in plain.items())
    seen = recorder.of(Maps)
    assert {one.node for one in seen} == {"conv1", "image"}
    assert len({one.values.tobytes() for one in seen if one.node == "image"}) == 1
    assert recorder.of(Predictions)


def test_the_last_look_is_at_the_last_step(digits: MakeProject, recorder: Recorder) -> None:
    control = watching(predictions=True)
    outcome = Trainer(digits(epochs=1), reporter=recorder, control=control).run()
    assert recorder.of(Predictions)[-1].step == outcome.step


def test_the_mailbox_keeps_the_newest(digits: MakeProject) -> None:
    prober, box = Prober(session_of(digits()), "r"), Mailbox()
    for step in (1, 2, 3):
        box.put(prober.predictions(step))
        for record in prober.maps(("fc1", "relu1"), step):
            box.put(record)
    assert sorted((type(one).__name__, one.step) for one in box.drain()) == [  # type: ignore[union-attr]
        ("Maps", 3),
        ("Maps", 3),
        ("Predictions", 3),
    ]
