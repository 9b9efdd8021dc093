"""Runs on a CUDA device: the same learning as on the CPU, whatever way of computing is chosen."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.errors import TrainingError
from studio.project.project import Project
from studio.runs.records import Filters, Histogram, Norms, RunChanged, Steps, Surface
from studio.training.control import Control
from studio.training.loop import Trainer
from studio.training.profiling import profile_project
from studio.training.run import train

Make = Callable[..., Project]

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.mark.parametrize(
    "settings",
    [
        {"precision": "bf16"},
        {"precision": "fp16", "max_grad_norm": 1.0},
        {"compile": True},
        {"cuda_graphs": "on"},
        {"cuda_graphs": "on", "compile": True},
        {"cuda_graphs": "on", "precision": "fp16", "accumulate": 2, "epochs": 12},
        {"cuda_graphs": "on", "data_on": "host", "optimizer": "adamw", "lr": 0.003},
        {"channels_last": True},
        {"deterministic": True},
        {"checkpointing": True},
        {"data_on": "host"},
        {"ema_decay": 0.9},
    ],
    ids=str,
)
def test_a_run_learns(digits: Make, settings: dict[str, Any], tmp_path: Path) -> None:
    run = train(digits("small_cnn", device="cuda", **{"epochs": 4, **settings}), runs_folder=tmp_path)
    assert run.best is not None
    assert run.best.val_accuracy > 0.95


def losses(project: Project, recorder: Any) -> np.ndarray:
    recorder.records.clear()
    outcome = Trainer(project, reporter=recorder).run()
    assert outcome.state == "finished", outcome.message
    return np.concatenate([record.losses for record in recorder.of(Steps)])


def test_the_losses_are_those_of_the_cpu(digits: Make, recorder: Any) -> None:
    """Lecture row 69."""
    settings: dict[str, Any] = {"epochs": 1, "patience": 0}
    graph = digits("mlp").graph
    found = [losses(digits("mlp", device=device, **settings), recorder)[:1] for device in ("cpu", "cuda")]
    assert graph
    np.testing.assert_allclose(found[1], found[0], rtol=1e-4)


@pytest.mark.parametrize("settings", [{}, {"accumulate": 2}, {"compile": True}], ids=str)
def test_a_recorded_step_is_the_step_itself(digits: Make, recorder: Any, settings: dict[str, Any]) -> None:
    plain = digits(
        "small_cnn", device="cuda", epochs=2, patience=0, weight_decay=1e-3, cuda_graphs="off", **settings
    )
    recorded = digits(
        "small_cnn", device="cuda", epochs=2, patience=0, weight_decay=1e-3, cuda_graphs="on", **settings
    )
    first, second = losses(plain, recorder), losses(recorded, recorder)
    np.testing.assert_allclose(second, first, rtol=2e-3, atol=1e-4)


def test_masks_of_dropout_differ_from_replay_to_replay(digits: Make) -> None:
    from studio.training.recording import WARM_UP, Recorder
    from studio.training.stepped import Stepped

    weight = torch.nn.Parameter(torch.ones(1000, device="cuda"))
    recorder = Recorder([weight], torch.device("cuda"))

    def passes(inputs: torch.Tensor, targets: torch.Tensor) -> Stepped:
        loss = torch.nn.functional.dropout(weight * inputs, 0.5).sum()
        loss.backward()
        return Stepped(loss.detach(), None, None, targets)

    inputs = torch.ones(1, 1000, device="cuda")
    optimizer = torch.optim.SGD([weight], lr=0.0)
    seen = []
    for _ in range(WARM_UP + 4):
        recorder.zero(optimizer)
        recorder.take(1.0, inputs, torch.zeros(1, device="cuda"), passes)
        assert weight.grad is not None
        seen.append(weight.grad.clone())
        assert set(seen[-1].unique().tolist()) == {0.0, 2.0}
    assert not any(torch.equal(one, other) for i, one in enumerate(seen) for other in seen[:i])


def test_what_cannot_be_recorded_is_refused_and_drawing_goes_on() -> None:
    from studio.training.recording import WARM_UP, Recorder
    from studio.training.stepped import Stepped

    weight = torch.nn.Parameter(torch.ones(1000, device="cuda"))
    recorder = Recorder([weight], torch.device("cuda"))

    def passes(inputs: torch.Tensor, targets: torch.Tensor) -> Stepped:
        loss = torch.nn.functional.dropout(weight * inputs, 0.5).sum()
        assert loss.item() > 0.0  # waits for the device, which no recording can
        loss.backward()
        return Stepped(loss.detach(), None, None, targets)

    inputs, targets = torch.ones(1, 1000, device="cuda"), torch.zeros(1, device="cuda")
    for _ in range(WARM_UP):
        recorder.take(1.0, inputs, targets, passes)
    with pytest.raises(TrainingError, match="cannot be recorded as a CUDA graph"):
        recorder.take(1.0, inputs, targets, passes)
    masks = [torch.nn.functional.dropout(inputs, 0.5) for _ in range(3)]
    assert not any(torch.equal(one, other) for i, one in enumerate(masks) for other in masks[:i])


def test_a_gpu_replays_by_itself_what_it_can(digits: Make, recorder: Any) -> None:
    from studio.training import recording

    taken = []
    real = torch.cuda.CUDAGraph.replay
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.cuda.CUDAGraph, "replay", lambda graph: (taken.append(1), real(graph))[1])
        steps = len(losses(digits("mlp", device="cuda", epochs=2, patience=0), recorder))
    assert len(taken) >= steps - 4 * recording.WARM_UP


def test_no_step_waits_for_the_device(digits: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only reading out, validating, recording and keeping may."""
    from studio.training.epochs import Epochs

    real = Epochs._step

    def step(self: Epochs, rows: torch.Tensor) -> None:
        torch.cuda.set_sync_debug_mode("error")
        try:
            real(self, rows)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(Epochs, "_step", step)
    project = digits("small_cnn", device="cuda", epochs=2, cuda_graphs="off")
    assert len(losses(project, recorder)) > 20


