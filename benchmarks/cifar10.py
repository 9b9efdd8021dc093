"""CIFAR-10 on a GPU: seconds to 94 % as published speed runs count them, and the paper's plain networks.

    python benchmarks/cifar10.py train.npz test.npz [--device cuda] [--epochs 24] [--trials 3] [--width 2]
                                 [--erase 0.0625] [--ema 0.99] [--degradation 20] [--networks resnet-56]

The files hold ``x``, (N, 3, 32, 32) uint8, and ``y``, (N,): 50,000 and 10,000 samples. Speed runs count the
time of training, data on the GPU and all compiled, and test the last weights once, on each picture and its
mirror image; so does this, for the zoo's ResNet-9, `--width` times as wide, with a share of each picture
erased (`--erase`) and an average of the weights tested (`--ema`). The published figure that it is compared
with is airbench94's on one A100 (Jordan 2024, arXiv:2404.00498).
With `--degradation EPOCHS`, plain and residual networks of 20 and 56 layers are trained as in He et al. 2016,
section 4.2, for so many epochs, the learning rate divided by 10 at a half and three quarters of them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

import studio
from studio import zoo
from studio.data.prepare import prepare
from studio.graph import edits
from studio.project import grants
from studio.project.project import Project
from studio.runs.records import EpochEnded, Live, RunChanged, Steps
from studio.training.run import Run, train
from studio.zoo.actions.scale import multiply_width

AIRBENCH94_S = 2.59
NETWORKS = ("plain-20", "plain-56", "resnet-20", "resnet-56")
SEEN = 20
"""Steps after which the clock starts: everything is compiled and recorded by then."""


class Clock:
    """A reporter that takes the time of the steps, and keeps the epochs."""

    def __init__(self) -> None:
        self.epochs: list[EpochEnded] = []
        self._first = (0, 0.0)
        self._last = (0, 0.0)

    def report(self, record: Live) -> None:
        if isinstance(record, Steps):
            self._last = (int(record.steps[-1]), time.perf_counter())
            if self._last[0] >= SEEN and not self._first[0]:
                self._first = self._last
        elif isinstance(record, EpochEnded):
            self.epochs.append(record)
        elif isinstance(record, RunChanged) and record.message:
            print(f"    {record.state}: {record.message}", flush=True)

    @property
    def seconds(self) -> float:
        """Of all steps at the speed of those after the first."""
        (first, began), (last, ended) = self._first, self._last
        return (ended - began) * last / (last - first)


def project_of(
    template: str,
    data: Path,
    training: dict[str, Any],
    width: float = 1.0,
    erase: float = 0.0,
    **arguments: Any,
) -> Project:
    graph = zoo.build(template, **arguments)
    if template == "resnet9":
        graph = edits.set_argument(graph, graph.named("loss").id, "label_smoothing", 0.2)
        if width != 1.0:
            graph = multiply_width(graph, width).graph
    erasing = {"kind": "random_erasing", "p": 1.0, "min_area": erase, "max_area": erase}
    grants.allow(data)
    config = studio.DataConfig.model_validate(
        {
            "dataset": "npz",
            "folder": str(data.parent.resolve()),
            "options": {"file": data.name},
            "validation_fraction": 0.01,
            "test_fraction": 0.0,
            "transforms": [
                {"kind": "random_crop", "padding": 4, "fill": "reflect"},
                {"kind": "random_horizontal_flip"},
                *([erasing] if erase else []),
            ],
        }
    )
    return Project(template, graph, config, studio.TrainingConfig.model_validate(training))


def tested(run: Run, project: Project, test: Path, device: str) -> tuple[float, float]:
    """Return the accuracy of the last weights on the test set, and with mirror images averaged in."""
    module = studio.compile(project.graph).to(device).eval()
    module.load_state_dict(run.checkpoint("last"))
    arrays = np.load(test)
    inputs = torch.from_numpy(prepare(project.data).ready(arrays["x"].astype(np.float32))).to(device)
    targets = torch.from_numpy(arrays["y"].astype(np.int64)).to(device)

    def right(scores: Tensor) -> float:
        return float((scores.argmax(1) == targets).float().mean())

    with torch.no_grad():
        plain = torch.cat([module(part) for part in inputs.split(1000)])
        mirrored = torch.cat([module(part.flip(-1)) for part in inputs.split(1000)])
    return right(plain), right(plain + mirrored)


def run_once(project: Project, device: str, folder: Path, seed: int = 0) -> tuple[Run, Clock, float]:
    clock, started = Clock(), time.perf_counter()
    training = project.training.model_copy(update={"seed": seed, "device": device})
    run = train(replace(project, training=training), runs_folder=folder, reporter=clock)
    return run, clock, time.perf_counter() - started


def seconds_to_94(options: argparse.Namespace, fast: dict[str, Any]) -> dict[str, Any]:
    training = {
        "optimizer": "sgd",
        "lr": options.lr,
        "momentum": 0.9,
        "nesterov": True,
        "weight_decay": 5e-4,
        "batch_size": 512,
        "epochs": options.epochs,
        "schedule": "one_cycle",
        "pct_start": 0.2,
        "drop_last": True,
        "patience": 0,
        "ema_decay": options.ema,
        **fast,
    }
    project = project_of("resnet9", options.train, training, width=options.width, erase=options.erase)
    found: list[tuple[float, float, float, float]] = []
    for seed in range(options.trials):
        with tempfile.TemporaryDirectory() as folder:
            run, clock, wall = run_once(project, options.device, Path(folder), seed)
            found.append((clock.seconds, wall, *tested(run, project, options.test, options.device)))
        print("  resnet9: {:.2f} s, {:.1f} s in all, {:.2%}, mirrored {:.2%}".format(*found[-1]), flush=True)
    seconds, walls, plain, mirrored = (statistics.mean(one) for one in zip(*found, strict=True))
    return {
        "seconds": seconds,
        "wall_s": walls,
        "accuracy": plain,
        "accuracy_mirrored": mirrored,
        "seconds / airbench94": seconds / AIRBENCH94_S,
    }


def degradation(options: argparse.Namespace, fast: dict[str, Any]) -> dict[str, Any]:
    steps = options.degradation * 387
    training = {
        "lr": 0.1,
        "weight_decay": 1e-4,
        "batch_size": 128,
        "epochs": options.degradation,
        "schedule": "multistep",
        "schedule_by": "step",
        "milestones": (steps // 2, 3 * steps // 4),
        "patience": 0,
        **fast,
    }
    found = {}
    for template in ("cifar_plain", "cifar_resnet"):
        for n in (3, 9):
            name = f"{template.removeprefix('cifar_')}-{6 * n + 2}"
            if name not in options.networks:
                continue
            project = project_of(template, options.train, training, n=n)
            with tempfile.TemporaryDirectory() as folder:
                run, clock, wall = run_once(project, options.device, Path(folder))
                found[name] = {
                    "training error": 1.0 - clock.epochs[-1].train_accuracy,
                    "training loss": clock.epochs[-1].train_loss,
                    "test error": 1.0 - tested(run, project, options.test, options.device)[0],
                    "wall_s": wall,
                }
            print(f"  {name}: " + ", ".join(f"{k} {v:.4f}" for k, v in found[name].items()), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("train", type=Path, nargs="?")
    parser.add_argument("test", type=Path, nargs="?")
    parser.add_argument("--random", type=int, metavar="N", help="instead of files: so many random pictures")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--lr", type=float, default=0.4)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--degradation", type=int, default=0, metavar="EPOCHS")
    parser.add_argument("--width", type=float, default=1.0, help="of ResNet-9, as a factor")
    parser.add_argument("--erase", type=float, default=0.0, help="share of each picture")
    parser.add_argument("--ema", type=float, default=0.0, help="share of the average that stays at each step")
    parser.add_argument("--networks", nargs="+", default=NETWORKS, choices=NETWORKS, help="for --degradation")
    parser.add_argument("--json", type=Path, help="write the numbers there as well")
    options = parser.parse_args()
    if options.random:
        with tempfile.TemporaryDirectory() as folder:
            options.train, options.test = (random_file(Path(folder), name, options.random) for name in "ab")
            measure(options)
    elif options.test is None:
        parser.error("name the two files, or give --random")
    else:
        measure(options)


def random_file(folder: Path, name: str, count: int) -> Path:
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, (count, 3, 32, 32), dtype=np.uint8)
    np.savez(folder / f"{name}.npz", x=pictures, y=np.arange(count) % 10)
    return folder / f"{name}.npz"


def measure(options: argparse.Namespace) -> None:
    fast: dict[str, Any] = {"precision": "bf16", "channels_last": True}
    if options.device != "cpu":
        fast["cuda_graphs"] = "on"
    results: dict[str, Any] = {}
    if options.trials:
        compiled = {**fast, "compile": options.device != "cpu"}
        results["to 94 %"] = seconds_to_94(options, compiled)
    if options.degradation:
        results["degradation"] = degradation(options, fast)
    text = json.dumps(results, indent=2)
    if options.json:
        options.json.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
