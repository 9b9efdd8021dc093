"""``studio steps``: one batch box by box, forward and backward."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import note, print_json, print_table
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from torch import Tensor

    from studio.training.stepping.seen import Seen
    from studio.training.stepping.walk import Walk


@click.command("steps", short_help="Go through one batch box by box.")
@project_file
@click.option("--node", metavar="NAME", default="", help="Show this box only, with its lines of code.")
@click.option("--run", "name", metavar="NAME", help="Design and best weights of this run.")
@click.option("--samples", type=click.IntRange(2, 1024), default=8, show_default=True, help="In the batch.")
@set_option
@json_option
def command(file: Path, node: str, name: str | None, samples: int, settings: tuple[str, ...]) -> int:
    """Compute each box of the network by itself, in the order of computation, and then its gradients.

    The numbers are those of one whole pass in training mode, to the bit.
    """
    from studio.cli.evaluate import run_of
    from studio.errors import ProbeError, nearest
    from studio.training.stepping.walk import Walk

    project, weights = read_project(file, settings), None
    if name:
        run = run_of(file, name, "best")
        project, weights = run.project(), run.checkpoint("best")
    walk = Walk(project, file.absolute().parent, samples=samples, weights=weights)
    names = [box.name for box in walk.steps.boxes]
    if node and node not in names:
        raise ProbeError(f'The network has no box "{node}"{nearest(node, names) or "."}')
    walk.go_to(walk.num_places - 1)
    _print(walk, [place for place, one in enumerate(names) if node in ("", one)], code=bool(node))
    return 0


def _print(walk: Walk, places: list[int], *, code: bool) -> None:
    from studio.training.stepping.seen import seen

    boxes, loss = walk.steps.boxes, walk.steps.loss
    assert loss is not None
    found = [(boxes[place], seen(walk.steps, place)) for place in places]
    if wants_json():
        listed = [
            {"node": box.name, "code": list(box.code), "tensors": [_data(one) for one in tensors]}
            for box, tensors in found
        ]
        print_json({"loss": float(loss), "samples": walk.samples, "note": walk.note, "boxes": listed})
        return
    rows = [row for box, tensors in found for one in tensors for row in _rows(box.name, one)]
    print_table(("box", "tensor", "shape", "lowest", "highest", "mean", "norm"), rows, numbers="3456")
    for line in (line for box, _ in found if code for line in box.code):
        click.echo(line)
    note(" ".join(filter(None, (f"Loss of {walk.samples} samples: {float(loss):.6g}.", walk.note))))


def _rows(name: str, one: Seen) -> list[tuple[str, ...]]:
    title = {"line": one.name, "parameter": one.name}.get(one.role, f"{one.role} ({one.name})")
    shape = "×".join(map(str, one.tensor.shape)) or "1"
    rows = [(name, title, shape, *_texts(one.tensor))]
    if one.gradient is not None:
        rows.append((name, f"gradient of {title}", shape, *_texts(one.gradient)))
    return rows


def _texts(tensor: Tensor) -> tuple[str, ...]:
    return tuple(f"{value:.4g}" for value in _numbers(tensor))


def _numbers(tensor: Tensor) -> tuple[float, ...]:
    values = (tensor.abs() if tensor.is_complex() else tensor).float()
    if not values.numel():
        return (0.0,) * 4
    return float(values.min()), float(values.max()), float(values.mean()), float(values.norm())


def _data(one: Seen) -> dict[str, Any]:
    def facts(tensor: Tensor | None) -> dict[str, float] | None:
        keys = ("low", "high", "mean", "norm")
        return None if tensor is None else dict(zip(keys, _numbers(tensor), strict=True))

    what = {"role": one.role, "name": one.name, "shape": list(one.tensor.shape)}
    return {**what, "value": facts(one.tensor), "gradient": facts(one.gradient)}
