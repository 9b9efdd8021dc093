"""Training from Python: what comes back, and what is refused before a run is made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio import zoo
from studio.data import prepare as preparing
from studio.data.prepare import prepare
from studio.errors import CompileError, RunError, TrainingError
from studio.project import files
from studio.project.config import TrainingConfig
from studio.project.matching import data_for
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.evaluation import evaluate
from studio.training.run import train
from studio.zoo import shelf

Make = Callable[..., Project]


def test_run_gives_history_best_and_a_model_that_is_as_good_as_told(digits: Make, tmp_path: Path) -> None:
    project = digits("small_cnn", epochs=3)
    run = train(project, runs_folder=tmp_path, name="first")
    assert (run.name, run.state, len(run.history)) == ("first", "finished", 3)
    assert run.best is not None
    data = prepare(project.data)
    logits = run.model()(data.validation.inputs).detach()
    accuracy = float((logits.argmax(1) == data.validation.targets).float().mean())
    assert accuracy == pytest.approx(run.best.val_accuracy, abs=1e-6)
    loss = float(torch.nn.functional.cross_entropy(logits, data.validation.targets))
    assert loss == pytest.approx(run.best.val_loss, rel=1e-5)
    assert set(run.checkpoint("best")) == set(run.checkpoint("last")) == set(run.model().state_dict())
    assert run.project().graph == project.graph


def test_evaluate_by_hand(make_project: Make, tmp_path: Path) -> None:
    from studio.compiler import lower

    project = make_project()
    data, network = prepare(project.data), lower.build(project.graph)
    whole = evaluate(network.module, network.losses, data.validation, 1000)
    logits = network.module(data.validation.inputs).detach()
    assert whole[0] == pytest.approx(
        float(torch.nn.functional.cross_entropy(logits, data.validation.targets))
    )
    assert evaluate(network.module, network.losses, data.validation, 7) == pytest.approx(whole)
    assert network.module.training


def test_runs_are_kept_beside_the_project_file(make_project: Make, tmp_path: Path) -> None:
    path = tmp_path / "moons.flow"
    files.write(make_project(), path)
    run = train(files.read(path), path=path)
    assert run.folder == tmp_path / "moons.runs" / "run-1"
    assert sorted(found.name for found in run.folder.iterdir()) == [
        "best.safetensors",
        "design.flow",
        "last.safetensors",
        "lock",
        "resume.safetensors",
    ]


def test_epochs_and_device_replace_the_settings(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(device="cuda:99"), runs_folder=tmp_path, epochs=2, device="cpu")
    assert len(run.history) == 2
    assert run.info.device == "cpu"


def test_project_with_errors_makes_no_run(make_project: Make, tmp_path: Path) -> None:
    project = make_project(zoo.build("mlp", input_shape=(7,), num_classes=2))
    with pytest.raises(
        CompileError, match=r"cannot be trained.*features is 7 and must be 2.*Set features to 2"
    ) as error:
        train(project, runs_folder=tmp_path / "runs")
    assert error.value.problems[0].code == "data-shape"
    assert not (tmp_path / "runs").exists()


def test_missing_device_makes_no_run(make_project: Make, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match='no device "cuda:99"'):
        train(make_project(device="cuda:99"), runs_folder=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"device": "gpu"}])
def test_wrong_settings_make_no_run(make_project: Make, tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match=f"training.{next(iter(wrong))}"):
        train(make_project(), runs_folder=tmp_path / "runs", **wrong)
    assert not (tmp_path / "runs").exists()


def test_failed_run_raises_and_is_kept(make_project: Make, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"at step \d+ \(epoch 1\)") as error:
        train(make_project(lr=1e6, weight_decay=1e6), runs_folder=tmp_path)
    (info,) = RunStore(tmp_path).list_runs()
    assert (info.state, info.step) == ("failed", error.value.step)
    assert info.message == error.value.message


def test_unknown_run_cannot_be_resumed(make_project: Make, tmp_path: Path) -> None:
    with pytest.raises(RunError, match='no run "run-9"'):
        train(make_project(), runs_folder=tmp_path, resume="run-9")


TRAIN = """
    import sys
    from pathlib import Path
    from studio.project import files
    from studio.runs.records import CheckpointWritten
    from studio.training import keeper
    from studio.training.run import train

    class Reporter:
        def report(self, record):
            if isinstance(record, CheckpointWritten) and record.step > 5:
                print("kept", flush=True)

    keeper.PAUSE_S = 0.0
    train(files.read(sys.argv[1]), path=sys.argv[1], reporter=Reporter(), epochs=1_000_000)
"""


def test_run_of_a_killed_process_is_resumed_and_equals_one_that_was_not(
    make_project: Make, tmp_path: Path
) -> None:
    path = tmp_path / "killed.flow"
    files.write(make_project(patience=0), path)
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(TRAIN), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "kept\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    store = RunStore(files.runs_folder(path))
    info = store.run("run-1").info
    assert info.state == "interrupted"
    epochs = info.epochs + 20
    resumed = train(files.read(path), path=path, resume="run-1", epochs=epochs)
    whole = train(files.read(path), path=path, epochs=epochs)
    assert [end.val_loss for end in resumed.history] == [end.val_loss for end in whole.history]
    last, expected = resumed.checkpoint("last"), whole.checkpoint("last")
    assert all(torch.equal(last[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("char_rnn", {"length": 8, "hidden_size": 8}),
        ("lstm_classifier", {}),
        ("vision_transformer", {"depth": 1, "dim": 16}),
        ("audio_classifier", {}),
        ("conv_autoencoder", {"input_shape": (3, 16, 16)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_network_without_a_data_set_of_its_own_trains_on_random_samples(
    name: str, arguments: dict[str, Any], tmp_path: Path
) -> None:
    graph = zoo.build(name, **arguments)
    config = TrainingConfig(device="cpu", epochs=1)
    data = data_for(graph, normalization=shelf.get(name).normalization)
    run = train(Project(name, graph, data, config), runs_folder=tmp_path)
    assert len(run.history) == 1


def test_small_network_learns_random_samples_above_chance(tmp_path: Path) -> None:
    graph = zoo.build("mlp", input_shape=(3, 8, 8), hidden=(16,), num_classes=8)
    config = TrainingConfig(device="cpu", epochs=10, batch_size=16)
    run = train(Project("mlp", graph, data_for(graph), config), runs_folder=tmp_path)
    assert run.history[-1].val_accuracy > 0.5


def test_training_never_looks_at_the_test_part(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lecture row 47: spoiling its inputs changes no weight; it is measured, and counted, when asked."""
    project = make_project(data={"test_fraction": 0.2})
    clean, parted = train(project, runs_folder=tmp_path, name="clean"), preparing.parted

    def spoilt(*args: Any, **options: Any) -> preparing.Parted:
        found = parted(*args, **options)
        assert len(found.test[0])
        return replace(found, test=(np.full_like(found.test[0], np.nan), found.test[1]))

    monkeypatch.setattr(preparing, "parted", spoilt)
    run = train(project, runs_folder=tmp_path, name="spoilt")
    for which in ("best", "last"):
        weights, others = clean.checkpoint(which), run.checkpoint(which)
        assert all(torch.equal(weights[name], others[name]) for name in weights)
    assert run.history == [replace(epoch, run="spoilt") for epoch in clean.history]
    store = RunStore(tmp_path)
    assert [info.test_looks for info in store.list_runs()] == [0, 0]
    clean.evaluate("best", "validation")
    assert store.run("clean").info.test_looks == 0
    monkeypatch.undo()
    clean.evaluate("best", "test")
    assert store.run("clean").info.test_looks == 1
