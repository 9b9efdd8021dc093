"""``studio [FILE]``: opens the window, or says what the system lacks for one."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.output import note


@click.command("open")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--or-train", is_flag=True, help="Where there is no display, train the project in the terminal instead."
)
@click.pass_context
def command(context: click.Context, file: Path | None, or_train: bool) -> int:
    """Open a project in the window."""
    from studio.cli.display import why_no_display, why_no_qt

    if file is not None and not file.exists():
        from studio.project.files import read

        read(file)
    reason = why_no_display()
    if reason is not None:
        note(reason)
        if or_train and file is not None:
            from studio.cli import train

            note(f"Training {file} in the terminal instead.")
            code: int = context.invoke(train.command, file=file)
            return code
        note(f"To train without a window: studio train {file or 'FILE'}")
        return 2
    reason = why_no_qt()
    if reason is not None:
        note(reason)
        return 1
    from studio.app.start import run

    return run(file)
