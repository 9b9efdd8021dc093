"""Project files that are dropped on a window from the desktop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent

from studio.project.files import SHARED_SUFFIX, SUFFIX

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


class FileDrops(QObject):
    """Opens what is dropped anywhere on a window that no panel takes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take project files, and leave the rest."""
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        assert isinstance(event, QDropEvent)
        paths = _projects(event)
        if not paths:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            for path in paths:
                self._window.open_path(path)
        return True


def _projects(event: QDropEvent) -> list[Path]:
    """Return the projects among the files that are dropped."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in (SUFFIX, SHARED_SUFFIX)]
