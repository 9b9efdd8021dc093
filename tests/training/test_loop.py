"""Runs: they learn, they repeat, they are told in full, and they fail in words."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from studio import zoo
from studio.catalog import registry
from studio.compiler import lower
from studio.data.prepare import prepare
from studio.errors import DataError, TrainingError
from studio.graph import edits
from studio.project.project import Project
from studio.runs.records import (
    EpochEnded,
    Filters,
    Histogram,
    Norms,
    RunChanged,
    RunProgress,
    Steps,
)
from studio.training import epochs
from studio.training.control import Control
from studio.training.loop import Trainer

Make = Callable[..., Project]


def weights(project: Project) -> dict[str, torch.Tensor]:
    trainer = Trainer(project)
    assert trainer.run().state == "finished"
    assert trainer.module is not None
    return trainer.module.state_dict()


def joined(records: list[Steps]) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate([r.steps for r in records]), np.concatenate([r.losses for r in records])


@pytest.mark.parametrize(
    ("template", "settings"),
    [
        ("mlp", {"lr": 0.05}),
        ("small_cnn", {"lr": 0.05}),
        ("mlp", {"optimizer": "adam", "lr": 0.003}),
    ],
    ids=["mlp", "small_cnn", "adam"],
)
def test_digits_are_learned(digits: Make, recorder: Any, template: str, settings: dict[str, Any]) -> None:
    outcome = Trainer(digits(template, **settings), reporter=recorder).run()
    ends = recorder.of(EpochEnded)
    assert outcome.state == "finished"
    assert max(end.val_accuracy for end in ends) > 0.95
    assert ends[-1].train_loss < ends[0].train_loss / 2


def test_same_seed_gives_the_same_weights_to_the_bit_and_another_seed_others(digits: Make) -> None:
    first, again, other = (weights(digits("small_cnn", epochs=2, seed=seed)) for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first if name.endswith("weight"))


def test_run_equals_a_plain_loop_written_by_hand(make_project: Make) -> None:
    project = make_project(epochs=2, seed=5, momentum=0.9, lr=0.1, patience=0)
    data = prepare(project.data)
    torch.manual_seed(5)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for epoch in (1, 2):
        generator = torch.Generator().manual_seed(5 * 2**20 + epoch)
        for rows in torch.randperm(len(data.train), generator=generator).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(data.train.inputs[rows]), data.train.targets[rows]).backward()
            optimizer.step()
    found = weights(project)
    for (name, expected), tensor in zip(model.state_dict().items(), found.values(), strict=True):
        assert torch.allclose(tensor, expected, rtol=1e-4, atol=1e-6), name


def test_everything_is_told_in_order(make_project: Make, recorder: Any) -> None:
    outcome = Trainer(make_project(), reporter=recorder).run()
    assert [change.state for change in recorder.of(RunChanged)] == ["starting", "running", "finished"]
    steps, losses = joined(recorder.of(Steps))
    # 140 training samples make 5 batches of at most 32.
    assert steps.tolist() == list(range(1, 16))
    assert np.isfinite(losses).all()
    ends = recorder.of(EpochEnded)
    assert [(end.epoch, end.step) for end in ends] == [(1, 5), (2, 10), (3, 15)]
    sizes = np.array([32, 32, 32, 32, 12])
    assert ends[0].train_loss == pytest.approx(float((losses[:5] * sizes).sum() / 140))
    best = min(ends, key=lambda end: end.val_loss)
    assert [end.is_best for end in ends][best.epoch - 1 :] == [True] + [False] * (3 - best.epoch)
    assert (outcome.state, outcome.step) == ("finished", 15)
    assert f"Best in epoch {best.epoch}" in outcome.message
    progress = recorder.of(RunProgress)[-1]
    assert (progress.step, progress.total_steps, progress.epochs) == (15, 15, 3)


def test_random_numbers_of_the_caller_are_left_alone(make_project: Make) -> None:
    torch.manual_seed(123)
    expected = torch.rand(3)
    torch.manual_seed(123)
    Trainer(make_project()).run()
    assert torch.equal(torch.rand(3), expected)


def test_vector_input_takes_flattened_images(digits: Make) -> None:
    project = digits(epochs=1)
    flat = zoo.build("mlp", input_shape=(64,), num_classes=10)
    as_image = weights(project)
    as_vector = weights(Project("v", flat, project.data, project.training))
    assert all(torch.equal(as_image[name], as_vector[name]) for name in as_vector)


def test_last_batch_of_one_is_left_out_before_batch_norm_and_said_once(
    make_project: Make, recorder: Any
) -> None:
    graph = zoo.build("mlp", input_shape=(2,), num_classes=2, batch_norm=True)
    # 140 training samples: batches of 139 leave one over.
    outcome = Trainer(make_project(graph, batch_size=139), reporter=recorder).run()
    assert outcome.state == "finished"
    assert joined(recorder.of(Steps))[0].tolist() == [1, 2, 3]
    said = [change.message for change in recorder.of(RunChanged) if "single sample" in change.message]
    assert said == [
        "The last batch of an epoch would hold a single sample, which batch normalization cannot take: each "
        "epoch uses 139 of 140 samples, another choice each time."
    ]


def test_drop_last_leaves_the_incomplete_batch_out(make_project: Make) -> None:
    assert Trainer(make_project(drop_last=True, epochs=1)).run().step == 4


def autoencoder(make_project: Make) -> Project:
    graph = make_project().graph
    graph = edits.remove_nodes(
        graph, [n.id for n in graph.ordered() if n.kind in ("CrossEntropyLoss", "Target")]
    )
    loss = edits.new_node(graph, "MSELoss", name="reconstruction")
    graph = edits.add_node(graph, loss)
    for source, port in (("fc2", "input"), ("vector", "target")):
        graph = edits.connect(graph, graph.named(source).id, "output", loss.id, port, registry.signature)
    return make_project(graph, epochs=20)


def test_autoencoder_learns_to_reconstruct_and_has_no_accuracy(make_project: Make, recorder: Any) -> None:
    assert Trainer(autoencoder(make_project), reporter=recorder).run().state == "finished"
    ends = recorder.of(EpochEnded)
    assert ends[-1].val_loss < ends[0].val_loss / 3
    assert math.isnan(ends[-1].val_accuracy)
    assert math.isnan(ends[-1].train_accuracy)


# Failing -------------------------------------------------------------------------------------------


def fail(project: Project, recorder: Any, **more: Any) -> RunChanged:
    """Run a project that fails, and return the last word about it."""
    outcome = Trainer(project, reporter=recorder, **more).run()
    last = recorder.of(RunChanged)[-1]
    assert recorder.records[-1] is last
    assert (outcome.state, last.state) == ("failed", "failed")
    assert (outcome.message, outcome.step) == (last.message, last.step)
    assert isinstance(outcome.error, Exception)
    return last


def test_loss_that_explodes_fails_with_its_step_and_advice(make_project: Make, recorder: Any) -> None:
    last = fail(make_project(lr=1e6, weight_decay=1e6, epochs=50), recorder)
    steps, losses = joined(recorder.of(Steps))
    first = int(steps[~np.isfinite(losses)][0])
    assert last.step == first > 1
    assert f"at step {first} (epoch 1)" in last.message
    assert "try 100000 or less" in last.message
    assert last.details == ""


def test_missing_data_fail_with_how_to_get_them(make_project: Make, recorder: Any, tmp_path: Any) -> None:
    graph = zoo.build("mlp", input_shape=(1, 28, 28))
    last = fail(make_project(graph, {"dataset": "mnist", "folder": str(tmp_path), "options": {}}), recorder)
    assert "Download it" in last.message


def test_data_of_another_shape_fail(make_project: Make, recorder: Any) -> None:
    last = fail(make_project(zoo.build("mlp", input_shape=(1, 8, 8))), recorder)
    assert "moons has (2,)" in last.message


def test_design_without_a_loss_fails_naming_the_layer(make_project: Make, recorder: Any) -> None:
    graph = make_project().graph
    graph = edits.remove_nodes(graph, [n.id for n in graph.ordered() if n.kind == "CrossEntropyLoss"])
    last = fail(make_project(graph), recorder)
    assert last.node == "fc2"
    assert '"fc2" leads to no loss' in last.message


def test_design_with_errors_fails_with_the_first(make_project: Make, recorder: Any) -> None:
    graph = make_project().graph
    graph = edits.set_argument(graph, graph.named("fc2").id, "in_features", 99)
    last = fail(make_project(graph), recorder)
    assert '"fc2"' in last.message


def test_missing_device_fails(make_project: Make, recorder: Any) -> None:
    assert 'no device "cuda:99"' in fail(make_project(), recorder, device="cuda:99").message


class Broken(nn.Module):
    """Works for a while."""

    def __init__(self, error: Exception, after: int) -> None:
        super().__init__()
        self.error, self.left = error, after

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return inputs


def sabotage(monkeypatch: pytest.MonkeyPatch, error: Exception, after: int = 2) -> None:
    """Put a layer that breaks in the place of the ReLU."""
    build = lower.build

    def build_broken(graph: Any) -> lower.Network:
        network = build(graph)
        network.module.relu1 = Broken(error, after)
        return network

    monkeypatch.setattr(lower, "build", build_broken)


def test_exception_in_a_layer_names_the_layer(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    last = fail(make_project(), recorder)
    assert (last.node, last.step) == ("relu1", 3)
    assert last.message == (
        'Step 3 failed in "relu1": mat1 and mat2 shapes cannot be multiplied (RuntimeError).'
    )
    assert "Traceback" in last.details


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ],
    ids=["cuda", "cpu"],
)
def test_running_out_of_memory_says_what_to_do(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sabotage(monkeypatch, error)
    last = fail(make_project(), recorder)
    assert last.message.startswith(
        "cpu ran out of memory at step 3, with batches of 32. Lower batch_size to 16, "
    )


def test_what_a_step_held_that_ran_out_of_memory_is_let_go(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[torch.Tensor]] = []

    real = nn.Linear.forward

    def forward(self: nn.Linear, values: torch.Tensor) -> torch.Tensor:
        if values.is_meta:
            return real(self, values)
        large = values * 2
        held.append(weakref.ref(large))
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(nn.Linear, "forward", forward)
    outcome = Trainer(make_project(), reporter=recorder).run()
    assert outcome.error is not None
    assert [one() for one in held] == [None]


def test_next_run_goes_on_after_a_failed_one(make_project: Make, recorder: Any) -> None:
    fail(make_project(lr=1e6, weight_decay=1e6), recorder)
    assert Trainer(make_project()).run().state == "finished"


# Looking -------------------------------------------------------------------------------------------


def test_watched_nodes_are_reported_and_the_run_stays_the_same(digits: Make, recorder: Any) -> None:
    plain = weights(digits(epochs=2))
    control = Control()
    control.set_watch(("relu1", "loss"), ("fc1",), budget=0.5)
    trainer = Trainer(digits(epochs=2), reporter=recorder, control=control)
    assert trainer.run().state == "finished"
    assert trainer.module is not None
    watched = trainer.module.state_dict()
    assert all(torch.equal(plain[name], watched[name]) for name in plain)
    histograms, filters = recorder.of(Histogram), recorder.of(Filters)
    assert {histogram.node for histogram in histograms} == {"relu1"}
    assert filters[0].pictures.shape[1:] == (8, 8)
    assert filters[-1].step == 40
    assert recorder.of(RunProgress)[-1].watching > 0.0


def test_parameters_are_measured_and_the_run_stays_the_same(digits: Make, recorder: Any) -> None:
    plain = weights(digits(epochs=2))
    control = Control()
    control.set_watch(weights=("fc1",), norms=True, budget=0.5)
    trainer = Trainer(digits(epochs=2), reporter=recorder, control=control)
    trainer.run()
    assert trainer.module is not None
    watched = trainer.module.state_dict()
    assert all(torch.equal(plain[name], watched[name]) for name in plain)
    assert {(one.node, one.quantity) for one in recorder.of(Histogram)} == {
        ("fc1", "weight"),
        ("fc1", "gradient"),
    }
    looks = recorder.of(Norms)
    assert looks[0].parameters[:2] == ("fc1.weight", "fc1.bias")
    for look in looks:
        assert (look.updates > 0).all()
        assert (look.gradients > 0).all()


def test_an_sgd_update_is_the_learning_rate_times_the_gradient(digits: Make, recorder: Any) -> None:
    control = Control()
    control.set_watch(norms=True, budget=0.5)
    Trainer(digits(epochs=1, lr=0.05, momentum=0.0), reporter=recorder, control=control).run()
    for look in recorder.of(Norms):
        assert look.updates == pytest.approx(0.05 * look.gradients, rel=1e-3)


def test_unwatched_run_reports_nothing_of_the_inside(make_project: Make, recorder: Any) -> None:
    Trainer(make_project(), reporter=recorder).run()
    assert recorder.of(Histogram) == []
    assert recorder.of(Filters) == []


def test_losses_are_told_even_when_time_stands_still(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "READ_OUT_S", math.inf)
    Trainer(make_project(batch_size=1, epochs=9), reporter=recorder).run()
    assert joined(recorder.of(Steps))[0].tolist() == list(range(1, 9 * 140 + 1))


def test_outcome_keeps_the_kind_of_error(make_project: Make) -> None:
    bad_data = make_project(
        data={"dataset": "moons", "options": {"samples": 20}, "validation_fraction": 0.01}
    )
    assert isinstance(Trainer(bad_data).run().error, DataError)
    assert isinstance(Trainer(make_project(), device="cuda:99").run().error, TrainingError)
