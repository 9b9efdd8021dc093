"""A limit to how long code that somebody wrote may take to answer a question.

What counts is the time that its thread computes, so that a busy machine ends nothing that is sound; a code
that only waits has longer. An import under way is never ended: half of a module would stay behind. On the
main thread of a Unix process a signal ends the code, also while it sleeps. Elsewhere an exception is raised
in its thread between two of its instructions, which ends every loop of Python's own.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

LOOK_S = 0.1
"""How often the time is looked at; and how soon the code is told again if it went on."""

_IMPORTING = "<frozen importlib._bootstrap>"
"""What Python calls the file of its own import."""

WAITING = 6.0
"""How many times as long a code may take that waits for something."""


class OutOfTimeError(BaseException):
    """Time is up; no `Exception`, so that code which catches all of these does not catch it."""


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Return a context whose body is ended with `OutOfTimeError` when it computes longer than so."""
    is_main = threading.current_thread() is threading.main_thread()
    is_late = _watch(seconds)
    return _by_signal(is_late) if is_main and hasattr(signal, "setitimer") else _by_thread(is_late)


def _watch(seconds: float) -> Callable[[], bool]:
    """Return a function that says whether this thread has computed, or waited, for too long from now on."""
    computed = _clock()
    begun, computed_before = time.monotonic(), computed()
    return lambda: computed() - computed_before > seconds or time.monotonic() - begun > WAITING * seconds


def _clock() -> Callable[[], float]:
    """Return the clock that counts what this thread computes, to be read by any thread."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    clock = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(clock)


def _is_importing(frame: FrameType | None) -> bool:
    """Say whether a frame is part of an import."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False


@contextmanager
def _by_signal(is_late: Callable[[], bool]) -> Iterator[None]:
    armed = [True]

    def look(_number: int, frame: FrameType | None) -> None:
        if armed[0] and is_late() and not _is_importing(frame):
            raise OutOfTimeError

    handler = signal.signal(signal.SIGALRM, look)
    before = signal.setitimer(signal.ITIMER_REAL, LOOK_S, LOOK_S)
    try:
        yield
    finally:
        armed[0] = False
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, handler)


@contextmanager
def _by_thread(is_late: Callable[[], bool]) -> Iterator[None]:
    raising = ctypes.pythonapi.PyThreadState_SetAsyncExc
    own = threading.get_ident()
    thread = ctypes.c_ulong(own)
    lock, over = threading.Lock(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_S):
            with lock:
                if not over.is_set() and is_late() and not _is_importing(sys._current_frames().get(own)):
                    raising(thread, ctypes.py_object(OutOfTimeError))

    watcher = threading.Thread(target=watch, name="time-limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            over.set()
            raising(thread, None)  # what was not delivered yet is taken back
        watcher.join()
