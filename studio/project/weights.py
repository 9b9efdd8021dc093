"""The file of weights that a project starts from: where it lies, what it holds, and how it comes along.

Names and shapes are read from the file's header alone, so that hundreds of megabytes can be judged while
the person types. safetensors holds numbers and nothing that runs.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pydantic import ValidationError
from safetensors import SafetensorError, safe_open

from studio.errors import GrantError, ProjectError
from studio.project import grants, sealed
from studio.project.atomic import keep_copy
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.project.wording import reason

ADVICE = "Put it there, choose other initial weights, or clear them to start from fresh ones."


def with_initial_weights(project: Project, name: str) -> Project:
    """Return a project that starts from another file of weights; an empty name starts from fresh ones.

    Raises:
        ValueError: It is no name that a project can keep; the message is the reason.
    """
    settings = project.training.model_dump() | {"initial_weights": name}
    try:
        training = TrainingConfig.model_validate(settings)
    except ValidationError as error:
        raise ValueError(reason(error.errors()[0], TrainingConfig)) from error
    return replace(project, training=training)


def weights_path(name: str, folder: Path | None) -> Path:
    """Return where a project's weights lie.

    Args:
        name: `TrainingConfig.initial_weights`.
        folder: The project file's folder; None is the working directory.

    Raises:
        ProjectError: It is a link to where nobody allowed to read.
    """
    home = folder or Path()
    try:
        return grants.regular_file(home / PurePosixPath(name), home)
    except GrantError as error:
        raise ProjectError(error.message) from error


def weight_shapes(name: str, folder: Path | None) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes in a project's file of weights; no number is read.

    Raises:
        ProjectError: It is missing, cannot be read, or is no sound safetensors file.
    """
    path = weights_path(name, folder)
    if not path.is_file():
        raise ProjectError(
            f'There is no file "{name}" of initial weights in "{path.absolute().parent}". {ADVICE}'
        )
    try:
        with safe_open(path, "np") as file:
            return {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError) as error:
        raise ProjectError(
            f'The initial weights "{name}" are no sound safetensors file: {error}. Make the file again, or '
            "clear the initial weights to start from fresh ones."
        ) from error
    except OSError as error:
        raise ProjectError(
            f'The initial weights "{name}" cannot be read: {error.strerror or error}.'
        ) from error


def refuse_damaged(name: str, folder: Path | None) -> None:
    """Raise if a project's file of weights is not as this program wrote it; other programs' have no checksum.

    Raises:
        ProjectError: Its checksum does not fit, or it cannot be read.
    """
    try:
        sealed.check_file(weights_path(name, folder))
    except ValueError as error:
        raise ProjectError(
            f'The initial weights "{name}" are damaged: {error}. Make the file again or take it from a copy, '
            "or clear the initial weights to start from fresh ones."
        ) from error
    except OSError as error:
        raise ProjectError(
            f'The initial weights "{name}" cannot be read: {error.strerror or error}.'
        ) from error


def bring_along(name: str, source: Path, target: Path, *, link: bool = False) -> str:
    """Copy a project's weights into the folder that the project moves to.

    A file of the same name that holds something else stays as it is: the copy gets a number then.

    Args:
        name: `TrainingConfig.initial_weights`.
        source: Folder where they lie now; if they are not there, nothing is copied.
        target: Folder that the project is saved to; if there is no such folder, nothing is copied.
        link: Let both names stand for one file where the disk can: at once, for a source soon to be removed.

    Returns:
        What they are called there.

    Raises:
        ProjectError: They cannot be copied.
    """
    here = weights_path(name, source)
    if not here.is_file() or not target.is_dir() or source.resolve() == target.resolve():
        return name
    return copy_as(here, name, target, link=link)


def copy_as(here: Path, name: str, target: Path, *, link: bool = False) -> str:
    """Copy a file of weights into a folder, under a name that takes nobody's place, and return that name.

    Args:
        here: The file.
        name: What it is to be called; with a number if another file is called so.
        target: The folder.
        link: Let both names stand for one file where the disk can.

    Raises:
        ProjectError: It cannot be copied.
    """
    for other in _names(name):
        there = weights_path(other, target)
        if not there.exists():
            _copy(here, there, link)
            return other
        if there.is_file() and filecmp.cmp(here, there, shallow=False):
            return other
    raise AssertionError("there is always another name")


def _copy(here: Path, there: Path, link: bool) -> None:
    try:
        there.parent.mkdir(parents=True, exist_ok=True)
        if link:
            with contextlib.suppress(OSError):
                os.link(here, there)
                return
        keep_copy(here, there)
    except OSError as error:
        raise ProjectError(
            f'The initial weights "{here.name}" could not be copied to "{there.parent}": '
            f"{error.strerror or error}. Free some space, or save to another place."
        ) from error


def _names(name: str) -> Iterator[str]:
    """Return a file's name, then the same with numbers."""
    yield name
    path = PurePosixPath(name)
    number = 2
    while True:
        yield str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
        number += 1
