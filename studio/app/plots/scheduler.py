"""Who repaints when: one plot a tick, in turn, and only what is on screen."""

from __future__ import annotations

from functools import cache
from typing import Protocol

import shiboken6
from PySide6.QtCore import QObject, QTimer

_TICK_MS = 33


class Refreshable(Protocol):
    """A widget that can redraw itself from its model."""

    def refresh(self) -> None:
        """Read the model and repaint."""

    def isVisible(self) -> bool:
        """Whether it is on screen."""


class RepaintScheduler(QObject):
    """Spreads the repainting of plots over frames, so that no frame pays for two of them.

    Widgets mark themselves when their model changed or when they become visible. At each tick the one
    that waits longest and is visible is refreshed; hidden ones keep their mark. Without marks no timer
    runs.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[int, Refreshable] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def is_active(self) -> bool:
        """Whether anything visible may be waiting."""
        return self._timer.isActive()

    def mark(self, widget: Refreshable) -> None:
        """Say that a widget is out of date; marking it again does not move it in the queue."""
        self._waiting.setdefault(id(widget), widget)
        if widget.isVisible() and not self._timer.isActive():
            self._timer.start()

    def tick(self) -> None:
        """Refresh the visible widget that waits longest."""
        for key, widget in list(self._waiting.items()):
            if not shiboken6.isValid(widget):
                del self._waiting[key]
            elif widget.isVisible():
                del self._waiting[key]
                widget.refresh()
                return
        self._timer.stop()


@cache
def repaint_scheduler() -> RepaintScheduler:
    """Return the program's scheduler: all plots of all windows share one frame."""
    return RepaintScheduler()
