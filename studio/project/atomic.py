"""Writing a file so that a crash at any moment leaves the old one or the new one, whole.

`QSaveFile` and plain ``open`` were measured and found wanting: the first replaces a good file by a
truncated one when the disk is full, the second tears a file when the process is killed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from studio.errors import ProjectError

REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, or save to another place."),
    errno.EDQUOT: ("your share of the disk is used up", "Free some space, or save to another place."),
    errno.EFBIG: ("the file would be larger than this system allows", "Save to another place."),
    errno.EROFS: ("the disk is read-only", "Save to another place."),
    errno.EACCES: ("you may not write there", "Change its permissions, or save to another place."),
    errno.EPERM: ("you may not write there", "Change its permissions, or save to another place."),
    errno.EISDIR: ("there is a folder of that name", "Choose another name."),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "Choose a shorter name."),
    errno.EIO: ("the disk reports a fault", "Save to another disk, and check this one."),
}
"""What went wrong and what to do about it, by the system's error number."""


def write_bytes(path: Path, data: bytes, backup: bool = False) -> None:
    """Write a file, so that other processes and a crash see the old content or the new, never a mixture.

    A symbolic link stays, and the file it points to is written. The file keeps its mode. On failure
    the old content is untouched and no temporary file is left; only a killed process can leave one
    (``.studio-….tmp``).

    Args:
        path: Where to.
        data: All of the new content.
        backup: Keep the content from before beside it, as ``<name>.bak``.

    Raises:
        ProjectError: The file could not be written; the message says why.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode_of(target)
        with _temporary(target.parent, data, mode) as written:
            if backup and mode is not None:
                keep_copy(target, target.with_name(f"{target.name}.bak"))
            written.replace(target)
        _sync_folder(target.parent)
    except (OSError, ValueError) as error:
        raise ProjectError(_message(path, error)) from error


def keep_copy(path: Path, copy: Path) -> None:
    """Copy a file, whole or not at all.

    A hard link would be quicker, but would change with the file if another program wrote into it.

    Raises:
        OSError: The copy could not be made.
    """
    with _temporary(copy.parent, path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) as written:
        written.replace(copy)


def _mode_of(target: Path) -> int | None:
    """Return the permission bits of a file that may be replaced; None if there is no file.

    Raises:
        OSError: It is a folder or a device, or the person made it read-only.
    """
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file")
    # Renaming needs no right to the file itself, and would quietly replace one that was locked.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return stat.S_IMODE(status.st_mode)


@contextlib.contextmanager
def _temporary(folder: Path, data: bytes, mode: int | None) -> Iterator[Path]:
    """Yield a new file with the data, safe on the disk; remove it if it was not renamed meanwhile."""
    path = folder / f".studio-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if mode is not None:
            path.chmod(mode)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write until nothing is left: one call may take less than it was given, without an error."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    """Make a renaming in a folder last. Not every system lets a folder be opened; those need no sync."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network disks refuse to sync a folder. The file itself is safe.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _message(path: Path, error: OSError | ValueError) -> str:
    """Say what could not be saved, why, and what to do."""
    name = f'Could not save "{path.name}"'
    if isinstance(error, ValueError):
        return f"{name}: {error}. Choose another name."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f'{name}: the folder "{path.parent}" does not exist. Create it, or save to another place.'
    if error.errno == errno.ELOOP:
        return f"{name}: the link leads in a circle. Choose another name."
    reason, advice = REASONS.get(error.errno or 0, (error.strerror or str(error), "Save to another place."))
    return f'{name} in "{path.parent}": {reason}. Nothing was overwritten. {advice}'
