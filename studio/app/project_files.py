"""New, Open, Save, Close: the open projects and the disk, with the person asked where it matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio.app.document import Document
from studio.app.locks import Locks
from studio.app.on_disk import OnDisk
from studio.app.settings import Settings
from studio.app.sheet import Sheet
from studio.app.tabs.unsaved import UnsavedDialog, ask_about
from studio.errors import ProjectError, StudioError
from studio.project.files import SHARED_SUFFIX, read, write
from studio.project.project import Project
from studio.project.stamp import Stamp, stamp_of
from studio.project.weights import bring_along, with_initial_weights

FILTER = "Flowgraph projects (*.flow)"
OPEN_FILTER = f"Flowgraph projects (*.flow *{SHARED_SUFFIX})"
SUFFIX = ".flow"


class ProjectFiles(QObject):
    """Opens, saves and closes projects; never loses what is not saved without asking.

    Args:
        document: Holds the open projects.
        settings: Keeps the recent files.
        window: Parent of the dialogs.
    """

    failed = Signal(str, str)
    """What was tried (``open``, ``save``), and why it did not work."""

    saved = Signal()

    not_written_over = Signal(object)
    """A `Sheet` that was not saved: another program has changed its file, and saving would undo that."""

    about_to_read = Signal()
    """The document is about to be saved or compared with its file: unfinished input is to be committed."""

    def __init__(self, document: Document, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._settings = settings
        self._window = window
        self.locks = Locks(document, self)
        self.on_disk = OnDisk(document, self)
        self.elsewhere: Callable[[Path], Callable[[], None] | None] = lambda _path: None
        """Finds the other window that has a file open, and returns what goes there."""

        self.shared: Callable[[Path], None] = lambda _path: None
        """Asks where a shared project is unpacked to, and opens it there."""

    def new(self, project: Project | None = None, shelter: Path | None = None) -> bool:
        """Start a project in a tab of its own: empty, from a template or imported.

        Args:
            project: What to start with.
            shelter: Where the weights of an imported one wait until it is saved. It counts as unsaved.

        Returns:
            True: nothing can keep it from being started.
        """
        self._document.open(project or Project(), None, saved=shelter is None, shelter=shelter)
        return True

    def open(self, path: Path | None = None) -> bool:
        """Open a file, asking which if none is given; False if that was cancelled or failed.

        A file that is open already is gone to as it is: what was not saved of it stays.
        """
        if path is None:
            name, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._folder(), OPEN_FILTER)
            if not name:
                return False
            path = Path(name)
        found = self._document.find(path.resolve())
        if found is not None:
            self._document.show(found)
            return True
        go_there = self.elsewhere(path.resolve())
        if go_there is not None:
            go_there()
            return True
        if path.suffix.lower() == SHARED_SUFFIX:
            self.shared(path)
            return False
        stamp = stamp_of(path)
        try:
            project = read(path)
        except StudioError as error:
            self.failed.emit("open", error.message)
            return False
        self._document.open(project, path.resolve())
        self.on_disk.note(self._document.sheet, stamp)
        self._settings.add_recent(path)
        return True

    def save(self) -> bool:
        """Save to the document's file, asking for one if it has none; False if it is not saved."""
        self.about_to_read.emit()
        if self._document.path is None:
            return self.save_as()
        return self._write(self._document.path)

    def save_all(self) -> bool:
        """Save every open project that has unsaved changes, and come back; False if one is not saved."""
        self.about_to_read.emit()
        here = self._document.sheet
        unsaved = [sheet for sheet in self._document.sheets if sheet.is_modified]
        if not all(self._save_sheet(sheet) for sheet in unsaved):
            return False
        self._document.show(here)
        return True

    def save_as(self) -> bool:
        """Ask for a file and save there; False if it is not saved."""
        self.about_to_read.emit()
        start = self._document.path or Path(self._folder()) / f"{self._document.name}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save project as", str(start), FILTER)
        if not name:
            return False
        path = Path(name)
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
            if path.exists() and not self._may_replace(path):
                return False
        return self._write(path)

    def open_copy(self) -> None:
        """Open what is on show once more, as a project without a file that can be changed."""
        sheet = self._document.sheet
        copy = replace(sheet.project, name=f"{sheet.name} copy")
        self._document.open(copy, None, saved=False, shelter=sheet.folder)

    def close(self, sheet: Sheet) -> bool:
        """Close an open project; False if the person kept it."""
        if not self.may_leave(sheet):
            return False
        self._document.close(sheet)
        return True

    def may_leave(self, sheet: Sheet | None = None) -> bool:
        """Ask what to do with unsaved changes, if there are any; False keeps the project open.

        Args:
            sheet: Which project; the one on show unless given. It is shown when there is a question.
        """
        self.about_to_read.emit()
        sheet = sheet or self._document.sheet
        if not sheet.is_modified:
            return True
        self._document.show(sheet)
        answer = ask_about(sheet, self._window)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def may_leave_all(self) -> bool:
        """Ask once what to do with the unsaved changes of all open projects; False keeps them open."""
        self.about_to_read.emit()
        unsaved = [sheet for sheet in self._document.sheets if sheet.is_modified]
        if len(unsaved) < 2:
            return self.may_leave(*unsaved)
        dialog = UnsavedDialog(unsaved, self._window)
        wanted = dialog.ask()
        dialog.deleteLater()
        return wanted is not None and all(self._save_sheet(sheet) for sheet in wanted)

    def _save_sheet(self, sheet: Sheet) -> bool:
        """Save an open project; it is shown, so that a question about it is understood."""
        self._document.show(sheet)
        return self.save()

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(
            self._window, "Replace file?", f"{path.name} is there already. Replace it by this project?"
        )
        return answer == QMessageBox.StandardButton.Yes

    def _write(self, path: Path) -> bool:
        whose = self._who_has(path.resolve())
        if whose:
            self.failed.emit(
                "save", f"{path.name} is open in another {whose}. Choose another name, or close it."
            )
            return False
        sheet = self._document.sheet
        if sheet.path == path.resolve() and self.on_disk.look_now(sheet):
            self.not_written_over.emit(sheet)
            return False
        try:
            with self.locks.saving(sheet, path.resolve()):
                self._bring_weights(path.absolute().parent)
                digest = write(self._document.project, path)
        except ProjectError as error:
            self.failed.emit("save", error.message)
            return False
        self._document.mark_saved(path.resolve())
        self.on_disk.note(sheet, Stamp(digest))
        self._settings.add_recent(path)
        self.saved.emit()
        return True

    def _who_has(self, path: Path) -> str:
        """Return what else has a file open, a tab or a window; empty if nothing does."""
        found = self._document.find(path)
        if found is not None:
            return "" if found is self._document.sheet else "tab"
        return "window" if self.elsewhere(path) is not None else ""

    def _bring_weights(self, folder: Path) -> None:
        """Copy the initial weights to where the project is saved, if they lie elsewhere.

        Raises:
            ProjectError: They cannot be copied.
        """
        document = self._document
        name = document.project.training.initial_weights
        if not name or document.folder is None:
            return
        found = bring_along(name, document.folder, folder, link=document.path is None)
        if found != name:
            document.edit_project("Rename initial weights", partial(with_initial_weights, name=found))

    def _folder(self) -> str:
        if self._document.path is not None:
            return str(self._document.path.parent)
        recent = self._settings.preferences.recent
        return str(Path(recent[0]).parent) if recent else str(Path.home())
