"""Whether the files of the open projects are still as this window read or wrote them.

Drives may be slow or gone, so all that is asked of them without a wish of the person is asked in a thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import QObject, Signal

from studio.app.document import Document
from studio.app.reading import Reading
from studio.app.sheet import Sheet
from studio.project.stamp import Stamp, stamp_of

_Known: TypeAlias = tuple[Path, Stamp | None]
"""Whose file, and how it was; no stamp where that was not asked yet."""


class OnDisk(QObject):
    """Knows of each open project how its file was, and looks whether another program has changed it.

    A file that is gone, or on a drive that does not answer, is not changed: a save writes it again.

    Args:
        document: Holds the open projects.
    """

    changed = Signal()
    """Of some project it is known now that its file was changed, or that it was not."""

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._known: WeakKeyDictionary[Sheet, _Known] = WeakKeyDictionary()
        self._found: WeakKeyDictionary[Sheet, Stamp] = WeakKeyDictionary()
        self._reading = Reading(self)
        self._again = False
        document.sheets_changed.connect(self.look)

    @property
    def is_looking(self) -> bool:
        """Whether a thread is asking."""
        return self._reading.is_busy

    def is_changed(self, sheet: Sheet) -> bool:
        """Say whether another program has changed the file of a project, as far as was looked."""
        return sheet in self._found

    def note(self, sheet: Sheet, stamp: Stamp | None) -> None:
        """Take note that a project is as its file: just read, or just written.

        Args:
            sheet: The project.
            stamp: Its file as it was then; None: it is asked for soon.
        """
        if sheet.path is not None:
            self._known[sheet] = sheet.path, stamp
        self._forget(sheet)

    def accept(self, sheet: Sheet) -> None:
        """Let what was found be what is known: the person wants to keep what is on screen."""
        found = self._found.get(sheet)
        if found is not None:
            self.note(sheet, found)

    def look(self) -> None:
        """Look at all files, in a thread; asked while it looks, it looks once more."""
        if self._reading.is_busy:
            self._again = True
            return
        self._again = False
        asked: list[tuple[ref[Sheet], _Known]] = []  # a look must not keep a project that is closed meanwhile
        for sheet in self._document.sheets:
            if sheet.path is not None:
                known = self._known.get(sheet)
                if known is None or known[0] != sheet.path:
                    known = self._known[sheet] = sheet.path, None
                asked.append((ref(sheet), known))
        if asked:
            files = [known for _sheet, known in asked]
            self._reading.start(
                lambda: [stamp_of(*one) for one in files],
                lambda stamps: self._take(asked, stamps),
                lambda _words: None,
            )

    def look_now(self, sheet: Sheet) -> bool:
        """Look at one file before it is written over; return whether another program has changed it."""
        path, known = self._known.get(sheet, (None, None))
        if path is None or path != sheet.path or known is None:
            return False
        self._compare(sheet, known, stamp_of(path, known))
        return self.is_changed(sheet)

    def _take(self, asked: list[tuple[ref[Sheet], _Known]], stamps: list[Stamp | None]) -> None:
        """Take over what the thread has found, where nothing was read or written since."""
        for (kept, question), now in zip(asked, stamps, strict=True):
            sheet = kept()
            if sheet is not None and self._known.get(sheet) is question:
                if question[1] is None:
                    self._known[sheet] = question[0], now
                else:
                    self._compare(sheet, question[1], now)
        if self._again:
            self.look()

    def _compare(self, sheet: Sheet, known: Stamp, now: Stamp | None) -> None:
        if now is not None and now.digest != known.digest:
            if self._found.get(sheet) != now:
                self._found[sheet] = now
                self.changed.emit()
            return
        if now is not None and sheet.path is not None:
            self._known[sheet] = sheet.path, now
        self._forget(sheet)

    def _forget(self, sheet: Sheet) -> None:
        if self._found.pop(sheet, None) is not None:
            self.changed.emit()