@pytest.mark.parametrize("settings", [{"cuda_graphs": "off"}, {}, {"precision": "bf16"}], ids=str)
def test_a_run_that_is_looked_into_is_the_same_run(
    digits: Make, recorder: Any, settings: dict[str, Any]
) -> None:
    project = digits("small_cnn", device="cuda", epochs=3, patience=0, deterministic=True, **settings)
    plain = losses(project, recorder)
    control = Control()
    nodes = tuple(node.name for node in project.graph.ordered())
    control.set_watch(nodes, ("conv1",), budget=0.5, weights=("conv1",), norms=True)
    recorder.records.clear()
    outcome = Trainer(project, reporter=recorder, control=control).run()
    assert outcome.state == "finished", outcome.message
    watched = np.concatenate([record.losses for record in recorder.of(Steps)])
    np.testing.assert_allclose(watched, plain, rtol=2e-2 if settings else 1e-5, atol=1e-3)
    seen = recorder.of(Histogram)
    assert {one.node for one in seen} >= {"conv1", "relu1", "fc"}
    assert all(one.counts.sum() > 0 for one in seen)
    norms = recorder.of(Norms)[-1]
    assert np.isfinite(norms.weights).all()
    assert (norms.gradients > 0.0).all()
    assert recorder.of(Filters)[-1].pictures.shape[0] > 0


def test_a_surface_is_the_one_of_the_cpu(recorder: Any, make_project: Make) -> None:
    found = []
    for device in ("cpu", "cuda"):
        project = make_project(device=device, epochs=1, max_steps=1, lr=1e-9)
        control = Control()
        control.set_watch(surface=("",), budget=0.5)
        recorder.records.clear()
        assert Trainer(project, reporter=recorder, control=control).run().state == "finished"
        found.append(recorder.of(Surface)[-1])
    np.testing.assert_allclose(found[1].outputs, found[0].outputs, atol=1e-3)


def test_layers_are_profiled(digits: Make) -> None:
    profile = profile_project(digits("small_cnn", device="cuda"), None)
    assert all(one.forward_s > 0.0 for one in profile.layers)


def test_memory_that_runs_out_is_told_and_given_back(digits: Make, tmp_path: Path) -> None:
    torch.cuda.set_per_process_memory_fraction(0.0001)
    try:
        project = digits("small_cnn", device="cuda", epochs=1, batch_size=1024)
        outcome = Trainer(project).run()
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert outcome.state == "failed"
    assert "ran out of memory" in outcome.message
    assert "Lower batch_size to 512" in outcome.message
    again = Trainer(digits("small_cnn", device="cuda", epochs=1)).run()
    assert again.state == "finished"


def test_a_stopped_run_goes_on_where_it_was(digits: Make, tmp_path: Path, recorder: Any) -> None:
    control = Control()

    def stop(record: Any) -> None:
        if isinstance(record, Steps) and record.steps[-1] >= 8:
            control.stop()

    recorder.on_record = stop
    project = digits("small_cnn", device="cuda", epochs=3, patience=0, deterministic=True)
    run = train(project, runs_folder=tmp_path, control=control, reporter=recorder)
    recorder.on_record = lambda record: None
    resumed = train(project, runs_folder=tmp_path, resume=run.name)
    whole = train(project, runs_folder=tmp_path / "other")
    assert math.isfinite(float(resumed.checkpoint("last")["fc.bias"].sum()))
    for name, value in whole.checkpoint("last").items():
        assert torch.equal(resumed.checkpoint("last")[name], value), name


def test_a_network_that_cannot_be_recorded_is_trained_without(
    digits: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer that asks the device for a number cannot be part of a CUDA graph; dropout goes on behind it."""
    real = torch.nn.MaxPool2d.forward

    def forward(layer: torch.nn.MaxPool2d, values: torch.Tensor) -> torch.Tensor:
        return real(layer, values) if float(values.sum()) != 0.5 else values

    monkeypatch.setattr(torch.nn.MaxPool2d, "forward", forward)
    found = losses(digits("small_cnn", device="cuda", epochs=2, patience=0, cuda_graphs="on"), recorder)
    assert np.isfinite(found).all()
    told = [one.message for one in recorder.of(RunChanged) if "cannot be recorded" in one.message]
    assert len(told) == 1
