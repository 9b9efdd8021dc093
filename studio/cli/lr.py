"""``studio lr``: looks for a learning rate before a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.training.lr_search import Method

MOST_ROWS = 20


@click.command("lr", short_help="Look for a learning rate before a run.")
@project_file
@click.option(
    "--method",
    type=click.Choice(["halving", "range"]),
    default="halving",
    help="halving: start large, halve until the loss does not diverge. range: let it grow step by step.",
)
@click.option(
    "--share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.1,
    help="Part of the training data that halving uses.",
)
@set_option
@json_option
def command(file: Path, method: Method, share: float, settings: tuple[str, ...]) -> int:
    """Look for a learning rate on the project's own network, data, optimizer and seed.

    Nothing is kept: to use what was found, train with --set training.lr=…
    """
    project = read_project(file, settings)

    from studio.training.lr_search import halve, range_test

    if method == "halving":
        found = halve(project, file.absolute().parent, share=share)
        rows = [(f"{one.lr:.4g}", "diverges" if one.diverged else "learns") for one in found.trials]
        lr, titles = found.lr, ("lr", "loss")
        data = [{"lr": one.lr, "diverged": one.diverged} for one in found.trials]
    else:
        test = range_test(project, file.absolute().parent)
        every = max(len(test.lrs) // MOST_ROWS, 1)
        curve = list(zip(test.lrs.tolist(), test.losses.tolist(), test.smoothed.tolist(), strict=True))
        rows = [(f"{rate:.3e}", f"{smoothed:.4g}") for rate, _, smoothed in curve[::every]]
        lr, titles = test.lr, ("lr", "smoothed loss")
        data = [{"lr": rate, "loss": loss, "smoothed": smoothed} for rate, loss, smoothed in curve]
    if wants_json():
        print_json({"file": str(file), "method": method, "lr": lr, "tried": data})
        return 0
    print_table(titles, rows, numbers="01")
    click.echo(f"\nTake lr {lr:.4g}: studio train {file} --set training.lr={lr:.4g}")
    return 0
