"""``studio import``: makes a project of a PyTorch module, with its hierarchy as blocks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.output import note, print_json
from studio.cli.state import json_option, wants_json
from studio.errors import ProjectError

if TYPE_CHECKING:
    from studio.compiler.importing.importer import Imported
    from studio.compiler.importing.sources import Found


@click.command("import", short_help="Make a project of a PyTorch module.")
@click.argument("source")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write; NAME.flow if not given."
)
@click.option("--weights", metavar="NAME", help="torchvision's trained weights, such as DEFAULT.")
@click.option(
    "--keep-weights/--drop-weights",
    "keep",
    default=None,
    help="Write the weights beside the project, as .safetensors. Random ones of torchvision are dropped if "
    "this is not given.",
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="SHAPE",
    help="One sample's sizes: 3,224,224, or 20:int64. Once for each input, in order.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there; it is kept as .bak.")
@json_option
def command(
    source: str,
    output: Path | None,
    weights: str | None,
    keep: bool | None,
    inputs: tuple[str, ...],
    force: bool,
) -> int:
    """Make a project of a PyTorch module, and check that it computes the same.

    SOURCE is torchvision:NAME, or package.module:callable: a module, or what makes one when it is called.
    The second runs that code.
    """
    from studio.compiler.importing.importer import import_module
    from studio.compiler.importing.sources import find

    found = find(source, weights)
    file = output or Path(f"{found.name}.flow")
    kept = found.has_weights if keep is None else keep
    beside = file.with_suffix(".safetensors") if kept else None
    _refuse_to_overwrite([file, *([beside] if beside else [])], force)
    shapes = inputs or ((",".join(map(str, found.shape)),) if found.shape else ())
    imported = import_module(found.module, _examples(source, shapes))
    _write(file, beside, found, imported, shapes)
    _report(source, file, beside, imported)
    return 0


def _examples(source: str, shapes: tuple[str, ...]) -> list[Any]:
    from studio.compiler.importing.sources import example

    if not shapes:
        raise click.UsageError(
            f"What goes into {source}? Say it with --input, such as --input 3,224,224.",
            click.get_current_context(),
        )
    return [example(shape) for shape in shapes]


def _refuse_to_overwrite(files: list[Path], force: bool) -> None:
    for file in files:
        if file.exists() and not force:
            raise ProjectError(f'"{file}" is there already. Choose another name with -o, or add --force.')


def _write(
    file: Path, beside: Path | None, found: Found, imported: Imported, shapes: tuple[str, ...]
) -> None:
    """Write the project, and the weights beside it if they are kept."""
    from studio.compiler.importing.objective import with_loss
    from studio.compiler.importing.weights import to_bytes
    from studio.project import files
    from studio.project.atomic import write_bytes
    from studio.project.lock import writing
    from studio.project.matching import data_for
    from studio.project.overrides import apply
    from studio.project.project import Project

    story = [f"Imported from {found.origin}.", f"Example input: {' and '.join(shapes)}."]
    if beside is not None:
        story.append(f"Weights: {beside.name}, by their names in the network.")
    notes = "\n".join([*story, _verdict(imported), *imported.notes])
    # Of torchvision's we know that they classify; what another module is for is not ours to guess.
    classifies = found.origin.startswith("torchvision")
    graph = with_loss(imported.graph) if classifies else imported.graph
    project = Project(file.stem, graph, data_for(graph), notes=notes)
    if beside is not None:
        # What is imported with its weights starts from them.
        project = apply(project, [f"training.initial_weights={beside.name}"])
        write_bytes(beside, to_bytes(imported.weights), backup=True)
    with writing(file):
        files.write(project, file)


def _verdict(imported: Imported) -> str:
    if imported.is_bit_equal:
        return "Its outputs are bit-equal to the module's on the example, in evaluation mode."
    return f"Its outputs differ by {imported.difference:.3g} at most from the module's on the example."


def _report(source: str, file: Path, beside: Path | None, imported: Imported) -> None:
    """Say what was written."""
    if wants_json():
        print_json(
            {
                "file": str(file),
                "source": source,
                "weights": str(beside) if beside is not None else None,
                "nodes": len(imported.graph),
                "blocks": len(imported.graph.blocks),
                "difference": imported.difference,
                "bit_equal": imported.is_bit_equal,
                "notes": list(imported.notes),
            }
        )
        return
    for line in imported.notes:
        note(line)
    weights = f" and {beside}" if beside is not None else ""
    click.echo(f"Wrote {file}{weights}. {_verdict(imported)} Open it: studio {file}")
