"""``studio ablate``: what a trained network loses when layers are left out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import checkpoint_option, project_file
from studio.cli.output import note, print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.runs.reader import Which
    from studio.training.ablation import Ablation, Variant


@click.command("ablate", short_help="Leave layers out of a trained network, and measure it.")
@project_file
@click.option("--run", "name", metavar="NAME", help="Which run; else the newest that has weights.")
@checkpoint_option
@click.option(
    "--node",
    "nodes",
    metavar="NAME",
    multiple=True,
    help="Leave this out; fc6+fc7 leaves both out at once, layer2.1.conv1 a layer of one copy of a block. "
    "Else each layer with weights, one by one.",
)
@click.option("--alone", is_flag=True, help="Keep the activation, normalization and dropout after each.")
@click.option("--split", "part", type=click.Choice(["validation", "train", "test"]), default="validation")
@click.option("--device", metavar="DEVICE", help="Such as cpu or cuda:0; else that of the project.")
@json_option
def command(
    file: Path,
    name: str | None,
    checkpoint: Which,
    nodes: tuple[str, ...],
    alone: bool,
    part: Any,
    device: str | None,
) -> int:
    """Leave layers out of a trained network, close the gaps, and measure what is left.

    Nothing is trained again: the weights that are left are those of the run. Where a layer would take
    inputs of another size only the parameters are counted.
    """
    from studio.cli.evaluate import run_of

    run = run_of(file, name, checkpoint)
    variants = [tuple(node.split("+")) for node in nodes] or None
    found = run.ablate(
        variants, checkpoint, part, folder=file.absolute().parent, followers=not alone, device=device
    )
    if wants_json():
        data = [_data(one, found.variants[0]) for one in found.variants]
        print_json({"run": run.name, "split": part, "samples": found.samples, "variants": data})
        return 0
    _print(found)
    return 0


def _print(found: Ablation) -> None:
    whole = found.variants[0]
    judged = "loss" if math.isnan(whole.error) else "error"
    header = ("without", "depth", "parameters", "difference", judged, "difference", "")
    print_table(header, [_line(one, whole, judged) for one in found.variants], numbers="12345")
    note(f"{found.samples:,} samples of the {found.part} part; nothing was trained again.")


def _line(one: Variant, whole: Variant, judged: str) -> tuple[str, ...]:
    name, known = "+".join(one.without) or "(as trained)", one.depth > 0
    value, before = getattr(one, judged), getattr(whole, judged)
    form = "{:.4g}" if judged == "loss" else "{:.2%}"
    return (
        name,
        str(one.depth) if known else "",
        f"{one.parameters:,}" if known else "",
        f"{one.parameters - whole.parameters:+,}" if known and one.without else "",
        "" if math.isnan(value) else form.format(value),
        "" if math.isnan(value) or not one.without else form.replace(":", ":+").format(value - before),
        one.note,
    )


def _data(one: Variant, whole: Variant) -> dict[str, Any]:
    def known(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "without": list(one.without),
        "depth": one.depth,
        "parameters": one.parameters,
        "parameters_difference": one.parameters - whole.parameters if one.depth else None,
        "error": known(one.error),
        "error_difference": known(one.error - whole.error),
        "loss": known(one.loss),
        "loss_difference": known(one.loss - whole.loss),
        "note": one.note,
    }
