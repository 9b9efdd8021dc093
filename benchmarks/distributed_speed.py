"""What a second process brings: two that train together by gloo, against one, in one run.

    python benchmarks/distributed_speed.py [--network mlp small_cnn] [--seconds 3] [--repetitions 5]
                                           [--batch 256]

Each process computes with one thread, and the batch over all is the same, so that one and two do the same
work. Both are `studio`'s own training of a project without a window, validation and all; samples per second
are what it tells itself, from its first step to its last. One and two take turns, because other work on the
machine comes and goes. The ratio is the median of the turns' ratios: 2 would be perfect, on a machine with
two free cores; a small network sends its gradients for longer than it computes them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from studio import zoo
from studio.project import files
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs.records import Live, RunProgress
from studio.training.distributed import team
from studio.training.loop import Trainer

HERE = Path(__file__).resolve()


class LastSpeed:
    """A reporter that keeps the speed told last, in samples per second."""

    def __init__(self) -> None:
        self.value = 0.0

    def report(self, record: Live) -> None:
        if isinstance(record, RunProgress):
            self.value = record.samples_per_s


def write_project(network: str, batch: int, seconds: float, path: Path) -> None:
    arguments = {"hidden": (512, 256)} if network == "mlp" else {}
    graph = zoo.build(network, input_shape=(1, 28, 28), num_classes=10, **arguments)
    data = DataConfig.model_validate(
        {"dataset": "synthetic", "options": {"shape": "1x28x28", "samples": 4096, "classes": 10}}
    )
    training = TrainingConfig(
        device="cpu", batch_size=batch, epochs=1_000_000, patience=0, max_minutes=seconds / 60.0
    )
    files.write(Project(network, graph, data, training), path)


def work(path: Path) -> None:
    """Train as one of the processes that torchrun started; the first prints the speed."""
    torch.set_num_threads(1)
    speed = LastSpeed()
    with team("cpu") as together:
        outcome = Trainer(files.read(path), path.parent, reporter=speed, team=together).run()
        if outcome.error is not None:
            raise outcome.error
        if together is None or together.is_main:
            print(speed.value)


def speed_of(processes: int, path: Path) -> float:
    """Return the samples per second of so many processes."""
    done = subprocess.run(
        [
            sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes),
            str(HERE), "--work", str(path),
        ],
        capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--network", nargs="+", default=["mlp", "small_cnn"], choices=["mlp", "small_cnn"])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work is not None:
        work(options.work)
        return
    print(f"batches of {options.batch}, one thread for each process, {os.cpu_count()} cores")
    for network in options.network:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "net.flow"
            write_project(network, options.batch, options.seconds, path)
            turns = [(speed_of(1, path), speed_of(2, path)) for _ in range(options.repetitions)]
        one, two = (statistics.median(speeds) for speeds in zip(*turns, strict=True))
        ratio = statistics.median(both / alone for alone, both in turns)
        print(
            f"{network:10} one {one:,.0f} samples/s, two {two:,.0f} samples/s: "
            f"two / one {ratio:.2f}, efficiency {ratio / 2:.0%}"
        )


if __name__ == "__main__":
    main()
