"""`studio train` killed again and again ends with the same bytes as if it had not been."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio import zoo
from studio.project import files
from studio.project.config import TrainingConfig
from studio.project.transforms import Transform
from studio.runs.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
KILLS = 3


def make_long(project: Path, seed: int) -> None:
    """Let a run of the project take some seconds, with all that has a state; the last seed's with K-FAC."""
    graph = zoo.build("mlp", input_shape=[1, 8, 8], hidden=[64], dropout=0.3, batch_norm=True)
    training = TrainingConfig(
        optimizer="kfac" if seed == 3 else "adam",
        lr=0.001,
        ema_decay=0.99,
        schedule="cosine",
        schedule_by="step",
        seed=seed,
    )
    settings = {"epochs": 100, "device": "cpu", "patience": 0, "batch_size": 16, "checkpoint_steps": 25}
    found = replace(files.read(project), graph=graph, training=training.model_copy(update=settings))
    files.write(found, project)


def make_short(project: Path) -> None:
    """Let a run of the project take a few seconds, with the settings that the long one lacks."""
    graph = zoo.build("mlp", input_shape=[1, 8, 8], hidden=[32], dropout=0.3, batch_norm=True)
    training = TrainingConfig(
        momentum=0.9,
        nesterov=True,
        ema_decay=0.9,
        schedule="cosine",
        warmup_steps=9,
        accumulate=2,
        patience=50,
    )
    settings = {"epochs": 30, "device": "cpu", "batch_size": 8, "checkpoint_steps": 25}
    found = files.read(project)
    shifts = [Transform.of("random_rotation", degrees=10.0), Transform.of("random_erasing")]
    data = found.data.model_copy(update={"transforms": tuple(shifts)})
    training = training.model_copy(update=settings)
    files.write(replace(found, graph=graph, data=data, training=training), project)


def start(project: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "studio", "train", str(project), *options],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def step_of(project: Path) -> int:
    """Return how far the last run has come, as another process sees it."""
    try:
        return RunStore(files.runs_folder(project)).list_runs()[-1].step
    except (IndexError, sqlite3.Error):
        return 0


def kill_after(process: subprocess.Popen[bytes], project: Path, step: int, delay_s: float) -> None:
    """Kill a run a moment after it has passed a step."""
    while process.poll() is None and step_of(project) <= step:
        time.sleep(0.02)
    time.sleep(delay_s)
    assert process.poll() is None, "the run ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()


def digest(project: Path, run: str) -> str:
    return hashlib.sha256((files.runs_folder(project) / run / "last.safetensors").read_bytes()).hexdigest()


@pytest.mark.slow  # tests/torture tries the same with each run of the tests, in a process that it forks
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_killed_at_random_points_and_resumed_equals_uninterrupted(project: Path, seed: int) -> None:
    if seed:
        make_long(project, seed)
    else:
        make_short(project)
    chance = random.Random(seed)
    process = start(project, "--run", "killed")
    for _ in range(KILLS):
        kill_after(process, project, step_of(project), chance.uniform(0.0, 0.4))
        process = start(project, "--resume", "killed")
    assert process.wait() == 0
    assert start(project, "--run", "whole").wait() == 0
    assert digest(project, "killed") == digest(project, "whole")
