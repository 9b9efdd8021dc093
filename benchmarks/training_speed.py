"""How fast the studio trains, against the limit, a plain PyTorch loop, and other people's loops, in one run.

    python benchmarks/training_speed.py [--network mlp small_cnn resnet18] [--device cpu] [--threads 1]
                                        [--seconds 3] [--repetitions 7] [--samples 60000]
                                        [--loops studio limit] [--json out.json]

The networks are an mlp 784-512-256-10 and the small CNN of the zoo on 28×28 images (two 3×3 convolutions with
batch normalization), batches of 128, cross-entropy, SGD with momentum; when asked for, ResNet-18 on pictures
as CIFAR-10's, on a GPU in bf16, channels_last and compiled. `studio` is `studio.train` on a project file
with an .npz data set: it validates, writes its run and reports 30 times a second, as always. `watched` is the
same with all that the window shows by itself: histograms of activations, filters, norms of all gradients and
updates, and histograms of a layer's weights and gradients. On a GPU `eager` is `studio` without the CUDA
graphs that it records by itself. `limit` repeats the hand-written step, with the fused optimizer, on one
resident batch and does nothing else; `dataloader` is the loop of the tutorials; `lightning`
(with its default logger), `keras` (3, on torch) and `skorch` run if they are installed. All are timed from
their first step to their last, each in a process of its own, as people run them. They take turns, because
other work on the machine comes and goes; the medians of the turns' ratios are what counts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import rivals
import torch
from rivals import BATCH, LR, MOMENTUM, WIDTHS, Stopwatch, Work

import studio
from studio import zoo
from studio.runs.records import Live, Steps
from studio.training.allocator import keep_freed_memory
from studio.training.control import Control
from studio.training.run import train

OTHERS = ("dataloader", "lightning", "keras", "skorch")
TARGETS = {"studio / limit": 0.97, **{f"studio / {name}": 1.0 for name in OTHERS}}


SHAPES: dict[str, tuple[int, ...]] = {"mlp": (784,), "small_cnn": (1, 28, 28), "resnet18": (3, 32, 32)}


def random_work(network: str, samples: int, device: str) -> Work:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(samples, *SHAPES[network], generator=generator)
    targets = torch.randint(0, 10, (samples,), generator=generator)
    return Work(network, inputs, targets, device, fast=network == "resnet18" and device != "cpu")


def write_project(work: Work, folder: Path) -> Path:
    """Write the project that the studio trains, with its data."""
    np.savez(folder / "data.npz", x=work.inputs.numpy(), y=work.targets.numpy())
    arguments: dict[str, Any] = {"input_shape": work.shape, "num_classes": 10}
    arguments |= {"mlp": {"hidden": (512, 256)}, "small_cnn": {"channels": WIDTHS}}.get(work.network, {})
    graph = zoo.build(work.network, **arguments)
    assert shapes(studio.compile(graph)) == shapes(work.model()), "all must train the same network"
    data = studio.DataConfig(
        dataset="npz",
        folder=".",
        options={"file": "data.npz"},
        validation_fraction=0.01,
        test_fraction=0.0,
        normalization="none",
    )
    training = studio.TrainingConfig(
        lr=LR,
        momentum=MOMENTUM,
        batch_size=BATCH,
        epochs=1_000_000,
        patience=0,
        device=work.device,
        precision="bf16" if work.fast else "float32",
        channels_last=work.fast,
        compile=work.fast,
    )
    project = studio.Project(work.network, graph, data, training)
    studio.save(project, folder / "speed.flow")
    return folder / "speed.flow"


def shapes(model: torch.nn.Module) -> list[torch.Size]:
    """Return the shapes of a network's parameters."""
    return [parameter.shape for parameter in model.parameters()]


class Timer:
    """A reporter that takes the time of the steps, and stops the run when enough is known."""

    def __init__(self, control: Control, seconds: float, synchronize: Callable[[], None]) -> None:
        self.watch = Stopwatch(seconds, synchronize)
        self._control = control

    def report(self, record: Live) -> None:
        if isinstance(record, Steps) and self.watch.passed(int(record.steps[-1])):
            self._control.stop()


def run_studio(
    path: Path, work: Work, seconds: float, *, watched: bool = False, graphs: str = "auto"
) -> float:
    """Return steps a second of the program as people use it."""
    control, project = Control(), studio.load(path)
    project = replace(project, training=project.training.model_copy(update={"cuda_graphs": graphs}))
    if watched:
        nodes = [node.name for node in project.graph.ordered()]
        control.set_watch(
            tuple(name for name in nodes if name.startswith(("relu", "fc"))),
            tuple(name for name in nodes if name.startswith(("conv1", "fc1"))),
            weights=tuple(name for name in nodes if name in ("conv1", "fc1")),
            norms=True,
        )
    timer = Timer(control, seconds, work.synchronize)
    with tempfile.TemporaryDirectory() as runs:
        train(project, path=path, runs_folder=runs, reporter=timer, control=control)
    return timer.watch.speed


