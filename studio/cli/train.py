"""``studio train``: trains a project in the terminal."""

from __future__ import annotations

import math
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import note, print_json
from studio.cli.runs import epoch_data
from studio.cli.state import json_option, wants_json
from studio.errors import DataError

if TYPE_CHECKING:
    from studio.project.project import Project
    from studio.training.control import Control
    from studio.training.run import Run

INTERRUPTED = 130


def _device(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check the form of a device's name; whether it is there, the training says."""
    if value is not None and not re.fullmatch(r"auto|cpu|mps|cuda(:[0-9]{1,3})?", value):
        raise click.BadParameter(f'"{value}" is no device. Use auto, cpu, mps, cuda or cuda:0.')
    return value


@click.command("train", short_help="Train a project in the terminal.")
@project_file
@click.option("--epochs", type=click.IntRange(1, 1_000_000), help="Train so many epochs.")
@click.option("--device", callback=_device, help="auto, cpu, mps, cuda or cuda:0.")
@click.option("--run", "--name", "name", help="Name of the new run; behind torchrun write --name.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped.")
@click.option(
    "--from",
    "carry_on",
    metavar="RUN",
    help="Let the new run take over a run's weights and optimizer memory, where name and shape are the same.",
)
@click.option(
    "--watch", is_flag=True, help="Record what `studio doctor` judges; costs about 2 % of the time."
)
@click.option("--download", is_flag=True, help="Fetch the data set first, where it is not here yet.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes of this machine that train it together.",
)
@click.option(
    "--preset",
    metavar="NAME",
    help="Take published settings first: lecture, imagenet, cifar or fast; --set changes them.",
)
@set_option
@json_option
def command(
    file: Path,
    epochs: int | None = None,
    device: str | None = None,
    name: str | None = None,
    resume: str | None = None,
    carry_on: str | None = None,
    watch: bool = False,
    download: bool = False,
    processes: int = 1,
    preset: str | None = None,
    settings: tuple[str, ...] = (),
) -> int:
    """Train a project. Ctrl-C stops at the next step and keeps a checkpoint.

    Several processes train it together with --processes, or on several machines where torchrun starts them:
    torchrun --nnodes 2 --nproc-per-node 8 -m studio train FILE --name NAME. Under Python 3.11 torchrun takes
    --run for one of its own options, unless "--" stands before studio: -m -- studio train FILE --run NAME.
    """
    if name and resume:
        raise click.UsageError("--run names a new run and --resume goes on with an old one. Use one of them.")
    if carry_on and (resume or processes > 1):
        raise click.UsageError("--from starts a new run in one process. Leave out --resume and --processes.")
    project = read_project(file, settings, preset)
    if processes > 1:
        from studio.cli.launch import launch

        return launch(processes, _words(click.get_current_context()))

    from studio.cli.train_output import display
    from studio.doctor.watch import worth_watching
    from studio.training.allocator import keep_freed_memory
    from studio.training.control import Control
    from studio.training.distributed import team
    from studio.training.following import follow
    from studio.training.run import train

    keep_freed_memory()
    control = Control()
    if watch:
        control.set_watch(worth_watching(project.graph), norms=True, surfaces=True)
    with team(device or project.training.device) as together, _stopping_at_ctrl_c(control) as interrupted:
        if together is None or together.is_main:
            _see_to_data(project, file, download)
        if together is not None:
            together.wait()  # the data are there for all when they are there for one
        if together is not None and not together.is_main:
            follow(project, together, path=file, epochs=epochs, resume=resume, control=control)
            return 0
        with display(wants_json()) as shown:
            run = train(
                project,
                path=file,
                epochs=epochs,
                device=device,
                name=name,
                resume=resume,
                carry_on=carry_on,
                reporter=shown,
                control=control,
                team=together,
            )
    return _conclude(run, file, interrupted.is_set())


def _words(context: click.Context) -> list[str]:
    """Return the command line again, for processes that are told of no others."""
    words = ["train", str(context.params["file"])]
    for option in ("epochs", "device", "name", "resume", "preset"):
        value = context.params[option]
        words += [f"--{option}", str(value)] if value is not None else []
    for flag in ("download", "watch"):
        words += [f"--{flag}"] if context.params[flag] else []
    for setting in context.params["settings"]:
        words += ["--set", setting]
    return words + (["--json"] if wants_json() else [])


def _see_to_data(project: Project, file: Path, download: bool) -> None:
    """Download the data set if it is wanted and missing.

    Raises:
        DataError: It is missing.
    """
    from studio.data import datasets

    folder = file.absolute().parent
    found = datasets.describe(project.data, folder)
    if found.available:
        if found.message:
            note(found.message)
        return
    if not download:
        raise DataError(f"{found.message} To fetch it now, add --download.")
    shown: set[str] = set()

    def progress(done: float, total: float, label: str) -> None:
        # A line at every tenth is enough for a terminal and not too much for a log.
        part = f"{label}: {math.floor(10 * done / total) * 10} %" if total > 0 else label
        if part not in shown:
            shown.add(part)
            note(part)

    datasets.fetch(project.data, folder, progress, lambda: False)


@contextmanager
def _stopping_at_ctrl_c(control: Control) -> Iterator[threading.Event]:
    """Let the first Ctrl-C stop the run at its next step, and the second end the program.

    Yields:
        An event that is set once the run was told to stop.
    """
    asked = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        # The handler interrupts the training thread, which may hold the very lock that `stop` takes.
        threading.Thread(target=control.stop).start()
        asked.set()
        note("Stopping at the next step … (Ctrl-C again ends at once, without a checkpoint)")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _conclude(run: Run, file: Path, interrupted: bool) -> int:
    """Print what came of the run, and return the exit code."""
    if wants_json():
        print_json(_data(run, file))
    else:
        click.echo(f"{run.name}: {run.state}. {run.message}".rstrip())
    if run.state == "stopped":
        note(f"Go on with it: studio train {file} --resume {run.name}")
    return INTERRUPTED if interrupted and run.state == "stopped" else 0


def _data(run: Run, file: Path) -> dict[str, Any]:
    """Return the run as JSON data."""
    return {
        "file": str(file),
        "run": run.name,
        "state": run.state,
        "message": run.message,
        "best": epoch_data(run.best) if run.best is not None else None,
        "history": [epoch_data(epoch) for epoch in run.history],
    }
