"""One writer per project: a small file beside it says who has it open, and keeps others from writing.

`digits.flow` is held by whoever holds the system's lock on `.digits.flow.lock`. The system lets go of that
when the process ends, however it ends, so a crash leaves a file but no lock, and nobody asks whether a
number is still the same process. Other computers may not see the system's lock on a network drive; for
them the holder touches the file every so often, and one that is quiet for a while may be taken over from.

Qt's QLockFile was tried: it knows neither user nor time, and a holder that was taken over from removes
the file of the one who has it then.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import platform
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from studio.errors import ProjectError

BEAT_S = 20.0
"""How often a holder shows that it is still there."""

QUIET_S = 3 * BEAT_S + 5.0
"""A holder on another computer that did not show itself for so long is taken for gone."""

FORMAT = "flowgraph-studio-lock"
MOST_BYTES = 4096
UNSUPPORTED = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL})
TRIES = 20
GRABS, GRAB_AGAIN_S = 3, 0.02
BYTE = 1 << 30
"""Which byte of the file Windows locks: one beyond the end, as a locked one cannot be read."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a project open.

    Attributes:
        user: Login name; empty if it is not known.
        host: Name of the computer; empty if it is not known.
        pid: Process id there.
        since: When it was opened, in seconds since 1970; 0 if it is not known.
        gone: The process has ended without letting go, on this computer.
    """

    user: str = ""
    host: str = ""
    pid: int = 0
    since: float = 0.0
    gone: bool = False

    @property
    def is_here(self) -> bool:
        """Whether it is this very process."""
        return self.pid == os.getpid() and self.is_on_this_computer

    @property
    def is_on_this_computer(self) -> bool:
        """Whether it runs on this computer."""
        return self.host == this_host()


class HeldError(ProjectError):
    """A project that somebody else has open.

    Attributes:
        holder: Who that is.
    """

    def __init__(self, path: Path, holder: Holder) -> None:
        super().__init__(f"“{path.name}” cannot be changed: {words(holder)} has it open.")
        self.holder = holder


class ProjectLock:
    """The right to write to a project; made by `take`.

    Attributes:
        path: The project's file.
    """

    def __init__(self, path: Path, descriptor: int, token: str) -> None:
        self.path = path
        self._descriptor, self._token = descriptor, token
        self._changing = threading.Lock()  # it is beaten on one thread, and let go of on another

    def beat(self) -> bool:
        """Show that the holder is still there; False if the project was taken over by another."""
        with self._changing:
            return self._descriptor < 0 or self._beat(lock_file(self.path))

    def _beat(self, file: Path) -> bool:
        try:
            os.utime(file)
        except FileNotFoundError:
            return self._take_again()
        except OSError:
            return True  # the drive is away; nobody else can have taken it there as far as one knows
        found = _read(file).get("token")
        return found == self._token or (found is None and _is_same(self._descriptor, file))

    def release(self) -> None:
        """Let go, and remove the file if it is still ours."""
        with self._changing:
            descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        file = lock_file(self.path)
        with contextlib.suppress(OSError):
            if _read(file).get("token") == self._token and _is_same(descriptor, file):
                if sys.platform == "win32":  # which removes no open file
                    os.close(descriptor)
                    descriptor = -1
                file.unlink()
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _take_again(self) -> bool:
        """Make the file anew that somebody removed; False if another one has it by now."""
        try:
            fresh = _take(self.path, over=False)
        except HeldError:
            return False
        if fresh is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor, self._token = fresh._descriptor, fresh._token
        return True


def lock_file(path: Path) -> Path:
    """Return the file that says who has a project open."""
    return path.with_name(f".{path.name}.lock")


def this_host() -> str:
    """Return the name of this computer."""
    return platform.node()


def take(path: Path, *, over: bool = False) -> ProjectLock | None:
    """Take the right to write to a project; what a crash left behind is no hindrance.

    Args:
        path: The project's file, resolved.
        over: Take it from a holder on another computer, who is believed to be gone.

    Returns:
        None where no lock can be made: in a read-only folder nobody can write to the project anyway.

    Raises:
        HeldError: Somebody else has it.
    """
    return _take(path, over=over)


def holder_of(path: Path) -> Holder | None:
    """Return who has a project open: another window, process or computer; None if nobody has."""
    file = lock_file(path)
    try:
        descriptor = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    except OSError:
        return _holder(_read(file))
    try:
        found = _holder(_read(file))
        free = _is_free(descriptor, file)
        if not found.host:
            return None if free else found
        return replace(found, gone=free) if found.is_on_this_computer else found
    finally:
        os.close(descriptor)


def seen(path: Path) -> float | None:
    """Return the mark that a living holder moves every `BEAT_S`; None if there is no holder's file."""
    try:
        return lock_file(path).stat().st_mtime
    except OSError:
        return None


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold a project while it is written, as the command line does.

    Raises:
        HeldError: Somebody else has it.
    """
    held = take(path.resolve())
    try:
        yield
    finally:
        if held is not None:
            held.release()


def words(holder: Holder) -> str:
    """Return who that is: “ada on turing”, “another window of this program”."""
    if holder.is_here:
        return "another window of this program"
    if holder.is_on_this_computer:
        return f"{holder.user or 'another program'} on this computer"
    if not holder.host:
        return "another program"
    return f"{holder.user or 'somebody'} on {holder.host}"


def _take(path: Path, *, over: bool) -> ProjectLock | None:
    file = lock_file(path)
    for _ in range(TRIES):
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM) and file.exists():
                raise HeldError(path, _holder(_read(file))) from error
            return None
        try:
            if (held := _occupy(path, descriptor, over)) is not None:
                return held
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder removed it just now: another try with a new one
    raise HeldError(path, Holder())  # it goes from hand to hand, and never into ours


def _occupy(path: Path, descriptor: int, over: bool) -> ProjectLock | None:
    """Become the holder by the file that was opened; None if it is not the project's any more.

    Raises:
        HeldError: Somebody else has it.
    """
    file = lock_file(path)
    free = _is_free(descriptor, file, GRABS)
    holder = _holder(_read(file))
    if not free:
        raise HeldError(path, holder)
    if not _is_same(descriptor, file):
        return None
    if holder.host and not holder.is_on_this_computer and not over:
        raise HeldError(path, holder)
    token = secrets.token_hex(8)
    about = {
        "format": FORMAT,
        "user": _user(),
        "host": this_host(),
        "pid": os.getpid(),
        "since": time.time(),
        "token": token,
    }
    data = json.dumps(about).encode()
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, data)
    os.ftruncate(descriptor, len(data))
    return ProjectLock(path, descriptor, token)


def _is_free(descriptor: int, file: Path, tries: int = 1) -> bool:
    """Say whether nobody on this computer holds a file; the system's lock on it is ours then.

    Whoever only asks who has it holds it for a moment, so one may try more than once.
    """
    for left in reversed(range(tries)):
        free = _grab(descriptor)
        if free is None:  # this drive knows no locks: what is left is to ask for the process
            holder = _holder(_read(file))
            return not (holder.is_on_this_computer and _runs(holder.pid))
        if free or not left:
            return free
        time.sleep(GRAB_AGAIN_S)
    return False


def _grab(descriptor: int) -> bool | None:
    """Take the system's lock on an open file; False if another has it, None if there is no such thing."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return None if sys.platform != "win32" and error.errno in UNSUPPORTED else False
    return True


def _is_same(descriptor: int, file: Path) -> bool:
    """Say whether an open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False


def _runs(pid: int) -> bool:
    """Say whether there is a process of that number on this computer."""
    if pid <= 0 or sys.platform == "win32":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(file: Path) -> dict[str, object]:
    """Return what a holder wrote; empty if it is not readable, or not there."""
    try:
        with file.open("rb") as stream:
            found = json.loads(stream.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("format") == FORMAT else {}


def _holder(found: dict[str, object]) -> Holder:
    """Return who wrote it, whatever else may stand there."""
    user, host, pid, since = (found.get(key) for key in ("user", "host", "pid", "since"))
    return Holder(
        _line(user),
        _line(host),
        pid if type(pid) is int else 0,
        float(since) if type(since) in (int, float) and 0 <= since < 1e11 else 0.0,  # type: ignore[arg-type, operator]
    )


def _line(text: object) -> str:
    """Return a name that can be shown: others may have written it."""
    return "".join(c for c in text[:60] if c.isprintable()) if isinstance(text, str) else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
