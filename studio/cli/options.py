"""Arguments that several commands take, and how the project behind them is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from studio.project.project import Project

_INTO = "studio.into"

F = TypeVar("F", bound=Callable[..., Any])


def project_file(command: F) -> F:
    """Give a command the argument FILE, and the option to let the project read other folders."""
    allow = click.option(
        "--allow",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        expose_value=False,
        is_eager=True,
        callback=_allow,
        help="Let projects read data in this folder outside their own, from now on.",
    )
    into = click.option(
        "--into",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        expose_value=False,
        is_eager=True,
        callback=_remember_into,
        help="Where to unpack a FILE that is a shared project (.flowz); else beside it.",
    )
    return click.argument("file", type=click.Path(path_type=Path), callback=unpacked)(into(allow(command)))


def _remember_into(context: click.Context, parameter: click.Parameter, folder: Path | None) -> None:
    context.meta[_INTO] = folder


def unpacked(context: click.Context, parameter: click.Parameter, file: Path) -> Path:
    """Return the project file itself, or that of a shared project, which is unpacked for it."""
    if file.suffix.lower() != ".flowz":
        return file
    from studio.cli.output import note
    from studio.runs.unpacking import folder_for, unpack

    path = unpack(file, context.meta.get(_INTO) or folder_for(file))
    note(f"Unpacked {path}.")
    return path


def _allow(context: click.Context, parameter: click.Parameter, folders: tuple[Path, ...]) -> None:
    if folders:
        from studio.project import grants

        for folder in folders:
            grants.allow(folder, keep=True)


def set_option(command: F) -> F:
    """Give a command the option ``--set``, as `settings`."""
    return click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Change a setting for this time: training.lr=0.1, data.dataset=moons, "
        "graph.conv1.out_channels=8.",
    )(command)


class _Checkpoint(click.ParamType[str]):
    """``best``, ``last``, or ``step-120`` of the checkpoints that `keep_last` lets stay."""

    name = "best|last|step-N"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        is_step = value.startswith("step-") and value.removeprefix("step-").isdecimal()
        if value not in ("best", "last") and not is_step:
            self.fail(f'"{value}" is neither best nor last nor a step such as step-120.', param, ctx)
        return value


def checkpoint_option(command: F) -> F:
    """Give a command the option ``--checkpoint``."""
    return click.option("--checkpoint", type=_Checkpoint(), default="best", help="Which weights of the run.")(
        command
    )


def read_project(file: Path, settings: tuple[str, ...] = (), preset: str | None = None) -> Project:
    """Return the project in a file, with some settings changed.

    Args:
        file: The project's.
        settings: As ``--set`` takes them.
        preset: Published training settings that come first.

    Raises:
        ProjectError: It cannot be read.
        click.UsageError: A setting or a preset does not exist, or a setting cannot have this value.
    """
    from studio.project.files import read

    project = read(file)
    changed = with_settings(_with_preset(project, preset) if preset else project, settings)
    allow_typed(settings, changed.data.folder, file.parent)
    return changed


def allow_typed(settings: tuple[str, ...], folder: str, home: Path) -> None:
    """Let a data folder be read if it is one that somebody typed, and not free anyway.

    Args:
        settings: What was typed.
        folder: What came of it.
        home: The project file's folder.
    """
    from studio.project import grants

    if not any(setting.startswith("data.folder=") for setting in settings):
        return

    where = home / Path(folder).expanduser()
    if not grants.may_read(where, (home,)):
        grants.allow(where, keep=True)


def _with_preset(project: Project, preset: str) -> Project:
    from studio.errors import ProjectError
    from studio.project.presets import with_preset

    try:
        return with_preset(project, preset)
    except ProjectError as error:
        raise click.UsageError(f"--preset: {error.message}", click.get_current_context()) from error


def with_settings(project: Project, settings: tuple[str, ...]) -> Project:
    """Return a project with some settings changed.

    Raises:
        click.UsageError: A setting does not exist, or cannot have this value.
    """
    from studio.errors import StudioError
    from studio.project.overrides import apply

    try:
        return apply(project, settings)
    except StudioError as error:
        raise click.UsageError(f"--set {error.message}", click.get_current_context()) from error
