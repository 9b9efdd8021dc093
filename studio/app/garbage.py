"""Garbage collection on the GUI thread only.

Python collects cycles on whichever thread happens to allocate. If that is the thread that reads the
engine's link, Qt objects are destroyed off the GUI thread, and the program crashes some time later.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class GarbageCollector(QObject):
    """Turns Python's automatic collection off and collects on a timer of the thread it lives in.

    What exists when it starts is taken for permanent and never looked at again, so that a collection
    stays short beside a frame.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.collect()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start()

    def stop(self) -> None:
        """Give collection back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()


def collect_if_due() -> None:
    """Collect each generation that Python itself would collect by now."""
    for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
        if count > threshold > 0:
            gc.collect(generation)
