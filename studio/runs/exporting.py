"""Runs as files that other programs read: tables, and TensorBoard's event files."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from studio.errors import ProjectError, RunError
from studio.project import atomic
from studio.runs.comparing import settings_difference
from studio.runs.reader import RunReader
from studio.runs.tensorboard import Scalar, event_file

Form: TypeAlias = Literal["csv", "tensorboard"]


def export_runs(readers: Sequence[RunReader], folder: Path, form: Form) -> list[Path]:
    """Write runs into a folder, and return the files.

    As ``csv``: ``NAME-steps.csv`` and ``NAME-epochs.csv`` of every run, and ``runs.csv`` with one line each.
    As ``tensorboard``: a folder for every run with an event file.

    Raises:
        RunError: There is nothing to write, a run cannot be read, or a file cannot be written.
    """
    if not readers:
        raise RunError("No run was chosen, so there is nothing to export.")
    files = {}
    for reader in readers:
        if form == "csv":
            files[folder / f"{reader.name}-steps.csv"] = steps_table(reader).encode()
            files[folder / f"{reader.name}-epochs.csv"] = epochs_table(reader).encode()
        else:
            created = reader.info.created
            name = f"events.out.tfevents.{created:.0f}.studio"
            files[folder / reader.name / name] = event_file(created, scalars(reader))
    if form == "csv":
        files[folder / "runs.csv"] = runs_table(readers).encode()
    for path, body in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(path, body)
        except (OSError, ProjectError) as error:
            reason = error.message if isinstance(error, ProjectError) else error.strerror
            raise RunError(f'Cannot write "{path}": {reason}') from error
    return list(files)


def steps_table(reader: RunReader) -> str:
    """Return the numbers of every step of a run as CSV; empty where one was not kept."""
    record = reader.record()
    columns = (record.losses, record.accuracies, record.lrs, record.penalties)
    rows = zip(record.steps.tolist(), *(column.tolist() for column in columns), strict=True)
    return _csv(("step", "loss", "accuracy", "lr", "penalty"), rows)


def epochs_table(reader: RunReader) -> str:
    """Return the numbers of every epoch of a run as CSV."""
    names = ("epoch", "step", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "is_best")
    return _csv(names, ([getattr(epoch, name) for name in names] for epoch in reader.epochs()))


def runs_table(readers: Sequence[RunReader]) -> str:
    """Return a line for every run as CSV: what it reached, and the settings that are not the same in all."""
    infos = [reader.info for reader in readers]
    settings = settings_difference([reader.project() for reader in readers])
    names = ("name", "state", "epochs", "step", "best_val_loss", "best_val_accuracy", "seed", "device")
    head = (*names, "tags", "note", *(setting.name for setting in settings))
    rows = (
        [
            *(getattr(info, name) for name in names),
            " ".join(info.tags),
            info.note,
            *(setting.values[place] for setting in settings),
        ]
        for place, info in enumerate(infos)
    )
    return _csv(head, rows)


def scalars(reader: RunReader) -> Iterator[Scalar]:
    """Yield the curves of a run, with the names that TensorBoard groups by."""
    info = reader.info
    record = reader.record()
    span = max(info.updated - info.created, 0.0) / max(info.step, 1)
    for name, values in (
        ("train/loss", record.losses),
        ("train/accuracy", record.accuracies),
        ("train/lr", record.lrs),
        ("train/penalty", record.penalties),
    ):
        for step, value in zip(record.steps.tolist(), values.tolist(), strict=True):
            if not math.isnan(value):
                yield Scalar(name, step, value, info.created + span * step)
    for epoch in reader.epochs():
        for name in ("val_loss", "val_accuracy"):
            value = getattr(epoch, name)
            if not math.isnan(value):
                tag = f"validation/{name.removeprefix('val_')}"
                yield Scalar(tag, epoch.step, value, info.created + span * epoch.step)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if isinstance(value, float) and math.isnan(value) else value for value in row])
    return text.getvalue()
