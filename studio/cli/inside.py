"""``studio inside``: what the units of a layer make of samples, and how they go together."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from studio.cli.evaluate import run_of
from studio.cli.options import checkpoint_option, project_file, read_project, set_option
from studio.cli.output import print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.insights import UnitsFound
    from studio.runs.reader import Which
    from studio.training.look import Look

MOST_NAMED = 20


@click.command(
    "inside", short_help="Look at the units of a layer: sparsity, correlation, dead and doubled ones."
)
@project_file
@click.option("--node", metavar="NAME", required=True, help="Which layer, dotted inside blocks.")
@click.option("--run", "name", metavar="NAME", help="Which run; else the newest that has weights.")
@checkpoint_option
@click.option("--untrained", is_flag=True, help="The design with the weights that training starts from.")
@click.option("--part", type=click.Choice(["train", "validation"]), default="validation", help="Of the data.")
@click.option("--samples", type=click.IntRange(1), default=256, help="How many, at most.")
@click.option(
    "--reduction", type=click.Choice(["mean", "max"]), default="mean", help="Over a unit's positions."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write units × samples as a CSV file.")
@set_option
@json_option
def command(
    file: Path,
    node: str,
    name: str | None,
    checkpoint: Which,
    untrained: bool,
    part: Literal["train", "validation"],
    samples: int,
    reduction: Literal["mean", "max"],
    output: Path | None,
    settings: tuple[str, ...],
) -> int:
    """Look inside a layer: what each of its units gives for samples of the data.

    Printed are how many units are active for a sample, which ignore the input, which say the same as another,
    how far they are correlated, and how well the layer tells the classes apart. --set goes with --untrained.
    """
    from studio.face import look
    from studio.project import atomic

    if untrained:
        seen = look(read_project(file, settings), folder=file.parent, part=part, samples=samples)
    elif settings:
        raise click.UsageError("--set goes with --untrained: a run has settings of its own.")
    else:
        run = run_of(file, name, checkpoint)
        seen = look(run.project(), run.checkpoint(checkpoint), file.parent, part, samples)
    found = seen.units(node, reduction)
    facts = _facts(seen, found, node)
    if output is not None:
        atomic.write_bytes(output, _csv(seen, found).encode())
    if wants_json():
        print_json({**facts, "file": str(output) if output is not None else None})
        return 0
    print_table(("", ""), ((key.replace("_", " "), _words(value)) for key, value in facts.items()))
    if output is not None:
        click.echo(f"Wrote {output}.")
    return 0


def _facts(seen: Look, found: UnitsFound, node: str) -> dict[str, Any]:
    """Return what is told of the layer."""
    embedding = seen.embedding(node)
    pairs = zip(found.pairs.tolist(), found.pair_correlations.tolist(), strict=True)
    return {
        "node": node,
        "samples": len(seen.inside.rows),
        "units": found.total,
        "active_units_per_sample": found.active,
        "zeros": _number(float(found.zeros.mean())),
        "ignore_the_input": found.constant.tolist(),
        "give_no_number": found.broken.tolist(),
        "say_the_same": [[*pair, correlation] for pair, correlation in pairs],
        "mean_correlation": _number(found.mean_correlation),
        "between_over_within": _number(embedding.ratio),
    }


def _number(value: float) -> float | None:
    """Return a number as JSON may have it."""
    return value if math.isfinite(value) else None


def _words(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    if not isinstance(value, list):
        return str(value)
    named = [f"{one[0]} and {one[1]}" if isinstance(one, list) else str(one) for one in value[:MOST_NAMED]]
    more = f" and {len(value) - MOST_NAMED} more" if len(value) > MOST_NAMED else ""
    return ", ".join(named) + more if named else "none"


def _csv(seen: Look, found: UnitsFound) -> str:
    """Return a row for each sample: which it is, its class, and what each unit gives."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["sample", "class", *(f"unit {unit}" for unit in found.units.tolist())])
    classes = seen.inside.data.classes
    for row, label, values in zip(
        seen.inside.rows.tolist(), seen.inside.labels.tolist(), found.values.T.tolist(), strict=True
    ):
        name = classes[label] if 0 <= label < len(classes) else ""
        writer.writerow([row, name, *(f"{value:.9g}" for value in values)])
    return stream.getvalue()
