"""A promise in a process of its own: what it says line by line, and what became of it."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.torture.promises import find
from tests.torture.trials import Outcome, Promise, Trials, attempt_all

ROOT = Path(__file__).resolve().parents[2]
GRACE_S = 120.0
"""A try that has begun may end; after this it hangs."""
MARK = "@torture "
TELL_S = 0.5
PR_SET_PDEATHSIG = 1


@dataclass
class Result:
    """A promise's outcome, with what was wanted.

    Attributes:
        outcome: What came of it.
        says: The promise.
        wanted: Tries that were to be made.
        elapsed_s: Time it took.
    """

    outcome: Outcome
    says: str
    wanted: int
    elapsed_s: float


def child(name: str, tries: int, limit_s: float, seed: int, folder: Path) -> None:
    """Make the tries in this process, telling how far it is on standard output."""
    _die_with_parent()
    last_s = 0.0

    def tell(outcome: Outcome, now: bool = False) -> None:
        nonlocal last_s
        if now or time.monotonic() - last_s > TELL_S:
            last_s = time.monotonic()
            print(MARK + json.dumps(asdict(outcome)), flush=True)

    promise = find(name)
    trials = Trials(promise, tries, folder, limit_s, seed, tell)
    tell(attempt_all(promise, trials), now=True)
    print(f"{MARK}null", flush=True)


def run(promise: Promise, tries: int, limit_s: float, seed: int, folder: Path) -> Result:
    """Make the tries in a process that is killed when it hangs, and return what came of it."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.torture", "--child", promise.name, "--tries", str(tries)]
    command += ["--limit", str(limit_s), "--seed", str(seed), "--folder", str(folder)]
    started_s = time.monotonic()
    with (folder.parent / f"{promise.name}.log").open("w+b") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        timer = threading.Timer(limit_s + GRACE_S, _kill, (process,))
        timer.start()
        try:
            outcome, ended = _listen(promise, process)
        finally:
            timer.cancel()
            _kill(process)
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        if not ended:
            errors.seek(0)
            words = errors.read()[-2000:].decode(errors="replace").strip()
            outcome.fail(f"its process ended ({process.returncode}) before the tries did. {words}")
    shutil.rmtree(folder, ignore_errors=True)
    return Result(outcome, promise.says, tries, time.monotonic() - started_s)


def _listen(promise: Promise, process: subprocess.Popen[str]) -> tuple[Outcome, bool]:
    """Return the last that the process told, and whether it came to its end."""
    outcome, ended = Outcome(promise.name), False
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(MARK):
            told = json.loads(line.removeprefix(MARK))
            if told is None:
                ended = True
                break
            outcome = Outcome(**told)
    return outcome, ended


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()


def _die_with_parent() -> None:
    """Let the system end this process when the one that started it is killed; elsewhere it ends by itself."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of the person is read or written."""
    private = {
        name: str(folder / "home" / name.lower())
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    }
    settings = {"QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6", "PYQTGRAPH_QT_LIB": "PySide6"}
    return {**os.environ, **settings, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder), **private}
