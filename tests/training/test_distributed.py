"""Two real processes that train together find what one finds."""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.distributed.run import get_args_parser

from studio import zoo
from studio.cli.train import command
from studio.errors import TrainingError
from studio.project import files
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training import session
from studio.training.distributed import Team, refuse_together, team
from studio.training.run import Run, train
from studio.training.sharding import refuse_shards

Make = Callable[..., Project]
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def together(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Train a project by two processes of this machine."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [
            sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2",
            "--master-port", str(free_port()), "-m", "studio", "train", str(path), *words,
        ],
        capture_output=True, text=True, timeout=110, check=False, cwd=ROOT, env=environment,
    )  # fmt: skip


def run_of(path: Path, name: str) -> Run:
    return Run(RunStore(files.runs_folder(path)).run(name))


@pytest.mark.timeout(240)
def test_two_processes_find_what_one_finds_and_go_on(make_project: Make, tmp_path: Path) -> None:
    # 140 samples in batches of 27: the last batch of 5 does not divide by two.
    project = make_project(epochs=3, batch_size=27, momentum=0.9, lr=0.1, max_grad_norm=1.0, patience=0)
    path = tmp_path / "net.flow"
    files.write(project, path)
    one = train(project, path=path, name="one")
    done = together(path, "--name", "two", "--json", "--epochs", "1")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["run"] == "two"
    done = together(path, "--resume", "two", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    two = run_of(path, "two")
    for mine, theirs in zip(one.steps(), two.steps(), strict=True):
        assert torch.allclose(mine.double(), theirs.double(), rtol=1e-5, atol=1e-6)
    for mine, theirs in zip(one.history, two.history, strict=True):
        assert theirs.val_loss == pytest.approx(mine.val_loss, rel=1e-5)
    last = two.checkpoint("last")
    assert all(torch.allclose(last[k], v, rtol=1e-4, atol=1e-6) for k, v in one.checkpoint("last").items())
    assert [info.name for info in RunStore(files.runs_folder(path)).list_runs()] == ["one", "two"]


@pytest.mark.timeout(240)
def test_network_in_parts_learns_what_a_whole_one_learns_and_goes_on(
    make_project: Make, tmp_path: Path
) -> None:
    # 17 units do not divide by two. Adam, the average of the weights and clipping work on parts, too.
    graph = zoo.build("mlp", input_shape=(2,), hidden=(17, 5), num_classes=2)
    settings = {"optimizer": "adam", "lr": 0.01, "ema_decay": 0.9, "max_grad_norm": 0.5, "batch_size": 27}
    path = tmp_path / "net.flow"
    project = make_project(graph, patience=0, parallel="fsdp", **settings)
    files.write(project, path)
    one = train(project, path=path, name="one")
    for words in (["--name", "two", "--epochs", "1"], ["--resume", "two"]):
        done = together(path, *words)
        assert done.returncode == 0, done.stderr[-2000:]
    two = run_of(path, "two")
    assert torch.allclose(one.steps()[1], two.steps()[1], rtol=1e-5, atol=1e-6)
    last, best = two.checkpoint("last"), two.model()
    assert all(torch.allclose(last[k], v, rtol=1e-4, atol=1e-5) for k, v in one.checkpoint("last").items())
    assert best.fc1.weight.shape == (17, 2)
    resumed = train(project, path=path, resume="two", epochs=4)  # by one process: all is whole on disk
    assert len(resumed.history) == 4


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_masks_of_all_processes_go_on_where_they_were(make_project: Make, tmp_path: Path) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, dropout=0.5)
    path = tmp_path / "net.flow"
    files.write(make_project(graph, patience=0, momentum=0.9), path)
    for words in (["--run", "whole"], ["--run", "part", "--epochs", "1"], ["--resume", "part"]):
        done = subprocess.run(
            [sys.executable, "-m", "studio", "train", str(path), "--processes", "2", *words],
            capture_output=True, text=True, timeout=110, check=False, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
    whole, part = run_of(path, "whole"), run_of(path, "part")
    assert torch.equal(whole.steps()[1], part.steps()[1])
    last = part.checkpoint("last")
    assert all(torch.equal(last[name], value) for name, value in whole.checkpoint("last").items())


def test_random_numbers_of_a_step_are_each_process_s_own() -> None:
    def drawn(rank: int, step: int) -> list[float]:
        with torch.random.fork_rng():
            Team(rank, 3, "cpu").draw(7, step)
            return list(torch.rand(4).tolist())

    steps = [drawn(rank, step) for rank in (1, 2) for step in range(5)]
    assert len({tuple(one) for one in steps}) == len(steps)
    assert drawn(1, 3) == drawn(1, 3)
    assert len({Team(rank, 3, "cpu").place(part) for rank in range(3) for part in range(4)}) == 12


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"precision": "fp16"}, "fp16 scales its gradients as a whole. Take bf16"),
        ({"checkpointing": True}, "Set checkpointing to false"),
        ({"channels_last": True}, "Set channels_last to false"),
        ({}, "recurrent layers hold on to their whole weights. Set parallel to ddp"),
    ],
    ids=["fp16", "checkpointing", "channels_last", "recurrent"],
)
def test_what_cannot_be_done_in_parts_is_refused(
    make_project: Make, settings: dict[str, Any], words: str
) -> None:
    network = torch.nn.Linear(1, 1) if settings else torch.nn.LSTM(1, 1)
    with pytest.raises(TrainingError, match=words):
        refuse_shards(make_project().training.model_copy(update=settings), network, ())


