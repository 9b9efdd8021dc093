"""Every benchmark runs: a claim that nobody can repeat is none. What they measure is not looked at here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUICK = {
    "canvas_speed": ["--frames", "2"],
    "cifar10": ["--random", "1500", "--device", "cpu", "--trials", "0", "--degradation", "1"],
    "compiled_speed": ["--repetitions", "1", "--batch", "2", "--size", "32"],
    "curve_speed": ["--points", "5000", "--updates", "2"],
    "distributed_speed": ["--network", "mlp", "--seconds", "0.5", "--repetitions", "1"],
    "edit_speed": ["--nodes", "50", "--repeat", "1"],
    "large_designs": ["--repetitions", "1"],
    "layout_quality": [],
    "start_time": ["--repeat", "1", "--nodes", "10"],
    "training_speed": ["--network", "mlp", "--samples", "1000", "--seconds", "0.01", "--repetitions", "1"],
    "window_latency": ["--seconds", "1", "--repeat", "1", "--panels"],
}


def run(name: str) -> str:
    """Return what a benchmark prints, done as quickly as it can be."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / f"{name}.py", *QUICK[name]],
        capture_output=True, text=True, timeout=600, check=False, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_the_studio_is_timed_against_the_limit_and_the_usual_loop() -> None:
    told = run("training_speed")
    assert "studio / limit" in told
    assert "studio / dataloader" in told


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(QUICK))
def test_it_runs(name: str) -> None:
    assert run(name).strip()


def test_none_is_left_out() -> None:
    found = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - {"rivals"}
    assert found == set(QUICK)
