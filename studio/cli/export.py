"""``studio export``: hand a network on as source, ONNX, a program, weights or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import checkpoint_option, project_file, read_project, set_option
from studio.cli.output import note, print_json
from studio.cli.state import json_option, wants_json

if TYPE_CHECKING:
    from torch import Tensor

    from studio.project.project import Project

ENDINGS = {
    "python": ".py",
    "onnx": ".onnx",
    "pt2": ".pt2",
    "safetensors": ".safetensors",
    "svg": ".svg",
    "png": ".png",
}
PICTURES = ("svg", "png")


@click.command("export", short_help="Write the network as source, ONNX, weights …")
@project_file
@click.option(
    "--to", "form", type=click.Choice(list(ENDINGS)), help="What to write; else the ending of -o says."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to; else beside the project.")
@click.option("--run", "run", metavar="NAME", help="Take this run's weights; else the initial ones.")
@checkpoint_option
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", help="Colours of a picture.")
@click.option(
    "--scale", type=click.FloatRange(0.1, 8.0), default=2.0, help="Pixels of a PNG for one of the canvas."
)
@set_option
@json_option
def command(
    file: Path,
    form: str | None,
    output: Path | None,
    run: str | None,
    checkpoint: str,
    theme: str,
    scale: float,
    settings: tuple[str, ...],
) -> int:
    """Write a network in another form, run what was written, and say how far it is from the original.

    python: one class for each block and a training script, without this program. onnx, pt2: for other
    runtimes. safetensors: the weights. svg, png: a picture.
    """
    project = read_project(file, settings)
    form, output = _target(file, form, output)
    difference: float | None = None
    remarks: tuple[str, ...] = ()
    if form in PICTURES:
        _draw(project, output, theme, scale)
    else:
        from studio.compiler.exporting.export import export

        if run is not None:
            project, weights = _of_run(file, project, run, checkpoint)
        else:
            weights = None
        done = export(project, form, output, weights, file.parent)  # type: ignore[arg-type]
        difference, remarks = done.difference, done.remarks
    if wants_json():
        print_json({"file": str(output), "form": form, "difference": difference, "remarks": list(remarks)})
        return 0
    for remark in remarks:
        note(remark)
    click.echo(f"{output}{'' if difference is None else _verdict(difference)}")
    return 0


def _target(file: Path, form: str | None, output: Path | None) -> tuple[str, Path]:
    """Return what is written and where, as far as one says the other."""
    if form is None and output is not None:
        form = next((name for name, ending in ENDINGS.items() if ending == output.suffix.lower()), None)
    if form is None:
        raise click.UsageError(f"Say what to write: --to {'|'.join(ENDINGS)}.", click.get_current_context())
    return form, output if output is not None else file.with_suffix(ENDINGS[form])


def _verdict(difference: float) -> str:
    if difference == 0.0:
        return ": the outputs are equal to the last bit."
    return f": the largest difference is {difference:.2g} of the largest output."


def _of_run(file: Path, project: Project, name: str, which: str) -> tuple[Project, dict[str, Tensor]]:
    """Return a run's own design with the project's other settings, and its weights."""
    from studio.project.files import runs_folder
    from studio.runs.store import RunStore
    from studio.training.run import Run

    run = Run(RunStore(runs_folder(file)).run(name))
    return run.project(), run.checkpoint(which)


def _draw(project: Project, output: Path, theme: str, scale: float) -> None:
    from studio.app.picture import write_picture
    from studio.compiler.analysis import analyse

    reports = analyse(project.graph).nodes
    write_picture(
        project.graph,
        output,
        "dark" if theme == "dark" else "light",
        scale if output.suffix.lower() == ".png" else 1.0,
        reports=reports,
        title=project.name,
    )
