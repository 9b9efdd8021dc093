"""How much of everything a process has: for what must not grow."""

from __future__ import annotations

import gc
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Amounts:
    """What there is at one moment.

    Attributes:
        qobjects: Qt objects below the windows, and the windows.
        objects: Python objects that the collector knows.
        files: File descriptors.
        threads: Of Python and of native code.
        memory: Resident bytes.
    """

    qobjects: int
    objects: int
    files: int
    threads: int
    memory: int


def amounts() -> Amounts:
    """Count, once nothing is waiting to be thrown away."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    tops = QApplication.topLevelWidgets()
    app = QApplication.instance()
    assert app is not None
    found = {id(widget) for widget in tops}
    qobjects = sum(
        1 + len(top.findChildren(QObject))
        for top in tops
        if id(top.parent()) not in found and top.parent() is None
    )
    return Amounts(
        qobjects + len(app.findChildren(QObject)),
        len(gc.get_objects()),
        _num_entries("/proc/self/fd"),
        _num_entries("/proc/self/task") or threading.active_count(),
        resident(os.getpid()),
    )


def resident(pid: int) -> int:
    """Return the resident bytes of a process; 0 where that cannot be asked."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _num_entries(folder: str) -> int:
    try:
        return len(os.listdir(folder))  # noqa: PTH208 - not a path on every system
    except OSError:
        return 0
