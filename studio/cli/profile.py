"""``studio profile``: how long each layer takes."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.options import project_file, read_project, set_option
from studio.cli.output import note, print_json, print_table
from studio.cli.state import json_option, wants_json


@click.command("profile", short_help="Measure how long each layer takes, and what it keeps.")
@project_file
@click.option("--device", help="auto, cpu, mps, cuda or cuda:0.")
@click.option(
    "--repeats",
    type=click.IntRange(1, 1000),
    default=7,
    show_default=True,
    help="Passes; the median counts.",
)
@set_option
@json_option
def command(file: Path, device: str | None, repeats: int, settings: tuple[str, ...]) -> int:
    """Measure every layer by itself, forward and backward, with a batch of the project's data.

    What a layer keeps is what autograd holds until the backward pass; neighbours may hold the same.
    """
    from studio.training.profiling import profile_project

    project = read_project(file, settings)
    found = profile_project(project, file.absolute().parent, device=device, repeats=repeats)
    total_s = sum(layer.forward_s + layer.backward_s for layer in found.layers) or 1.0
    if wants_json():
        layers = [
            {
                "node": layer.node,
                "forward_s": layer.forward_s,
                "backward_s": layer.backward_s,
                "output_bytes": layer.output_bytes,
                "kept_bytes": layer.kept_bytes,
            }
            for layer in found.layers
        ]
        print_json({"device": found.device, "batch": found.batch, "layers": layers})
        return 0
    rows = [
        (
            layer.node,
            f"{1e3 * layer.forward_s:.3f}",
            f"{1e3 * layer.backward_s:.3f}",
            f"{100 * (layer.forward_s + layer.backward_s) / total_s:.1f}",
            f"{layer.output_bytes:,}",
            f"{layer.kept_bytes:,}",
        )
        for layer in found.layers
    ]
    print_table(("layer", "forward ms", "backward ms", "%", "output bytes", "kept bytes"), rows, "12345")
    note(f"Batch of {found.batch} on {found.device}: {1e3 * total_s:.2f} ms, layer by layer.")
    return 0
