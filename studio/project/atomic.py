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
import time
from collections.abc import Iterator
from pathlib import Path

from studio.errors import ProjectError

PREFIX, ENDING = ".studio-", ".tmp"
"""Of a temporary file, which lies where the file will be."""

OLD_S = 3600.0
"""A temporary file older than this is nobody's any more."""

CHUNK = 1 << 20

_swept: set[Path] = set()
"""Folders that were looked through for what killed processes left; once is enough."""

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
    **dict.fromkeys(
        [
            getattr(errno, name)
            for name in ("ESTALE", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ETIMEDOUT", "ENODEV", "ENXIO")
        ],
        ("the drive does not answer any more", "Connect it again, or save to another place."),
    ),
}
"""What went wrong and what to do about it, by the system's error number."""


class Output:
    """A new file that is being written: bytes go to its end, all of them or an error."""

    def __init__(self, path: Path, temporary: _Temporary) -> None:
        self._path = path
        self._temporary = temporary

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write some more.

        Raises:
            ProjectError: The disk refuses.
        """
        with _errors_named(self._path):
            return self._temporary.write(data)

    def flush(self) -> None:
        """Do nothing: what was written has left this process."""


def write_bytes(path: Path, data: bytes, backup: bool = False) -> None:
    """Write a file, so that other processes and a crash see the old content or the new, never a mixture.

    A symbolic link stays, and the file it points to is written. The file keeps its mode. On failure
    the old content is untouched and no temporary file is left; only a killed process can leave one
    (``.studio-….tmp``), which a later save into the folder removes.

    Args:
        path: Where to.
        data: All of the new content.
        backup: Keep the content from before beside it, as ``<name>.bak``.

    Raises:
        ProjectError: The file could not be written; the message says why.
    """
    with writing(path, backup) as output:
        output.write(data)


@contextlib.contextmanager
def writing(path: Path, backup: bool = False) -> Iterator[Output]:
    """Yield what takes the new content of a file, which is in its place once the block is left.

    As `write_bytes`, for content that comes in pieces: it is never whole in memory. An exception in the block
    throws it away.

    Args:
        path: Where to.
        backup: Keep the content from before beside it, as ``<name>.bak``.

    Raises:
        ProjectError: The file could not be written; the message says why.
    """
    with _errors_named(path):
        target = Path(os.path.realpath(path))
        mode = _mode_of(target)
        temporary = _Temporary(target.parent)
    with contextlib.closing(temporary):
        yield Output(path, temporary)
        with _errors_named(path):
            temporary.finish(mode)
            if backup and mode is not None:
                keep_copy(target, target.with_name(f"{target.name}.bak"))
            temporary.path.replace(target)
            _sync_folder(target.parent)
    if target.parent not in _swept:
        _swept.add(target.parent)
        sweep(target.parent, OLD_S)


def keep_copy(path: Path, copy: Path) -> None:
    """Copy a file, whole or not at all.

    A hard link would be quicker, but would change with the file if another program wrote into it.

    Raises:
        OSError: The copy could not be made.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    with path.open("rb") as source, contextlib.closing(_Temporary(copy.parent)) as temporary:
        while piece := source.read(CHUNK):
            temporary.write(piece)
        temporary.finish(mode)
        temporary.path.replace(copy)


def sweep(folder: Path, older_than_s: float) -> None:
    """Remove temporary files that killed processes left in a folder.

    Args:
        folder: Where.
        older_than_s: Younger ones may be somebody's who is writing just now.
    """
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{PREFIX}*{ENDING}"):
            if time.time() - path.lstat().st_mtime > older_than_s:
                path.unlink()


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
        number = errno.EROFS if _is_read_only(target) else errno.EACCES
        raise OSError(number, os.strerror(number))
    return stat.S_IMODE(status.st_mode)


def _is_read_only(target: Path) -> bool:
    """Say whether the whole disk is, as far as this system tells."""
    return hasattr(os, "statvfs") and bool(os.statvfs(target).f_flag & os.ST_RDONLY)


class _Temporary:
    """A new file in a folder, which is gone when it is closed unless it was renamed.

    Raises:
        OSError: From all that it does.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{PREFIX}{secrets.token_hex(8)}{ENDING}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._descriptor: int | None = os.open(self.path, flags, 0o666)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write until nothing is left: one call of the system may take less than it was given."""
        assert self._descriptor is not None
        rest = memoryview(data).cast("B")
        size = len(rest)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        return size

    def finish(self, mode: int | None) -> None:
        """Have all of it on the disk, with these permission bits."""
        assert self._descriptor is not None
        os.fsync(self._descriptor)
        self._let_go()
        if mode is not None:
            self.path.chmod(mode)

    def close(self) -> None:
        """Throw it away, unless it has another name by now."""
        with contextlib.suppress(OSError):  # a disk that is gone takes it along
            self._let_go()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make a renaming in a folder last. Not every system lets a folder be opened; those need no sync."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # one may write into some folders and not look into them
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network disks refuse to sync a folder. The file itself is safe.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    """Turn what the system says into words about the file that was to be written."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise ProjectError(_message(path, error)) from error


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
