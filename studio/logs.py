"""The log of each process of the program, and what is left of one that crashed in native code.

Window, engine and command line each have a file in the user's state folder, which is begun anew when it is
full. Nothing is opened before something is to be logged.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias

Part: TypeAlias = Literal["window", "engine", "command-line"]
"""Which process of the program logs."""

MAX_BYTES, NUM_OLD = 1_000_000, 3
"""A log is at most so large, and so many older ones are kept."""

FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
KEPT_REPORTS = 5
CRASH, REPORT = ".crash", ".txt"


def log_folder() -> Path:
    """Return where this user's logs lie."""
    import platformdirs

    return platformdirs.user_log_path("flowgraph-studio", appauthor=False)


def log_file(part: Part) -> Path:
    """Return the newest log of a part of the program."""
    return log_folder() / f"{part}.log"


def log_files() -> list[Path]:
    """Return all logs there are, with older ones and reports of crashes, the newest first."""
    try:
        found = [path for path in log_folder().iterdir() if path.suffix in (".log", REPORT) or _is_old(path)]
        return sorted(found, key=lambda path: -path.stat().st_mtime)
    except OSError:
        return []


def _is_old(path: Path) -> bool:
    return path.suffix[1:].isdecimal() and ".log." in path.name


class _Log(logging.Handler):
    """Writes to a rotating file that is opened by the first record; several processes may share it."""

    def __init__(self, part: Part, level: int) -> None:
        super().__init__(level)
        self._part: Part = part
        self._file: logging.FileHandler | None = None
        self._broken = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; where that cannot be, the program goes on without a log."""
        if self._broken:
            return
        try:
            if self._file is None or not self._is_same():
                self._open()
            if self._file is not None:
                self._file.emit(record)
        except OSError:
            self._broken = True

    def _open(self) -> None:
        from logging.handlers import RotatingFileHandler

        path = log_file(self._part)
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._file is not None:
            self._file.close()
        self._file = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=NUM_OLD, encoding="utf-8", errors="backslashreplace"
        )
        self._file.setFormatter(logging.Formatter(FORMAT))
        self._file.handleError = self._fail  # type: ignore[method-assign]

    def _is_same(self) -> bool:
        """Say whether the open file is still the log: another process may have begun it anew."""
        stream = self._file.stream if self._file is not None else None
        try:
            return stream is not None and os.path.samestat(
                os.fstat(stream.fileno()), log_file(self._part).stat()
            )
        except OSError:
            return False

    def _fail(self, record: logging.LogRecord) -> None:
        self._broken = True  # a full disk; complaining on a terminal would help nobody

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


_begun: _Log | None = None
_crash_file: IO[str] | None = None


def begin(part: Part, level: int = logging.INFO) -> None:
    """Let everything that this process logs go into its file, from a level on."""
    global _begun
    end()
    _begun = _Log(part, level)
    root = logging.getLogger()
    root.addHandler(_begun)
    logging.getLogger("studio").setLevel(level)


def end() -> None:
    """Close the log."""
    global _begun
    if _begun is not None:
        logging.getLogger().removeHandler(_begun)
        _begun.close()
        _begun = None


def about() -> str:
    """Return program, Python and system in one line."""
    from studio import __version__

    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"Flowgraph Studio {__version__}, Python {platform.python_version()}, {system}"


# Crashes in native code --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Crash:
    """What is left of a process that crashed in native code.

    Attributes:
        part: Which process it was.
        when: In seconds since 1970.
        text: Where each of its threads was.
        path: The report.
    """

    part: str
    when: float
    text: str
    path: Path


def crash_file(part: Part, pid: int) -> Path:
    """Return where a process writes what it did when it crashed."""
    return log_folder() / f"{part}-{pid}{CRASH}"


def watch_crashes(part: Part) -> None:
    """Have a crash of this process in native code written to a file, by C code that needs no interpreter."""
    global _crash_file
    path = crash_file(part, os.getpid())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _crash_file = path.open("w", encoding="utf-8")
    except OSError:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # there may be no standard error
            faulthandler.enable()
        return
    faulthandler.enable(_crash_file)


def unwatch_crashes() -> None:
    """Remove the empty file: this process is ending in order."""
    global _crash_file
    if _crash_file is not None:
        faulthandler.disable()
        path = Path(_crash_file.name)
        _crash_file.close()
        _crash_file = None
        path.unlink(missing_ok=True)


def take_crash(part: Part, pid: int) -> str:
    """Return what a process that ended wrote while it crashed, and keep that as a report; often empty."""
    crash = _kept(crash_file(part, pid))
    return crash.text if crash is not None else ""


def take_crashes() -> list[Crash]:
    """Return the crashes that nobody was told about yet, the newest first; each is kept as a report."""
    try:
        left = [path for path in log_folder().iterdir() if path.suffix == CRASH]
    except OSError:
        return []
    found = [crash for path in left if (crash := _kept(path)) is not None]
    return sorted(found, key=lambda crash: -crash.when)


def _kept(path: Path) -> Crash | None:
    """Turn what a process left into a report; None if it is empty, which is removed once nobody writes."""
    try:
        text, when = path.read_text("utf-8", "replace"), path.stat().st_mtime
        part, _, pid = path.stem.rpartition("-")
        if not text.strip():
            if not _runs(pid):
                path.unlink(missing_ok=True)
            return None
        report = path.with_name(
            f"{part}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(when))}-{pid}{REPORT}"
        )
        text = f"{about()}\nThe {part} crashed at {time.ctime(when)}.\n\n{text}"
        report.write_text(text, encoding="utf-8")
        path.unlink(missing_ok=True)
        _forget_old(report.parent)
    except OSError:
        return None
    return Crash(part, when, text, report)


def _forget_old(folder: Path) -> None:
    reports = sorted(folder.glob(f"*{REPORT}"), key=lambda path: path.stat().st_mtime)
    for path in reports[:-KEPT_REPORTS]:
        with contextlib.suppress(OSError):
            path.unlink()


def _runs(pid: str) -> bool:
    """Say whether there is a process of that number; where that cannot be asked, that there is."""
    if sys.platform == "win32" or not pid.isdecimal():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
