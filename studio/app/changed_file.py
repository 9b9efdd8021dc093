"""A project whose file another program has changed: the window says so, and the person decides what stays."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QEvent, QObject

from studio.app.banner import Banner
from studio.app.reading import Reading
from studio.app.sheet import Sheet
from studio.project.files import read
from studio.project.project import Project
from studio.project.stamp import Stamp, stamp_of

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


class ChangedFile(QObject):
    """Looks when the person comes to the window, and shows what was found of the project on show.

    Attributes:
        strip: Stands above the canvas until the person has decided.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._disk = window, window.files.on_disk
        self.strip = Banner(window)
        self.strip.setObjectName("banner.changed_file")
        self._refused: WeakSet[Sheet] = WeakSet()
        self._shown: object = None
        self._reading = Reading(self)
        self._disk.changed.connect(self.refresh)
        window.document.state_changed.connect(self.refresh)
        window.files.not_written_over.connect(self._refuse)
        window.installEventFilter(self)

    def refresh(self) -> None:
        """Show or hide the strip, whichever project is on show now."""
        sheet = self._window.document.sheet
        if not self._disk.is_changed(sheet):
            self._shown = None
            self._refused.discard(sheet)
            self.strip.hide()
            return
        shown = sheet, sheet.file_name, sheet.is_read_only, sheet.is_modified, sheet in self._refused
        if shown != self._shown or self.strip.isHidden():
            self._shown = shown
            self._show(sheet)

    def _show(self, sheet: Sheet) -> None:
        reload = "Reload", self._reload
        if sheet.is_read_only:
            self.strip.show_message(f"{sheet.file_name} was saved anew.", reload, stays=True)
            return
        save_as = "Save as…", self._window.files.save_as
        if sheet in self._refused:
            text = f"{sheet.file_name} was not saved: another program changed it."
            self.strip.show_message(
                text, ("Save over it", self._save_over), save_as, reload, role="bad", stays=True
            )
            return
        text = f"{sheet.file_name} was changed on disk by another program."
        if sheet.is_modified:
            text += " It has changes here, too, that were not saved."
        self.strip.show_message(text, reload, ("Keep mine", self._keep), save_as, stays=True)

    def _refuse(self, sheet: Sheet) -> None:
        """Say that a project was not saved, because that would have undone what another program wrote."""
        self._refused.add(sheet)
        self.refresh()

    def _keep(self) -> None:
        sheet = self._window.document.sheet
        self._disk.accept(sheet)
        self._window.document.mark_unsaved()
        self._window.status.say(f"{sheet.file_name} is kept as it is here. Saving replaces the file.")

    def _save_over(self) -> None:
        self._keep()
        self._window.files.save()

    def _reload(self) -> None:
        """Read the file in a thread; what it holds becomes one step that undo takes back."""
        sheet = self._window.document.sheet
        path = sheet.path
        if path is not None and not self._reading.is_busy:
            self._reading.start(
                lambda: (stamp_of(path), read(path)), partial(self._take, sheet), self._failed
            )

    def _take(self, sheet: Sheet, found: tuple[Stamp | None, Project]) -> None:
        stamp, project = found
        document = self._window.document
        if sheet is not document.sheet:
            return  # the strip is there again when the project is on show again
        project = replace(project, name=sheet.project.name)
        words = f"{sheet.file_name} is as it is on disk."
        if sheet.is_read_only:
            document.read_again(sheet, project)
        else:
            words += " Undo brings back what was here."
            self._window.inspector.flush()
            document.edit_project(f"Reload {sheet.file_name}", lambda _now: project)
            document.mark_as_saved()
        self._disk.note(sheet, stamp)
        self._window.status.say(words)

    def _failed(self, words: str) -> None:
        self._window.banner.show_message(words, role="bad")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look when the window comes to the front."""
        if event.type() == QEvent.Type.WindowActivate:
            self._disk.look()
        return False
