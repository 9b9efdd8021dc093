"""``studio unpack``: a shared project into a folder of its own."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.output import print_json
from studio.cli.state import json_option, wants_json


@click.command("unpack", short_help="Unpack a shared project (.flowz) into a folder.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Empty or new; else one beside FILE, of its name.",
)
@json_option
def command(file: Path, folder: Path | None) -> int:
    """Unpack what "studio share" made. Other commands do it by themselves where FILE is a .flowz."""
    from studio.runs.unpacking import folder_for, unpack

    path = unpack(file, folder or folder_for(file))
    if wants_json():
        print_json({"file": str(path)})
    else:
        click.echo(f"Unpacked {path}. Open it: studio {path}    Train it: studio train {path}")
    return 0
