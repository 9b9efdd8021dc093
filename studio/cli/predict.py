"""``studio predict``: what a run's network says about a picture, an array or a row of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.evaluate import run_of
from studio.cli.options import checkpoint_option, project_file
from studio.cli.output import print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.reader import Which
    from studio.training.predicting import Prediction

MOST_NUMBERS = 20
"""Of a larger output only its shape is printed."""


# A negative number looks like an option.
@click.command(
    "predict",
    short_help="Say what a run's network makes of an input.",
    context_settings={"ignore_unknown_options": True},
)
@project_file
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--run", "name", metavar="NAME", help="Which run; else the newest that has weights.")
@checkpoint_option
@json_option
def command(file: Path, inputs: tuple[str, ...], name: str | None, checkpoint: Which) -> int:
    """Name the five most probable classes of picture files, of .npy files, or of one row of numbers.

    A network that learned from a table takes tables with the same columns, too: each row is an input. One
    that learned from sounds takes WAV files, and one that learned from texts takes .txt files and texts.
    Inputs are in the units of the data set, pictures from 0 to 1; they are normalized as in training.
    """
    row = _row_of(inputs)
    sources = [row] if row is not None else list(inputs)
    run = run_of(file, name, checkpoint)
    found = run.predict(*sources, which=checkpoint, folder=file.parent)
    titles = _titles(["the numbers given"] if row is not None else list(inputs), len(found))
    if wants_json():
        said = [{"input": title, **each.to_data()} for title, each in zip(titles, found, strict=True)]
        print_json({"file": str(file), "run": run.name, "checkpoint": checkpoint, "predictions": said})
        return 0
    for title, each in zip(titles, found, strict=True):
        _print(title, each)
    return 0


def _titles(names: list[str], count: int) -> list[str]:
    """Return what predictions are called: the inputs, or the rows of the tables among them."""
    if len(names) == count:
        return names
    return [f"{', '.join(names)}, row {place}" for place in range(1, count + 1)]


def _row_of(words: tuple[str, ...]) -> list[float] | None:
    """Return the row of numbers that words are, with or without commas; None if they are files."""
    parts = [part for word in words for part in word.split(",") if part.strip()]
    try:
        return [float(part) for part in parts] or None
    except ValueError:
        return None


def _print(title: str, found: Prediction) -> None:
    if found.top:
        click.echo(f"{title}: {found.label}")
        print_table(("class", "probability"), ((name, f"{p:.2%}") for name, p in found.top), numbers="1")
    elif found.output.size <= MOST_NUMBERS:
        click.echo(f"{title}: {', '.join(f'{value:.6g}' for value in found.output.ravel().tolist())}")
    else:
        click.echo(f"{title}: an output of shape {found.output.shape}; --json prints its numbers.")
