"""``studio runs``: what was trained. Reads the run store only, so it needs no torch."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.output import duration, print_json, print_table, share
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.reader import RunInfo, RunReader
    from studio.runs.records import EpochEnded


@click.command("runs", short_help="List the runs of a project, or show one.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("action", type=click.Choice(["list", "show"]), default="list")
@click.argument("run", default="")
@json_option
def command(file: Path, action: str, run: str) -> int:
    """List the runs of a project, or show one: runs FILE show RUN."""
    from studio.project.files import read, runs_folder
    from studio.runs.store import RunStore

    folder = runs_folder(file)
    if not folder.is_dir():
        read(file)  # says what is wrong with the file's name, if it is that
    store = RunStore(folder)
    if action == "list":
        if run:
            raise click.UsageError(f'"list" takes no run. To see one: studio runs {file} show {run}')
        _print_list(store.list_runs(), file)
    else:
        if not run:
            raise click.UsageError(f"Which run? studio runs {file} lists them.")
        _print_run(store.run(run))
    return 0


def _print_list(runs: list[RunInfo], file: Path) -> None:
    """Print one line for each run."""
    if wants_json():
        print_json({"file": str(file), "runs": [_info_data(info) for info in runs]})
        return
    if not runs:
        click.echo(f"No runs yet. Start one: studio train {file}")
        return
    print_table(
        ("run", "state", "epochs", "best val loss", "accuracy", "device", "started"),
        (
            (
                info.name,
                info.state,
                str(info.epochs),
                f"{info.best_val_loss:.4f}" if info.epochs else "–",
                share(info.best_val_accuracy),
                info.device,
                _time(info.created),
            )
            for info in runs
        ),
        numbers="234",
    )


def _print_run(reader: RunReader) -> None:
    """Print a run's state and its epochs."""
    info, epochs = reader.info, reader.epochs()
    if wants_json():
        print_json({**_info_data(info), "history": [epoch_data(epoch) for epoch in epochs]})
        return
    click.echo(f"{info.name}: {info.state}{f' ({info.message})' if info.message else ''}")
    click.echo(f"started {_time(info.created)}, took {duration(info.updated - info.created)}, ", nl=False)
    click.echo(f"on {info.device} with seed {info.seed}, {info.step:,} steps")
    print_table(
        ("epoch", "train loss", "val loss", "train acc.", "val acc.", ""),
        (
            (
                str(epoch.epoch),
                f"{epoch.train_loss:.4f}",
                f"{epoch.val_loss:.4f}",
                share(epoch.train_accuracy),
                share(epoch.val_accuracy),
                "best" if epoch.is_best else "",
            )
            for epoch in epochs
        ),
        numbers="01234",
    )


def epoch_data(epoch: EpochEnded) -> dict[str, Any]:
    """Return an epoch as JSON data, without the run's name that stands above it."""
    return {key: value for key, value in asdict(epoch).items() if key != "run"}


def _info_data(info: RunInfo) -> dict[str, Any]:
    """Return a run as JSON data, with times a person can read too."""
    return {**asdict(info), "created": _iso(info.created), "updated": _iso(info.updated)}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