def loops_of(work: Work, path: Path) -> dict[str, Callable[[float], float]]:
    """Return what gives the steps a second of each loop, from the seconds that it may take."""
    loops: dict[str, Callable[[float], float]] = {
        "studio": partial(run_studio, path, work),
        "watched": partial(run_studio, path, work, watched=True),
        **{name: partial(loop, work) for name, loop in rivals.installed(work).items()},
    }
    if work.device != "cpu":
        loops["eager"] = partial(run_studio, path, work, graphs="off")
    return loops


OURS = ("studio", "watched", "eager")


def serve(pipe: Connection, name: str, network: str, device: str, samples: int, threads: int) -> None:
    """Run one loop as often as the other end asks, in this process."""
    torch.set_num_threads(threads)
    work = random_work(network, samples, device)
    if name in OURS:
        keep_freed_memory()  # as `studio train` does
    with tempfile.TemporaryDirectory() as folder:
        path = write_project(work, Path(folder)) if name in OURS else Path(folder)
        loop = loops_of(work, path)[name]
        while seconds := pipe.recv():
            pipe.send(loop(seconds))


def measure(
    network: str, device: str, samples: int, repetitions: int, seconds: float, loops_wanted: list[str]
) -> dict[str, Any]:
    names = list(loops_of(random_work(network, 1, device), Path()))
    names = [name for name in names if name in loops_wanted or not loops_wanted]
    with contextlib.ExitStack() as stack:
        loops = {
            name: partial(stack.enter_context(child(name, network, device, samples)), seconds)
            for name in names
        }
        speeds = take_turns(loops, repetitions)
    pairs = [("studio", other) for other in speeds if other not in OURS]
    pairs += [("eager", "limit"), ("watched", "studio"), *((name, "limit") for name in OTHERS)]
    return {
        "network": network,
        "device": torch.cuda.get_device_name() if device != "cpu" else "cpu",
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "samples_per_s": {name: BATCH * statistics.median(found) for name, found in speeds.items()},
        "ratios": {
            f"{name} / {other}": statistics.median(
                mine / theirs for mine, theirs in zip(speeds[name], speeds[other], strict=True)
            )
            for name, other in pairs
            if name in speeds and other in speeds
        },
        "targets": TARGETS,
    }


@contextlib.contextmanager
def child(name: str, network: str, device: str, samples: int) -> Iterator[Callable[[float], float]]:
    """Yield what runs a loop in a process of its own, for some seconds, and returns its steps a second."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    arguments = (theirs, name, network, device, samples, torch.get_num_threads())
    process = context.Process(target=serve, args=arguments, daemon=True)
    process.start()
    theirs.close()

    def ask(seconds: float) -> float:
        mine.send(seconds)
        return float(mine.recv())

    yield ask
    mine.send(0.0)
    process.join()


def take_turns(loops: dict[str, Callable[[], float]], repetitions: int) -> dict[str, list[float]]:
    """Return the speeds of some loops; each is warmed up once, and nobody always goes first."""
    for loop in loops.values():
        loop()
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    names = list(loops)
    for repetition in range(repetitions):
        first = repetition % len(names)
        for name in names[first:] + names[:first]:
            speeds[name].append(loops[name]())
    return speeds


def tell(result: dict[str, Any], samples: int) -> None:
    threads = f"{result['threads']} thread(s)"
    print(
        f"{result['network']} on {result['device']}: torch {result['torch']}, {threads}, batch {BATCH}, "
        f"{samples:,} samples"
    )
    for name, speed in result["samples_per_s"].items():
        print(f"  {name:24} {speed:10,.0f} samples/s")
    for name, ratio in result["ratios"].items():
        wanted = f"   (target {TARGETS[name]:.2f})" if name in TARGETS else ""
        print(f"  {name:24} {ratio:10.3f}{wanted}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--network", nargs="+", default=["mlp", "small_cnn"], choices=tuple(SHAPES))
    parser.add_argument("--device", default="cpu", help="cpu, or cuda")
    parser.add_argument("--threads", type=int, default=0, help="torch threads; 0 takes torch's default")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--loops", nargs="+", default=[], help="these alone, not all that can run")
    parser.add_argument("--json", type=Path, help="write the numbers there as well")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    results = []
    for network in options.network:
        results.append(
            measure(
                network,
                options.device,
                options.samples,
                options.repetitions,
                options.seconds,
                options.loops,
            )
        )
        tell(results[-1], options.samples)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    json.dump(results, sys.stdout)
    print()


if __name__ == "__main__":
    main()
