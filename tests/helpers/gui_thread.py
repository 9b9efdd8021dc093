"""Finds where the window reads or writes the store of runs on its own thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import studio
from studio.runs import carried, database
from studio.runs.reader import RunReader

_APP = Path(studio.__file__).parent / "app"

DOORS = (
    (database, "opened"),
    (carried, "read"),
    (RunReader, "project"),
    (RunReader, "checkpoint_path"),
)
"""What all that is read or written of runs goes through."""

ALLOWED = {
    "monitor.py stored": "any thread may call it, and tests do; the window calls it in a reading",
    "run_compare.py read_runs": "any thread may call it, and tests do; the window calls it in a reading",
}
"""By the outermost place in the window: why it may be called on this thread all the same."""


def places(frame: FrameType | None) -> list[str]:
    """Return where in `studio.app` a call comes from, innermost first, as ``module.py function``."""
    found = []
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_APP):
            found.append(f"{path.relative_to(_APP).as_posix()} {frame.f_code.co_name}")
        frame = frame.f_back
    return found


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield the places in the window that touched the store on its thread, as they come."""
    found: list[str] = []

    def noted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: object, **named: object) -> Any:
            if threading.current_thread() is threading.main_thread():
                way = places(sys._getframe(1))
                if way and way[-1] not in ALLOWED:
                    found.append(" < ".join(way))
            return real(*given, **named)

        return call

    with ExitStack() as stack:
        for owner, name in DOORS:
            stack.enter_context(patch.object(owner, name, noted(getattr(owner, name))))
        yield found
