"""``studio batchnorm``: which statistics the batch normalizations of a trained run use from now on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import checkpoint_option, project_file
from studio.cli.output import print_json
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.batch_statistics import Method
    from studio.runs.reader import Which
    from studio.training.run import Run


@click.command("batchnorm", short_help="Choose the batch-norm statistics that a run's weights keep.")
@project_file
@click.argument("method", type=click.Choice(["running", "update_bn", "final_phase"]), required=False)
@click.option("--run", "name", metavar="NAME", help="Which run; else the newest that has weights.")
@checkpoint_option
@click.option("--device", metavar="DEVICE", help="Such as cpu or cuda:0; else that of the project.")
@json_option
def command(
    file: Path, method: Method | None, name: str | None, checkpoint: Which, device: str | None
) -> int:
    """Write other statistics of batch normalizations into a checkpoint of a run that ended.

    \b
    final_phase   mean and variance of all training data, layer by layer
    update_bn     means over mini-batches of the training part: algorithm 2 of Ioffe & Szegedy 2015
    running       the running averages of training, back byte for byte

    Evaluation, prediction and export use them from then on. Without METHOD it says which are there. Compare
    first: studio evaluate FILE --statistics final_phase
    """
    from studio.cli.evaluate import run_of

    run = run_of(file, name, checkpoint)
    if method is None:
        return _tell(run, checkpoint)
    kept = run.keep_statistics(method, checkpoint, folder=file.absolute().parent, device=device)
    if wants_json():
        print_json(
            {
                "run": run.name,
                "checkpoint": checkpoint,
                "statistics": kept.method,
                "layers": kept.layers,
                "samples": kept.samples,
            }
        )
    else:
        click.echo(f"{run.name}, {kept.words()}")
    return 0


def _tell(run: Run, checkpoint: Which) -> int:
    """Say which statistics a checkpoint has."""
    from studio.runs.batch_statistics import TITLES, method_of
    from studio.runs.reader import checkpoint_file

    method = method_of(checkpoint_file(run.folder, checkpoint))
    if wants_json():
        print_json({"run": run.name, "checkpoint": checkpoint, "statistics": method})
    else:
        click.echo(f"{run.name}, {checkpoint}: {method} ({TITLES[method]})")
    return 0