@pytest.mark.timeout(120)
def test_what_cannot_be_done_together_ends_all_in_a_sentence(make_project: Make, tmp_path: Path) -> None:
    path = tmp_path / "net.flow"
    files.write(make_project(optimizer="lbfgs", lr=1.0), path)
    done = together(path)
    assert done.returncode != 0
    assert "cannot train with lbfgs together" in done.stderr


@pytest.mark.parametrize(("count", "used"), [(64, 64), (65, 64), (67, 64), (68, 68)])
def test_last_batch_leaves_no_process_a_single_sample_where_that_has_no_variance(
    make_project: Make, count: int, used: int
) -> None:
    norm = torch.nn.BatchNorm1d(2)
    config = make_project(batch_size=32).training
    found, said = session._plan(count, config, norm, processes=2)
    assert found == used
    assert ("leave a process a single sample" in said) == (used < count)
    assert session._plan(count, config, torch.nn.Linear(2, 2), processes=2) == (count, "")


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_shares_make_up_the_batch_and_its_mean(count: int) -> None:
    rows = torch.arange(count)
    values = torch.randn(count, generator=torch.Generator().manual_seed(0))
    found, total = [], 0.0
    for rank in range(3):
        mine, factor = Team(rank, 3, "cpu").share(rows)
        assert len(mine)
        found += mine.tolist() if factor else []
        total += float(values[mine].mean()) * factor / 3
    assert sorted(found) == rows.tolist()
    assert total == pytest.approx(float(values.mean()), rel=1e-5)


def test_one_process_alone_is_no_team(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with team("auto") as found:
        assert found is None


@pytest.mark.parametrize("settings", [{"optimizer": "lbfgs"}, {"optimizer": "kfac"}, {"compile": True}])
def test_settings_for_one_process_only_are_refused(make_project: Make, settings: dict[str, Any]) -> None:
    training = replace(make_project()).training.model_copy(update=settings)
    with pytest.raises(TrainingError, match="one process"):
        refuse_together(training)


# Activation checkpointing --------------------------------------------------------------------------


@pytest.fixture
def one_of_one(tmp_path: Path) -> Iterator[Team]:
    """A process group of this process alone."""
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{tmp_path / 'meeting'}", rank=0, world_size=1
    )
    yield Team(0, 1, "cpu")
    gc.collect()
    torch.distributed.destroy_process_group()


def test_layers_are_computed_again_where_several_processes_train(
    make_project: Make, tmp_path: Path, one_of_one: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[bool] = []
    real = torch.nn.Linear.forward

    def forward(layer: torch.nn.Linear, values: torch.Tensor) -> torch.Tensor:
        calls.append(torch.is_grad_enabled())
        return real(layer, values)

    monkeypatch.setattr(torch.nn.Linear, "forward", forward)
    graph = zoo.build("mlp", input_shape=(2,), hidden=(8,) * 6, num_classes=2, dropout=0.5)
    found = {}
    for checkpointing in (False, True):
        calls.clear()
        project = make_project(graph, epochs=1, checkpointing=checkpointing)
        run = train(project, runs_folder=tmp_path / str(checkpointing), team=one_of_one)
        found[checkpointing] = (sum(calls), run.checkpoint("last"))
    assert found[True][0] > 1.5 * found[False][0]
    assert all(torch.equal(found[True][1][name], value) for name, value in found[False][1].items())


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_processes_that_compute_layers_again_find_what_one_finds(
    make_project: Make, tmp_path: Path
) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(8,) * 6, num_classes=2)
    path = tmp_path / "net.flow"
    project = make_project(graph, epochs=2, batch_size=27, patience=0)
    one = train(project, path=path, name="one")
    files.write(replace(project, training=project.training.model_copy(update={"checkpointing": True})), path)
    done = together(path, "--name", "two")
    assert done.returncode == 0, done.stderr[-2000:]
    assert torch.allclose(one.steps()[1], run_of(path, "two").steps()[1], rtol=1e-5, atol=1e-6)


# torchrun's command line ---------------------------------------------------------------------------


def options_of_train() -> list[str]:
    return [name for option in command.params for name in option.opts if name.startswith("--")]


@pytest.mark.parametrize("option", options_of_train())
def test_torchrun_leaves_every_option_behind_two_dashes_to_the_program(option: str) -> None:
    words = ["studio", "train", "net.flow", option, "x"]
    found = get_args_parser().parse_args(["--nproc-per-node", "2", "-m", "--", *words])
    assert [found.training_script, *found.training_script_args] == words


@pytest.mark.parametrize("option", sorted({*options_of_train()} - {"--run"}))
def test_torchrun_takes_no_other_option_for_its_own(option: str) -> None:
    # "--run" begins two of torchrun's own: Python 3.11 looks at it although it stands behind the program.
    words = ["train", "net.flow", option, "x"]
    found = get_args_parser().parse_args(["--nproc-per-node", "2", "-m", "studio", *words])
    assert found.training_script_args == words
