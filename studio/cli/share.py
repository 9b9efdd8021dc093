"""``studio share``: a project, one of its runs and that run's weights in one file for another machine."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.options import project_file, read_project
from studio.cli.output import note, print_json
from studio.cli.state import json_option, wants_json


@click.command("share", short_help="Pack a project, a run and its weights into one .flowz file.")
@project_file
@click.option("--run", "run", metavar="NAME", default="", help="A run to go with it, curves and weights.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write; beside FILE if not given."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
def command(file: Path, run: str, output: Path | None, force: bool) -> int:
    """Pack a project for another machine; "studio unpack" opens it there, and so does the window.

    Its data are not packed: say where they are to be had.
    """
    from studio.errors import ProjectError
    from studio.project.files import runs_folder
    from studio.runs.sharing import SUFFIX, share
    from studio.runs.store import RunStore

    project, home = read_project(file), file.absolute().parent
    target = output or file.with_suffix(SUFFIX)
    if target.exists() and not force:
        raise ProjectError(f'"{target}" is there already. Choose another name with -o, or add --force.')
    made = share(project, target, home=home, store=RunStore(runs_folder(file)), run=run)
    for text in made.notes:
        note(text)
    if wants_json():
        print_json({"file": str(target), "run": run, "files": made.files, "notes": list(made.notes)})
    else:
        size = target.stat().st_size / 2**20
        click.echo(f"Wrote {target} ({size:.1f} MB, {len(made.files)} files). Open it: studio {target}")
    return 0
