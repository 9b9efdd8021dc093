"""File › Import…: opens the dialog, and keeps the weights until the project has a file to lie beside."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.app.workspace import Workspace
from studio.project.project import Project
from studio.project.recovery import Journal, recovery_folder

if TYPE_CHECKING:
    from studio.app.import_dialog import ImportDialog

KEPT_S = 30 * 24 * 3600.0
"""How long weights wait for a project that was not saved."""


class NetworkImport(QObject):
    """Imports networks into a window.

    Args:
        create: Makes a project with weights in a folder the one on screen; False if the person kept the old.
        space: Its engine does the work.
        window: Parent of the dialog.
    """

    def __init__(self, create: Callable[[Project, Path], bool], space: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._create, self._space, self._window = create, space, window
        self.dialog: ImportDialog | None = None

    def open(self) -> None:
        """Ask what is to be imported."""
        from studio.app.import_dialog import ImportDialog

        path = self._space.document.path
        folder = path.parent if path is not None else Path.home()
        home = Path(platformdirs.user_state_dir("flowgraph-studio", False)) / "imported"
        sweep(home)
        shelter = home / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
        self.dialog = ImportDialog(self._create, shelter, self._space.link, folder, self._window)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()


def sweep(home: Path) -> None:
    """Remove weights of projects that were not saved for long, unless they can be recovered yet.

    Args:
        home: Folder of the folders in which weights wait.
    """
    journal = Journal(recovery_folder())
    waiting = {unsaved.shelter for unsaved in journal.left_by(journal.sessions())}
    with contextlib.suppress(OSError):
        for shelter in home.iterdir():
            if time.time() - shelter.stat().st_mtime > KEPT_S and str(shelter) not in waiting:
                shutil.rmtree(shelter, ignore_errors=True)
