"""Two real processes that train together find what one finds."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.errors import TrainingError
from studio.project import files
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.distributed import Team, refuse_together, team
from studio.training.run import Run, train

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


@pytest.mark.timeout(120)
def test_what_cannot_be_done_together_ends_all_in_a_sentence(make_project: Make, tmp_path: Path) -> None:
    path = tmp_path / "net.flow"
    files.write(make_project(optimizer="lbfgs", lr=1.0), path)
    done = together(path)
    assert done.returncode != 0
    assert "cannot train with lbfgs together" in done.stderr


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
