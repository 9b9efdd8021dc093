"""File › Export…: opens the dialog with the runs whose weights can be taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.app.reading import Reading
from studio.app.workspace import Workspace
from studio.errors import StudioError
from studio.runs.store import RunStore

if TYPE_CHECKING:
    from studio.app.export_dialog import ExportDialog


class NetworkExport(QObject):
    """Exports the whole network of a window, whatever level is on show."""

    message = Signal(str)
    """A sentence for the status bar."""

    def __init__(self, space: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._space, self._window = space, window
        self._reading = Reading(self)
        self.dialog: ExportDialog | None = None

    def open(self) -> None:
        """Ask what is to be written, and where to."""
        from studio.app.export_dialog import ExportDialog

        document = self._space.document
        self._space.about_to_read.emit()
        folder = document.path.parent if document.path is not None else Path.home()
        project, store, home = document.project, RunStore(self._space.runs_folder), self._space.folder

        def show(runs: list[str]) -> None:
            self.dialog = ExportDialog(
                project, runs, store.folder, folder, self._space.link, self._window, home
            )
            self.dialog.written.connect(self.message)
            self.dialog.finished.connect(self.dialog.deleteLater)
            self.dialog.open()

        self._reading.start(lambda: _runs(store), show, self.message.emit)


def _runs(store: RunStore) -> list[str]:
    """Return the runs that have kept weights, the newest first; any thread may ask."""
    try:
        return [info.name for info in reversed(store.list_runs()) if _has_weights(store, info.name)]
    except StudioError:
        return []  # a folder that cannot be read offers no weights; the Runs tab says why


def _has_weights(store: RunStore, name: str) -> bool:
    try:
        store.run(name).checkpoint_path("best")
    except StudioError:
        return False
    return True
