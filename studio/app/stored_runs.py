"""Runs of the store on screen: read beside the window's thread, and drawn when they are there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app.monitor import Monitor, stored
from studio.app.plots.run_data import RunData
from studio.app.reading import Reading
from studio.runs.store import RunStore


class StoredRuns(QObject):
    """Shows runs that are not in memory. What is read for a project that is not on show any more is dropped.

    Args:
        monitor: Where they are shown.
        parent: The workspace.
    """

    message = Signal(str)
    """What was shown, or why a run could not be."""

    def __init__(self, monitor: Monitor, parent: QObject) -> None:
        super().__init__(parent)
        self._monitor = monitor
        self._reading, self._reading_behind, self._reading_past = Reading(self), Reading(self), Reading(self)

    def show(self, folder: Path, name: str) -> None:
        """Show the curves of a stored run, or again those of the one being trained."""
        monitor, store, runs = self._monitor, RunStore(folder), self._monitor.runs
        if name == monitor.live.name:
            self._reading.forget()
            monitor.show_live()
            return

        def take(run: RunData) -> None:
            if monitor.runs is runs:
                monitor.show_stored(run)

        self._reading.start(lambda: stored(store.run(name)), take, self.message.emit)

    def show_behind(self, folder: Path, names: list[str]) -> None:
        """Draw the curves of stored runs behind those of the run on show."""
        monitor, store, runs = self._monitor, RunStore(folder), self._monitor.runs

        def take(found: list[RunData]) -> None:
            if monitor.runs is runs:
                monitor.show_behind(found)
                self.message.emit(f"Behind the curves: {', '.join(names) or 'nothing'}.")

        self._reading_behind.start(
            lambda: [stored(store.run(name)) for name in names], take, self.message.emit
        )

    def bring_past(self, folder: Path, name: str) -> None:
        """Put the past of the run that was just resumed before what comes of it, as soon as it is read."""
        monitor, store, runs = self._monitor, RunStore(folder), self._monitor.fed

        def failed(words: str) -> None:
            monitor.join(runs, None)
            self.message.emit(words)

        monitor.await_past()
        self._reading_past.start(
            lambda: stored(store.run(name)), lambda past: monitor.join(runs, past), failed
        )
