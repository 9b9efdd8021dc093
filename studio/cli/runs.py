"""``studio runs``: what was trained. It needs the run store only, and no torch."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import unpacked
from studio.cli.output import duration, print_json, print_table, share
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.exporting import Form
    from studio.runs.reader import RunInfo, RunReader
    from studio.runs.records import EpochEnded, RunChanged
    from studio.runs.store import RunStore


_ACTIONS = (
    "list",
    "show",
    "compare",
    "export",
    "rename",
    "tag",
    "untag",
    "note",
    "delete",
    "restore",
    "trash",
    "empty-trash",
)


@click.command("runs", short_help="List the runs of a project, show, compare, export and tidy them.")
@click.argument("file", type=click.Path(path_type=Path), callback=unpacked)
@click.argument("action", type=click.Choice(_ACTIONS), default="list")
@click.argument("words", nargs=-1)
@click.option(
    "--to",
    "form",
    type=click.Choice(["csv", "tensorboard"]),
    default="csv",
    help="export: tables, or event files of TensorBoard.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=None,
    help="export: where to; else beside the project.",
)
@click.option("--tag", "tag", metavar="TAG", help="list: only the runs with this tag.")
@json_option
def command(
    file: Path, action: str, words: tuple[str, ...], form: Form, folder: Path | None, tag: str | None
) -> int:
    """List the runs of a project, or do something with them.

    \b
    runs FILE                      list them
    runs FILE show RUN             its epochs
    runs FILE compare RUN RUN …    what they reached, and what they have different
    runs FILE export [RUN …]       all or some as files
    runs FILE rename RUN NAME
    runs FILE tag RUN TAG …        and untag RUN TAG …
    runs FILE note RUN TEXT
    runs FILE delete RUN …         into the trash; restore RUN … brings them back
    runs FILE trash                what is in it; empty-trash deletes that for good
    """
    from studio.project.files import read, runs_folder
    from studio.runs.store import RunStore

    home = runs_folder(file)
    if not home.is_dir():
        read(file)  # says what is wrong with the file's name, if it is that
    store = RunStore(home)
    least, most = _WORDS.get(action, (0, 0))
    if not least <= len(words) <= most:
        raise click.UsageError(_how(action, file))
    match action:
        case "list" | "trash":
            found = store.list_runs(trashed=action == "trash")
            _print_list([info for info in found if tag is None or tag in info.tags], file)
        case "show":
            _print_run(store.run(words[0]))
        case "compare":
            _compare(store, words)
        case "export":
            _export(store, words, folder or file.absolute().parent / f"{file.stem}-runs", form)
        case _:
            _change(store, action, words)
    return 0


_MANY = 10_000
_WORDS = {
    "show": (1, 1),
    "compare": (2, _MANY),
    "export": (0, _MANY),
    "rename": (2, 2),
    "tag": (2, _MANY),
    "untag": (2, _MANY),
    "note": (2, 2),
    "delete": (1, _MANY),
    "restore": (1, _MANY),
}
"""How many words each action takes, at least and at most; the others none."""


def _how(action: str, file: Path) -> str:
    """Return what to say about an action with too few or too many words."""
    if action in ("list", "trash", "empty-trash"):
        return f'"{action}" takes no run. To see one: studio runs {file} show RUN'
    if action == "show":
        return f"Which run? studio runs {file} lists them."
    wanted = {"compare": "RUN RUN …", "rename": "RUN NAME", "note": "RUN TEXT", "tag": "RUN TAG …"}
    return f"Write: studio runs {file} {action} {wanted.get(action, 'RUN …')}"


def _change(store: RunStore, action: str, words: tuple[str, ...]) -> None:
    """Rename, annotate, throw away or bring back."""
    name, *rest = words or ("",)
    match action:
        case "rename":
            store.rename(name, rest[0])
        case "tag" | "untag":
            now = set(store.run(name).info.tags)
            store.annotate(name, tags=now | set(rest) if action == "tag" else now - set(rest))
        case "note":
            store.annotate(name, note=rest[0])
        case "delete":
            for one in words:
                store.trash(one)
        case "restore":
            for one in words:
                store.restore(one)
        case "empty-trash":
            count = store.empty_trash()
            click.echo(f"{count} {'run' if count == 1 else 'runs'} deleted for good.")


def _export(store: RunStore, names: tuple[str, ...], folder: Path, form: Form) -> None:
    """Write some runs, or all, into a folder."""
    from studio.runs.exporting import export_runs

    chosen = names or tuple(info.name for info in store.list_runs())
    files = export_runs([store.run(name) for name in chosen], folder, form)
    if wants_json():
        print_json({"files": [str(path) for path in files]})
        return
    for path in files:
        click.echo(str(path))


def _compare(store: RunStore, names: tuple[str, ...]) -> None:
    """Print what runs reached and what they have different."""
    from studio.runs.comparing import design_difference, settings_difference
    from studio.runs.reader import FIGURES

    readers = [store.run(name) for name in names]
    infos, projects = [reader.info for reader in readers], [reader.project() for reader in readers]
    settings = settings_difference(projects)
    designs = {
        name: design_difference(projects[0].graph, project.graph)
        for name, project in zip(names[1:], projects[1:], strict=True)
    }
    best = min(infos, key=lambda info: (math.isnan(info.best_val_loss), info.best_val_loss))
    if wants_json():
        print_json(
            {
                "runs": [_info_data(info) for info in infos],
                "settings": {setting.name: list(setting.values) for setting in settings},
                "design": designs,
                "best": best.name,
            }
        )
        return
    print_table(
        ("", *names),
        [
            ("best val loss", *(f"{info.best_val_loss:.4f}" for info in infos)),
            ("accuracy", *(share(info.best_val_accuracy) for info in infos)),
            ("epochs", *(str(info.epochs) for info in infos)),
            ("data", *(info.fingerprint[:FIGURES] or "–" for info in infos)),
            *((setting.name, *(str(value) for value in setting.values)) for setting in settings),
        ],
        numbers="".join(str(place) for place in range(1, min(len(names), 9) + 1)),
    )
    for name, lines in designs.items():
        click.echo(f"\n{names[0]} to {name}: " + ("the same network" if not lines else ""))
        for line in lines:
            click.echo(f"  {line}")
    click.echo(f"\nLowest validation loss: {best.name}")


def _print_list(runs: list[RunInfo], file: Path) -> None:
    """Print one line for each run."""
    if wants_json():
        print_json({"file": str(file), "runs": [_info_data(info) for info in runs]})
        return
    if not runs:
        click.echo(f"No runs yet. Start one: studio train {file}")
        return
    print_table(
        ("run", "state", "epochs", "best val loss", "accuracy", "device", "started", "tags"),
        (
            (
                info.name,
                info.state,
                str(info.epochs),
                f"{info.best_val_loss:.4f}" if info.epochs else "–",
                share(info.best_val_accuracy),
                info.device,
                _time(info.created),
                ", ".join(info.tags),
            )
            for info in runs
        ),
        numbers="234",
    )


def _print_run(reader: RunReader) -> None:
    """Print a run's state and its epochs."""
    from studio.runs import carried

    info, epochs, taken = reader.info, reader.epochs(), carried.read(reader.folder)
    events = [event for event in reader.events() if event.message]
    if wants_json():
        begun = {"carried": asdict(taken)} if taken is not None else {}
        told = [_event_data(event) for event in events]
        history = [epoch_data(epoch) for epoch in epochs]
        print_json({**_info_data(info), **begun, "events": told, "history": history})
        return
    click.echo(f"{info.name}: {info.state}{f' ({info.message})' if info.message else ''}")
    click.echo(f"started {_time(info.created)}, took {duration(info.updated - info.created)}, ", nl=False)
    click.echo(f"on {info.device} with seed {info.seed}, {info.step:,} steps")
    if info.tags:
        click.echo(f"tags: {', '.join(info.tags)}")
    if info.note:
        click.echo(info.note)
    if taken is not None:
        click.echo(taken.words())
    if info.fingerprint:
        click.echo(f"data: SHA-256 {info.fingerprint}")
    if info.test_looks:
        times = "once" if info.test_looks == 1 else f"{info.test_looks} times"
        click.echo(f"measured on the test part {times}")
    for event in events:
        click.echo(f"step {event.step:,}, {event.state}: {event.message}")
    if epochs:
        gap = epochs[-1].val_loss - epochs[-1].train_loss
        click.echo(f"generalization gap (validation loss - training loss): {gap:.4f}")
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


def _event_data(event: RunChanged) -> dict[str, Any]:
    """Return what a run told as JSON data."""
    return {name: getattr(event, name) for name in ("step", "epoch", "state", "message")}


def _info_data(info: RunInfo) -> dict[str, Any]:
    """Return a run as JSON data, with times a person can read too."""
    return {**asdict(info), "created": _iso(info.created), "updated": _iso(info.updated)}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
