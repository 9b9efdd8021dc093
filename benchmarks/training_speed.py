"""How fast the studio trains, against a plain PyTorch loop and against the limit, in one run.

    python benchmarks/training_speed.py [--threads 1] [--seconds 3] [--repetitions 7] [--json out.json]

The network is an mlp 784-512-256-10 with batches of 128 from 60,000 rows, cross-entropy, SGD with
momentum. `studio` is the real trainer with a reporter that takes its records 30 times a second;
`dataloader` is the loop of the tutorials, over `DataLoader(TensorDataset)`; `limit` repeats the step on
one resident batch with nothing else. All three run the same optimizer. They take turns, because other
work on the machine comes and goes; the medians of the turns' ratios are what counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from studio import zoo
from studio.compiler import lower
from studio.data.prepare import Split
from studio.project.config import TrainingConfig
from studio.runs.records import Live
from studio.training import optimizers
from studio.training.control import Control
from studio.training.epochs import Epochs
from studio.training.keeper import Keeper
from studio.training.objective import Objective
from studio.training.session import Session
from studio.training.snapshot import Position
from studio.training.steps import StepLog
from studio.training.teller import Teller
from studio.training.watching import Watcher

ROWS, FEATURES, CLASSES, BATCH = 60_000, 784, 10, 128
CONFIG = TrainingConfig(lr=0.01, momentum=0.9, batch_size=BATCH, epochs=1_000_000)
TARGETS = {"studio / dataloader": 1.0, "studio / limit": 0.95}


def random_rows() -> Split:
    torch.manual_seed(0)
    return Split(torch.randn(ROWS, FEATURES), torch.randint(0, CLASSES, (ROWS,)))


def plain_model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(FEATURES, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, CLASSES)
    )


class Counter:
    """A reporter that keeps what came, and stops the run when its time is over."""

    def __init__(self, control: Control, seconds: float) -> None:
        self.records = 0
        self._control = control
        self._end = time.perf_counter() + seconds

    def report(self, record: Live) -> None:
        self.records += 1
        if time.perf_counter() > self._end:
            self._control.stop()


def run_studio(data: Split, seconds: float, watch: bool) -> float:
    """Return steps a second of the real trainer."""
    torch.manual_seed(0)
    network = lower.build(zoo.build("mlp", input_shape=(FEATURES,), hidden=(512, 256), num_classes=CLASSES))
    device = torch.device("cpu")
    optimizer = optimizers.make(CONFIG, network.module.parameters(), device)
    batches = -(-len(data) // BATCH)
    few = Split(data.inputs[:BATCH], data.targets[:BATCH])
    session = Session(
        CONFIG,
        device,
        network.module.train(),
        Objective(network.losses),
        optimizer,
        1,
        data,
        few,
        (),
        batches,
        len(data),
        "",
    )
    control = Control()
    if watch:
        control.set_watch(("relu1",), ("fc1",))
    teller = Teller(None, Counter(control, seconds), CONFIG.epochs)
    watcher = Watcher(network.module, (1, 28, 28), "run", control, teller.send)
    position = Position()
    started = time.perf_counter()
    Epochs(session, position, StepLog(device), Keeper(None, session), watcher, control, teller).run()
    return position.step / (time.perf_counter() - started)


def run_dataloader(data: Split, seconds: float) -> float:
    """Return steps a second of the loop that everybody writes."""
    model, loss_of = plain_model(), nn.CrossEntropyLoss()
    optimizer = optimizers.make(CONFIG, model.parameters(), torch.device("cpu"))
    loader = DataLoader(TensorDataset(data.inputs, data.targets), batch_size=BATCH, shuffle=True)
    steps, started = 0, time.perf_counter()
    while True:
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = loss_of(model(inputs), targets)
            loss.backward()
            optimizer.step()
            steps += 1
            if time.perf_counter() - started > seconds:
                return steps / (time.perf_counter() - started)


def run_limit(data: Split, seconds: float) -> float:
    """Return steps a second on one batch that stays where it is."""
    model, loss_of = plain_model(), nn.CrossEntropyLoss()
    optimizer = optimizers.make(CONFIG, model.parameters(), torch.device("cpu"))
    inputs, targets = data.inputs[:BATCH].clone(), data.targets[:BATCH].clone()
    steps, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        optimizer.zero_grad()
        loss_of(model(inputs), targets).backward()
        optimizer.step()
        steps += 1
    return steps / (time.perf_counter() - started)


def measure(repetitions: int, seconds: float) -> dict[str, Any]:
    data = random_rows()
    loops: dict[str, Callable[[], float]] = {
        "limit": lambda: run_limit(data, seconds),
        "studio": lambda: run_studio(data, seconds, watch=False),
        "dataloader": lambda: run_dataloader(data, seconds),
        "studio, watched": lambda: run_studio(data, seconds, watch=True),
    }
    for loop in loops.values():
        loop()
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    names = list(loops)
    for repetition in range(repetitions):
        # Nobody always goes first.
        for name in names[repetition % len(names) :] + names[: repetition % len(names)]:
            speeds[name].append(loops[name]())
    ratios = {
        f"{name} / {other}": statistics.median(
            mine / theirs for mine, theirs in zip(speeds[name], speeds[other], strict=True)
        )
        for name, other in (
            ("studio", "dataloader"),
            ("studio", "limit"),
            ("dataloader", "limit"),
            ("studio, watched", "studio"),
        )
    }
    return {
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "samples_per_s": {name: BATCH * statistics.median(found) for name, found in speeds.items()},
        "ratios": ratios,
        "targets": TARGETS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--threads", type=int, default=0, help="torch threads; 0 takes torch's default")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the numbers there as well")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    result = measure(options.repetitions, options.seconds)
    print(f"torch {result['torch']}, {result['threads']} thread(s), batch {BATCH}, {ROWS:,} rows")
    for name, speed in result["samples_per_s"].items():
        print(f"  {name:28} {speed:10,.0f} samples/s")
    for name, ratio in result["ratios"].items():
        wanted = f"   (target {TARGETS[name]:.2f})" if name in TARGETS else ""
        print(f"  {name:28} {ratio:10.3f}{wanted}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    main()
