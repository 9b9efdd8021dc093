"""File › Share…, and opening what was shared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.app.reading import Reading
from studio.errors import StudioError
from studio.runs.reader import RunInfo
from studio.runs.store import RunStore

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow
    from studio.app.sharing.share_dialog import ShareDialog
    from studio.app.sharing.unpack_dialog import UnpackDialog


class Sharing(QObject):
    """Opens the two dialogs of a window."""

    message = Signal(str)
    """A sentence for the status bar."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._reading = Reading(self)
        self.dialog: ShareDialog | UnpackDialog | None = None
        self.message.connect(window.status.say)
        window.files.shared = self.open

    def share(self) -> None:
        """Ask which run goes along, and where to."""
        from studio.app.sharing.share_dialog import ShareDialog

        window = self._window
        space, document = window.workspace, window.document
        space.about_to_read.emit()
        store, project, folder = RunStore(space.runs_folder), document.project, document.folder
        name = document.path.stem if document.path is not None else project.name

        def show(runs: list[RunInfo]) -> None:
            dialog = ShareDialog(replace(project, name=name), runs, store, folder, window)
            dialog.written.connect(self.message)
            self._show(dialog)

        self._reading.start(lambda: _runs(store), show, self.message.emit)

    def open(self, path: Path) -> None:
        """Show what a shared file holds, and ask where it is unpacked to."""
        from studio.app.sharing.unpack_dialog import UnpackDialog
        from studio.runs import unpacking

        try:
            contents = unpacking.look(path)
        except StudioError as error:
            self._window.files.failed.emit("open", error.message)
            return
        dialog = UnpackDialog(path, contents, self._window)
        dialog.unpacked.connect(self._window.files.open)
        self._show(dialog)

    def _show(self, dialog: ShareDialog | UnpackDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _runs(store: RunStore) -> list[RunInfo]:
    """Return the runs that can go along, the newest first; one that goes on cannot."""
    try:
        return [info for info in reversed(store.list_runs()) if not info.alive]
    except StudioError:
        return []  # the Runs tab says why
