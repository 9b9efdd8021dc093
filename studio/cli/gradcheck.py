"""``studio gradcheck``: finite differences against autograd."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import note, print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from studio.training.gradcheck.checks import GradientCheck
    from studio.training.gradcheck.differences import TensorCheck
    from studio.training.gradcheck.work import NodeCheck


@click.command("gradcheck", short_help="Check gradients against finite differences.")
@project_file
@click.option("--node", metavar="NAME", default="", help="Check this layer by itself.")
@click.option("--alone", is_flag=True, help="Check each layer by itself, not all through the loss.")
@click.option("--run", "name", metavar="NAME", help="With the best weights of this run.")
@click.option("--samples", type=click.IntRange(2, 1024), default=4, show_default=True, help="Run at once.")
@click.option(
    "--coordinates",
    type=click.IntRange(1, 1_000_000),
    default=20,
    show_default=True,
    help="Compared of each tensor at most.",
)
@set_option
@json_option
def command(
    file: Path,
    node: str,
    alone: bool,
    name: str | None,
    samples: int,
    coordinates: int,
    settings: tuple[str, ...],
) -> int:
    """Compare autograd's gradients with finite differences in float64, for every tensor of the network.

    Coordinates at which the function has a kink (a ReLU at 0, a tie in a max-pooling) are left out and
    counted. A relative error above 1e-6 is wrong, unless rounding alone explains it: then the gradient is
    "tiny", too small to tell.
    """
    from studio.cli.evaluate import run_of
    from studio.training.gradcheck.checks import check_gradients

    project = read_project(file, settings)
    found = check_gradients(
        project,
        file.absolute().parent,
        node=node,
        alone=alone,
        weights=run_of(file, name, "best").checkpoint("best") if name else None,
        samples=samples,
        coordinates=coordinates,
    )
    if wants_json():
        nodes = [_data(one) for one in found.nodes]
        print_json({"right": found.is_right, "samples": found.samples, "alone": found.alone, "nodes": nodes})
    else:
        rows = [line for one in found.nodes for line in _lines(one)]
        print_table(("node", "tensor", "shape", "compared", "kinks", "relative error", ""), rows)
        note(_summary(found))
    return 0 if found.is_right else 1


def _summary(found: GradientCheck) -> str:
    wrong = [one.node or "input" for one in found.nodes if not one.is_right]
    tiny = sum(tensor.verdict == "tiny" for node in found.nodes for tensor in node.tensors)
    too_small = f"Too small to tell: {tiny} tensor(s)." if tiny else ""
    if wrong:
        return f"Wrong: {', '.join(wrong)}. {too_small}".strip()
    return f"No gradient is wrong. {too_small}" if tiny else "All gradients are right."


def _data(one: NodeCheck) -> dict[str, Any]:
    tensors = [
        {
            "name": tensor.name,
            "shape": list(tensor.shape),
            "checked": tensor.checked,
            "kinks": tensor.kinks,
            "error": tensor.error,
            "worst": tensor.worst,
            "verdict": tensor.verdict,
        }
        for tensor in one.tensors
    ]
    return {"node": one.node, "tensors": tensors, "note": one.note}


def _lines(one: NodeCheck) -> list[tuple[str, ...]]:
    if not one.tensors:
        return [(one.node, "", "", "", "", "", one.note)]
    return [_line(one.node, tensor) for tensor in one.tensors]


def _line(node: str, tensor: TensorCheck) -> tuple[str, ...]:
    shape = "×".join(map(str, tensor.shape)) or "1"
    compared = f"{tensor.checked} of {tensor.total:,}"
    error = f"{tensor.error:.1e}" if tensor.verdict in ("right", "wrong") else ""
    return node or "(input)", tensor.name, shape, compared, str(tensor.kinks or ""), error, tensor.verdict
