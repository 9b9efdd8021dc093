"""``studio surface``: what a network of one or two inputs computes over the range of its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.evaluate import run_of
from studio.cli.options import checkpoint_option, project_file, read_project, set_option
from studio.cli.output import print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.reader import Which
    from studio.runs.records import Surface


@click.command("surface", short_help="Draw what a network of two inputs computes over their range.")
@project_file
@click.option("--run", "name", metavar="NAME", help="Which run; else the newest that has weights.")
@checkpoint_option
@click.option(
    "--step",
    type=click.IntRange(min=0),
    help="What was kept of the run by this step, instead of a checkpoint.",
)
@click.option("--untrained", is_flag=True, help="The design with the weights that training starts from.")
@click.option("--node", metavar="NAME", default="", help="Also what the units of this layer compute.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write every place as a row of a CSV file."
)
@set_option
@json_option
def command(
    file: Path,
    name: str | None,
    checkpoint: Which,
    step: int | None,
    untrained: bool,
    node: str,
    output: Path | None,
    settings: tuple[str, ...],
) -> int:
    """Evaluate a network on a grid over the range of its data, which has one or two features.

    Printed are the shares of the range that each class has, or the range of values; and of each unit of a
    layer the range of its pre-activation a and its activation h. --set goes with --untrained. The window, and
    "studio train --watch", keep surfaces of at most 64 steps of a run for --step.
    """
    from studio.project import atomic
    from studio.runs.surface_table import csv_of
    from studio.training import surfaces

    if untrained and step is not None:
        raise click.UsageError("--step is about a run, --untrained about none. Use one of them.")
    if untrained:
        found = surfaces.draw(read_project(file, settings), node, file.parent)
    elif settings:
        raise click.UsageError("--set goes with --untrained: a run has settings of its own.")
    else:
        run = run_of(file, name, checkpoint)
        found = (
            run.surface_at(step, node)
            if step is not None
            else run.surface(node, checkpoint, folder=file.parent)
        )
    if output is not None:
        atomic.write_bytes(output, csv_of(found).encode())
    _print(found, output)
    return 0


def _print(surface: Surface, output: Path | None) -> None:
    from studio.runs.surface_table import farthest_point, points_right

    facts, units = _facts(surface), _units(surface)
    if wants_json():
        print_json(
            {
                "step": surface.step,
                "lows": list(surface.lows),
                "highs": list(surface.highs),
                "outputs": [dict(zip(("name", *_titles(surface)), row, strict=True)) for row in facts],
                "units": [dict(zip(("unit", "value", "low", "high"), row, strict=True)) for row in units],
                "points": len(surface.truth),
                "right": right[0] if (right := points_right(surface)) is not None else None,
                "farthest": farthest_point(surface),
                "file": str(output) if output is not None else None,
            }
        )
        return
    numbers = "".join(map(str, range(1, len(facts[0]))))
    print_table(("output", *_titles(surface)), (_shown(row) for row in facts), numbers=numbers)
    if units:
        print_table(("unit", "value", "lowest", "highest"), (_shown(row) for row in units), numbers="023")
    if (right := points_right(surface)) is not None:
        click.echo(f"{right[0]:,} of {right[1]:,} points right.")
    elif (farthest := farthest_point(surface)) is not None:
        click.echo(f"Points are {farthest:.4g} away at most.")
    if output is not None:
        click.echo(f"Wrote {output}.")


def _titles(surface: Surface) -> tuple[str, ...]:
    return ("share", "mean", "low", "high") if surface.classes else ("mean", "low", "high")


def _facts(surface: Surface) -> list[tuple[object, ...]]:
    """Return of each output: name, share of the range where it is the largest, mean, lowest, highest."""
    from studio.runs.surface_table import output_names

    largest = surface.outputs.argmax(0)
    rows: list[tuple[object, ...]] = []
    for number, (name, values) in enumerate(zip(output_names(surface), surface.outputs, strict=True)):
        share = (float((largest == number).mean()),) if surface.classes else ()
        rows.append((name, *share, float(values.mean()), float(values.min()), float(values.max())))
    return rows


def _units(surface: Surface) -> list[tuple[object, ...]]:
    return [
        (number, letter, float(values.min()), float(values.max()))
        for letter, units in (("a", surface.before), ("h", surface.after))
        for number, values in enumerate(units)
    ]


def _shown(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(f"{item:.4g}" if isinstance(item, float) else str(item) for item in row)
