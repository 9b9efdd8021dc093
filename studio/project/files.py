"""Project files on disk: read one, write one, and where its runs are kept."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from studio.errors import ProjectError, nearest
from studio.project import format as document
from studio.project import strict_json
from studio.project.atomic import keep_copy, write_bytes
from studio.project.migrations import VERSION, version_of
from studio.project.project import Project
from studio.project.stamp import digest_of

SUFFIX = ".flow"
SHARED_SUFFIX = ".flowz"


def read(path: Path | str) -> Project:
    """Return the project in a file; it is named after the file.

    Raises:
        NewerFormatError: A later version of the program wrote it.
        ProjectError: There is no such file, it cannot be read, or it holds no sound project.
    """
    path = Path(path)
    if path.suffix.lower() == SHARED_SUFFIX:
        raise ProjectError(
            f'"{path.name}" is a shared project. Open it in the window, or unpack it with: studio unpack.'
        )
    data = _content(path)
    try:
        project = document.loads(data, path.stem)
        if is_absolute(project.data.folder):
            raise ProjectError(
                f'data.folder is "{project.data.folder}". A project must open on any machine, so the folder '
                'must be relative to the project file, such as "data".'
            )
    except ProjectError as error:
        raise type(error)(f'Could not open "{path.name}". {error.message}') from error
    return project


def write(project: Project, path: Path | str) -> str:
    """Write a project to a file, whole or not at all; the content from before is kept as ``.bak``.

    An absolute data folder is written relative to the file. A file of an older version is kept as
    ``.v<version>.bak`` as well, which later saves leave alone.

    Returns:
        SHA-256 of what was written, in hexadecimal digits.

    Raises:
        ProjectError: It could not be written, or would not be read back as it is.
    """
    path = Path(path)
    try:
        project = _portable(project, path)
        data = document.dumps(project).encode()
        if document.loads(data, project.name) != project:
            raise ProjectError("It holds a value that would be read back as another one.")
        _keep_older_version(path)
    except ProjectError as error:
        raise ProjectError(f'Could not save "{path.name}". {error.message}') from error
    write_bytes(path, data, backup=True)
    return digest_of(data)


def runs_folder(path: Path | str) -> Path:
    """Return the folder that keeps a project's runs: ``digits.flow`` → ``digits.runs``."""
    path = Path(path)
    stem = path.stem if path.suffix == SUFFIX else path.name
    return path.with_name(f"{stem}.runs")


def is_absolute(folder: str) -> bool:
    """Say whether a folder's name is absolute on any system, this one or another."""
    windows = PureWindowsPath(folder)
    return PurePosixPath(folder).is_absolute() or bool(windows.drive or windows.root)


def _content(path: Path) -> bytes:
    """Return a file's bytes, and no more of them than a project can have."""
    try:
        # Opening a pipe would wait for a writer, so look before.
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ProjectError(f'Could not open "{path}": it is a folder. Choose a project file in it.')
        if not stat.S_ISREG(mode):
            raise ProjectError(f'Could not open "{path}": it is not a file. Choose a project file.')
        with path.open("rb") as file:
            data = file.read(strict_json.MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ProjectError(f'There is no file "{path}"{_neighbour(path) or "."} Check the name.') from error
    except PermissionError as error:
        raise ProjectError(
            f'Could not open "{path}": you may not read it. Change its permissions.'
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectError(f'Could not open "{path}": {reason}.') from error
    return data


def _neighbour(path: Path) -> str:
    """Return a hint at a file of a similar name in the same folder."""
    try:
        names = sorted(other.name for other in path.parent.glob(f"*{SUFFIX}"))
    except OSError:
        return ""
    return nearest(path.name, names)


def _portable(project: Project, path: Path) -> Project:
    """Return the project with its data folder relative to the file it is written to."""
    if not is_absolute(project.data.folder):
        return project
    try:
        folder = Path(os.path.relpath(project.data.folder, path.absolute().parent)).as_posix()
    except ValueError as error:
        raise ProjectError(
            f'The data folder "{project.data.folder}" lies on another drive. Move the data, or save there.'
        ) from error
    data = project.data.model_copy(update={"folder": folder})
    return replace(project, data=data)


def _keep_older_version(path: Path) -> None:
    """Keep the file that is about to be replaced, if a program of an older version wrote it."""
    try:
        version = version_of(strict_json.parse(_content(path)))
    except ProjectError:
        return
    kept = path.with_name(f"{path.name}.v{version}.bak")
    if version >= VERSION or kept.exists():
        return
    try:
        keep_copy(path, kept)
    except OSError as error:
        raise ProjectError(
            f'The file of an older version could not be kept as "{kept.name}": {error.strerror}.'
        ) from error
