"""Which folders outside its own a project may read: those that the person allowed, kept for each user.

A project file comes from anywhere, so what it names is no reason to read it. Free are the project's own
folder and the program's folder for downloaded data sets. Everything else is asked for once: what is
allowed is kept in the user's settings, never in a project. Links are followed before anything is compared.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import platformdirs

from studio.errors import GrantError, ProjectError
from studio.project import atomic

FILE = "allowed-folders.json"
MOST = 1_000
_MOST_BYTES = 2**20

_for_now: set[str] = set()
"""Folders that are allowed until this process ends."""

_from_files: set[str] = set()
"""Folders that a file named in full: they are not the person's word."""


def settings_file() -> Path:
    """Return the file that keeps the folders."""
    return platformdirs.user_config_path("flowgraph-studio", appauthor=False) / FILE


def allowed() -> tuple[str, ...]:
    """Return the folders that are kept as allowed, in the order in which they came."""
    path = settings_file()
    try:
        facts = path.stat()
    except OSError:
        return ()
    return _kept(path, facts.st_mtime_ns, facts.st_size, facts.st_ino)


def allow(folder: Path | str, *, keep: bool = False) -> None:
    """Let projects read a folder and all that is in it.

    Args:
        folder: The folder; a file stands for the one it lies in.
        keep: From now on; else until this process ends.

    Raises:
        ProjectError: It cannot be kept.
    """
    real = os.path.realpath(Path(folder).expanduser())
    real = _folder_of(real)
    if keep and real not in allowed():
        _write((*allowed(), real))
    if not keep:
        _for_now.add(real)


def forbid(folder: str) -> None:
    """Take back that a folder is allowed.

    Raises:
        ProjectError: It cannot be kept.
    """
    _for_now.discard(folder)
    _write(tuple(kept for kept in allowed() if kept != folder))


def allow_own(folder: str) -> None:
    """Let a folder be read until this process ends because a person's own code names it in full."""
    if Path(folder).is_absolute() and folder not in _from_files:
        allow(folder)


def came_from_file(folder: str) -> None:
    """Keep in mind that a file named a folder in full, which no person did."""
    if Path(folder).is_absolute() and not _is_inside(os.path.realpath(folder), (*_for_now, *allowed())):
        _from_files.add(folder)


def data_cache() -> Path:
    """Return the folder where the program keeps data sets that were downloaded. It is the person's own."""
    return platformdirs.user_cache_path("flowgraph-studio", appauthor=False) / "data"


def may_read(path: Path, homes: Iterable[Path]) -> bool:
    """Say whether a path lies, links followed, in one of some folders or in one that is allowed.

    What lies in the folder of downloaded data sets may be a link to anywhere: no project put it there.
    """
    try:
        if _is_inside(_written_out(path), (_written_out(data_cache()),)):
            return True
        real = os.path.realpath(path)
        roots = [os.path.realpath(home) for home in homes]
    except (OSError, ValueError):
        return False
    return _is_inside(real, roots) or _is_inside(real, (*_for_now, *allowed()))


def lies_in(path: Path, home: Path) -> bool:
    """Say whether a path lies, links followed, in a folder, whatever is allowed."""
    return _is_inside(os.path.realpath(path), (os.path.realpath(home),))


def refuse_outside(path: Path, homes: Iterable[Path], what: str) -> None:
    """Raise for a path that leads out of some folders to where nobody allowed to read.

    Args:
        path: A file or a folder; it need not be there.
        homes: Where it may lie.
        what: Names it, at the beginning of a sentence.

    Raises:
        GrantError: It does.
    """
    if may_read(path, homes):
        return
    try:
        real = os.path.realpath(path)
    except (OSError, ValueError) as error:
        raise GrantError(f"{what} cannot be a path: {error}.", folder="", argument="folder") from error
    folder = _folder_of(real)
    raise GrantError(
        f'{what} leads out of the project\'s folder, to "{real}", and is not read before you allow it. If you'
        f' trust this project with "{folder}", allow that folder: in the window when it asks, or with '
        f'--allow "{folder}" on the command line, or allow= in Python.',
        folder=folder,
        argument="folder",
    )


def regular_file(path: Path, home: Path) -> Path:
    """Return the path of a data file that may be read: it stays in its folder, and is no pipe.

    A file that is not there is the reader's to miss.

    Raises:
        GrantError: It leads elsewhere.
    """
    refuse_outside(path, (home,), f'"{path.name}"')
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return path
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise GrantError(
            f'"{path.name}" is no file but a pipe or a device. Choose a file.', folder="", argument="file"
        )
    return path


def _folder_of(real: str) -> str:
    """Return the folder that a file lies in; a folder itself."""
    return str(Path(real).parent) if Path(real).is_file() else real


def _written_out(path: Path) -> str:
    """Return a path from the root without ``..``, links not followed."""
    return os.path.normpath(path.absolute())


def _is_inside(real: str, roots: Iterable[str]) -> bool:
    return any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in roots)


@lru_cache(maxsize=1)
def _kept(path: Path, changed: int, size: int, inode: int) -> tuple[str, ...]:
    """Return what a file of folders says; one that is damaged allows nothing."""
    try:
        found = json.loads(path.read_bytes()) if size <= _MOST_BYTES else []
    except (OSError, ValueError, RecursionError):
        return ()
    names = found if isinstance(found, list) else []
    return tuple(name for name in names if isinstance(name, str) and Path(name).is_absolute())[:MOST]


def _write(folders: tuple[str, ...]) -> None:
    path = settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(f'The folder "{path.parent}" cannot be made: {error.strerror}.') from error
    atomic.write_bytes(path, json.dumps(list(folders[-MOST:]), indent=2).encode())
