"""``studio summary``: what each layer gives and costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import note, print_json, problem_data, problem_lines
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.compiler.summary import Order

ORDERS = ("graph", "name", "parameters", "macs", "activation")
"""Columns to sort by, as in `studio.compiler.summary`, which this must not import before it is needed."""


@click.command("summary", short_help="List layers with shapes and costs.")
@project_file
@click.option(
    "--level",
    type=click.IntRange(min=0),
    metavar="N",
    help="Open only so many levels of blocks; 0 shows each block as one row.",
)
@click.option("--sort", "order", type=click.Choice(ORDERS), default="graph", help="Column to sort by.")
@set_option
@json_option
def command(file: Path, level: int | None, order: Order, settings: tuple[str, ...]) -> int:
    """List the layers of a network: output shape, receptive field, parameters, MACs, memory.

    MACs are the multiply-accumulates of convolutions, linear layers and matrix products for one sample;
    biases, normalizations, activations and pools are not counted.
    """
    from studio.compiler.analysis import analyse
    from studio.compiler.summary import summarise
    from studio.compiler.training_memory import states_of

    project = read_project(file, settings)
    batch_size = project.training.batch_size
    analysis = analyse(project.graph, batch_size=batch_size, states=states_of(project.training))
    summary = summarise(project.graph, analysis, batch_size)
    errors = [problem for problem in analysis.problems if problem.severity == "error"]
    if wants_json():
        problems = [problem_data(problem, project.graph) for problem in errors]
        print_json({"file": str(file), **summary.to_data(), "problems": problems})
    else:
        click.echo(summary.to_text(level=level, order=order))
        for line in problem_lines(errors):
            note(line)
    return 1 if errors else 0
