"""Where downloaded data lies: a folder, kept relative to the project where it lies beside it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from studio.app.document import Document
from studio.app.panels.number_edit import undo_belongs_to_design
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.errors import ProjectError
from studio.project import grants


class PathField(QLineEdit):
    """A line of text that leaves undo to the design while nothing was typed."""

    def event(self, event: QEvent) -> bool:
        """Leave undo to the design while nothing was typed."""
        return undo_belongs_to_design(event, self.isModified()) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Forget what was typed on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.undo()
            self.setModified(False)
            return
        super().keyPressEvent(event)


class FolderEdit(QWidget):
    """A field and a button for `DataConfig.folder`; empty means the user's cache, or the project's folder."""

    edited = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._folder = ""
        self.field = PathField(self)
        self.field.setObjectName("data.folder")
        self.field.setAccessibleName("Folder of downloaded data")
        self.field.setPlaceholderText("user cache")
        self.field.setToolTip("Where downloaded data lies; relative to the project file")
        self.field.setMaxLength(1000)
        self.field.editingFinished.connect(self.flush)
        choose = QPushButton("Choose…", self)
        choose.setObjectName("data.folder.choose")
        choose.setAccessibleName("Choose the folder of downloaded data")
        choose.setProperty("role", "small")
        choose.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        row.addWidget(label("folder", "argument", self))
        row.addWidget(self.field, 1)
        row.addWidget(choose)

    def show_kind(self, own_files: bool) -> None:
        """Say what an empty folder means: the cache of downloads, or the place of the person's own files."""
        self.field.setPlaceholderText("project" if own_files else "user cache")
        held = "the data set's files lie" if own_files else "downloaded data lies"
        self.field.setToolTip(f"Where {held}; relative to the project file")
        self.field.setAccessibleName("Folder of the files" if own_files else "Folder of downloaded data")

    def show_folder(self, folder: str) -> None:
        """Show a folder; one that is being typed stays unless the one behind it changed."""
        if folder != self._folder or not self.field.isModified():
            self._folder = folder
            self.field.setText(folder)
            self.field.setModified(False)

    def flush(self) -> None:
        """Announce what was typed."""
        if self.field.isModified():
            self.field.setModified(False)
            folder = self.field.text().strip()
            allow_chosen(Path(folder), self._document.folder)
            self.edited.emit(folder)

    def _choose(self) -> None:
        start = str(self._document.path.parent) if self._document.path else ""
        chosen = QFileDialog.getExistingDirectory(self, "Folder of downloaded data", start)
        if chosen:
            allow_chosen(Path(chosen), self._document.folder)
            self.edited.emit(beside(Path(chosen), self._document.path))


def allow_chosen(path: Path, home: Path | None) -> None:
    """Let projects read what the person typed or chose in a dialog, unless it is free anyway.

    Args:
        path: A file or a folder.
        home: The project file's folder, where a relative path starts.
    """
    home = home or Path()
    try:
        path = home / path.expanduser()
        if not grants.may_read(path, (home,)):
            grants.allow(path, keep=True)
    except (ProjectError, RuntimeError):
        # What cannot be kept is asked for again; a folder that is none is told by who reads it.
        return


def beside(folder: Path, project: Path | None) -> str:
    """Return a folder as the project keeps it: relative if it lies in the project's folder."""
    if project is not None and folder.is_relative_to(project.parent):
        return str(PurePosixPath(folder.relative_to(project.parent)))
    return str(folder)
