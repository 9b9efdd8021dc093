"""Processes that are born to be killed: forked from one that has imported all they need, a few ms each.

    with Nursery("tests.torture.saving") as nursery:
        child = nursery.fork("tests.torture.saving:save_on", str(path))
        child.told()              # what it told first
        time.sleep(0.01)
        child.kill()
        rest = child.rest()       # what it told until it died

The called function gets `tell` before its arguments, and tells whole numbers, one or several at a time: what
it holds to be done, such as the file that it saved.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

MOST_WORDS = 1500
"""Of an error: a line this long comes through the pipe in one piece."""

Tell = Callable[..., None]
Told = tuple[int, ...]


class Child:
    """One process, as its parent sees it."""

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid = pid
        self.status: int | None = None
        self.error = ""
        """What it raised, if it did."""
        self._nursery = nursery

    def told(self) -> Told | None:
        """Wait for what it tells next; None when it is dead."""
        if self.status is not None:
            return None
        line = self._nursery.line()
        if line.startswith("T "):
            return tuple(map(int, line[2:].split()))
        if line.startswith("X "):
            self.error = json.loads(line[2:])
            line = self._nursery.line()
        self.status = int(line[2:])
        return None

    def kill(self) -> None:
        """Kill it, unless it is dead."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)

    def rest(self) -> list[Told]:
        """Return what it tells until it is dead."""
        found = []
        while self.status is None and (told := self.told()) is not None:
            found.append(told)
        return found

    def succeed(self) -> list[Told]:
        """Return what it tells until its function has come back; whatever that raises fails here.

        Raises:
            AssertionError: The function raised, or the process died.
        """
        found = self.rest()
        assert self.status == 0, self.error or f"its process ended with {self.status}"
        return found

    @property
    def was_killed(self) -> bool:
        """Whether it died of a kill, not of an error of its own."""
        return self.status == -signal.SIGKILL


class Nursery:
    """The process that forks them, one at a time.

    It must not start threads: they would be missing in what it forks.

    Args:
        calls: Modules to be imported beforehand, or ``module:function`` to be called as well.
    """

    def __init__(self, *calls: str) -> None:
        self._last: Child | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.nursery", *calls],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fork(self, call: str, *arguments: object, fuse: tuple[int, str] | None = None) -> Child:
        """Start a process.

        Args:
            call: ``module:function``.
            arguments: For it, as JSON has them.
            fuse: It kills itself at this line of Python, counted in files whose path holds this text.
        """
        self._see_off()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([call, arguments, fuse]) + "\n")
        self._process.stdin.flush()
        line = self.line()
        if not line.startswith("P "):  # its number would be somebody else's
            raise RuntimeError(f"The nursery is out of step: {line!r}")
        self._last = Child(int(line[2:]), self)
        return self._last

    def _see_off(self) -> None:
        """Kill the last one, if a try that failed has left it alone."""
        if self._last is not None:
            self._last.kill()
            self._last.rest()

    def line(self) -> str:
        """Return the next line of the process.

        Raises:
            EOFError: It ended.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise EOFError("The nursery ended.")
        return line

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._see_off()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


# In the nursery's own process ---------------------------------------------------------------------------


def _serve(calls: list[str]) -> None:
    """Fork a process for every line that comes in, and say how it ended."""
    for call in calls:
        _called(call)()
    dead = 0
    for line in sys.stdin:
        _bury(dead)
        call, arguments, fuse = json.loads(line)
        gate, opened = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(opened)
            os.read(gate, 1)  # until its number has been told
            _live(call, arguments, fuse)
        os.write(1, f"P {pid}\n".encode())
        os.close(gate)
        os.close(opened)
        status = _wait(pid)
        os.write(1, f"E {status}\n".encode())
        dead = pid


def _wait(pid: int) -> int:
    """Wait until a process is dead, and return how it ended.

    It is not taken off the system's list yet: until the next is forked its number is nobody else's, so that
    whoever kills it too late kills nothing.
    """
    found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert found is not None
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


def _bury(pid: int) -> None:
    if pid:
        os.waitpid(pid, 0)


def _called(call: str) -> Callable[..., object]:
    """Return a function by name; of a module alone, one that does nothing more than import it."""
    module, _, name = call.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else lambda: None


def _live(call: str, arguments: list[Any], fuse: tuple[int, str] | None) -> None:
    """Be the child."""
    code = 1
    try:
        function = _called(call)
        if fuse is not None:
            burn(*fuse)
        function(_tell, *arguments)
        code = 0
    except BaseException:
        words = traceback.format_exc(limit=-3)[-MOST_WORDS:]
        os.write(1, f"X {json.dumps(words)}\n".encode())
    finally:
        sys.stderr.flush()
        os._exit(code)


def _tell(*numbers: int) -> None:
    os.write(1, f"T {' '.join(str(int(number)) for number in numbers)}\n".encode())


def burn(lines: int, place: str) -> None:
    """Kill this process at a line of Python from now, counted in files whose path holds a text."""
    left = lines

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if place not in frame.f_code.co_filename:
            return None
        if event == "line":
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


if __name__ == "__main__":
    _serve(sys.argv[1:])
