"""Writes what is not saved into the recovery journal, every so often, without keeping the window waiting."""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.document import Document
from studio.app.in_force import in_force, preferred
from studio.app.sheet import Sheet
from studio.errors import ProjectError
from studio.project.files import read
from studio.project.lock import HeldError, ProjectLock, holder_of, take
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved, recovery_folder

log = logging.getLogger(__name__)

SECOND_MS = 1000
"""Tests that cannot wait have a shorter one."""


class Keeper(QObject):
    """The journal of one window: a file for each open project that is not saved.

    Projects are values, so a thread can write them while the person goes on. All that is done to the
    journal is done by that one thread, in order.

    Args:
        document: Holds the open projects.
        folder: Of the journal; by default the user's.
    """

    failed = Signal(str)
    """Why nothing is kept just now; said once until it works again."""

    def __init__(self, document: Document, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.journal = Journal(folder or recovery_folder())
        self._session = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
        self._lock: ProjectLock | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._pending: list[Future[None]] = []
        self._in_trouble = False
        self._keys: WeakKeyDictionary[Sheet, str] = WeakKeyDictionary()
        self._steps_before: WeakKeyDictionary[Sheet, int] = WeakKeyDictionary()
        self._kept: dict[str, tuple[Project, str] | None] = {}
        self._count = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.keep)
        document.state_changed.connect(self.look_again)
        document.sheets_changed.connect(self._forget_closed)
        in_force().changed.connect(self._set_interval)

    def _set_interval(self) -> None:
        """Run as long as something is not saved, as often as is preferred."""
        seconds = preferred().autosave_s
        if not seconds or not any(map(_needs_keeping, self._document.sheets)):
            self._timer.stop()
        elif self._timer.interval() != SECOND_MS * seconds or not self._timer.isActive():
            self._timer.start(SECOND_MS * seconds)

    def look_again(self) -> None:
        """Keep what needs it and nothing else: a project was changed, saved or trained."""
        self._forget_saved()
        self._set_interval()

    # Keeping --------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Write every project that is not saved and has changed since it was written last.

        One whose runs wait for it to get a file counts as not saved, or they would be lost with it.
        """
        self._look_for_trouble()
        for sheet in self._document.sheets:
            if _needs_keeping(sheet):
                self._keep(sheet)

    def _keep(self, sheet: Sheet) -> None:
        key = self._keys.get(sheet)
        if key is None:
            self._count += 1
            key = self._keys[sheet] = f"{self._session}.{self._count}"
        history, runs = sheet.history, str(sheet.home.aside or "")
        kept = self._kept.get(key)
        if kept is not None and kept[0] is sheet.project and kept[1] == runs:
            return
        self._kept[key] = sheet.project, runs
        unsaved = Unsaved(
            key,
            sheet.project,
            str(sheet.path or ""),
            str(sheet.shelter or ""),
            abs(history.index - (history.saved_index or 0)) + self._steps_before.get(sheet, 0),
            time.time(),
            runs,
        )
        self._take_lock()
        self._later(lambda: self.journal.write(unsaved))

    def _forget_saved(self) -> None:
        """Remove what was kept of a project that is as in its file now."""
        for sheet in self._document.sheets:
            if sheet in self._keys and not _needs_keeping(sheet):
                self._remove(self._keys.pop(sheet))

    def _forget_closed(self) -> None:
        """Remove what was kept of projects that the person closed: they were asked about them."""
        open_now = {self._keys[sheet] for sheet in self._document.sheets if sheet in self._keys}
        for key in [key for key in self._kept if key not in open_now]:
            self._remove(key)

    def _remove(self, key: str) -> None:
        self._kept.pop(key, None)
        self._later(lambda: self.journal.remove(key))

    def close(self) -> None:
        """End properly: the person was asked about everything, so nothing is left to recover."""
        self._timer.stop()
        for key in list(self._kept):
            self._remove(key)
        if self._worker is not None:
            self._worker.shutdown()
            self._worker = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def begin_again(self) -> None:
        """Go on keeping after `close`: the window is used once more."""
        self._set_interval()

    def wait(self) -> None:
        """Wait until the journal is as was asked for."""
        for future in self._pending:
            future.exception()

    # What others left -----------------------------------------------------------------------------

    def left(self) -> tuple[Unsaved, ...]:
        """Return what sessions left that are over; those that go on in another window keep theirs."""
        others = self.journal.sessions() - {self._session}
        return self.journal.left_by(frozenset(filter(self._is_over, others)))

    def _is_over(self, session: str) -> bool:
        try:
            held = take(self._lock_path(session))
        except HeldError:
            return False
        if held is not None:
            held.release()
        return True

    def recover(self, unsaved: Unsaved) -> None:
        """Open a project that was not saved; it is kept again under this session before it is let go.

        Where its file can be read, what was not saved becomes a step of its history, so that undo shows
        the project as it was saved. While somebody else has the file open, it becomes a project without one.
        """
        path = Path(unsaved.path) if unsaved.path else None
        runs = Path(unsaved.runs) if unsaved.runs else None
        if path is not None and self._is_read_only(path):
            self._document.open(unsaved.project, None, saved=False, shelter=path.parent, runs=runs)
            self._steps_before[self._document.sheet] = unsaved.steps
        elif path is not None and self._show_file(path, runs):
            self._document.edit_project(
                "Recover what was not saved", lambda saved: replace(unsaved.project, name=saved.name)
            )
        else:
            shelter = Path(unsaved.shelter) if unsaved.shelter else None
            self._document.open(unsaved.project, path, saved=False, shelter=shelter, runs=runs)
            self._steps_before[self._document.sheet] = unsaved.steps
        self.keep()
        key = self._keys.get(self._document.sheet)
        self._later(lambda: self._let_go(unsaved, key))

    def _let_go(self, unsaved: Unsaved, key: str | None) -> None:
        """Remove what was recovered, unless its new copy could not be written: then it is all there is."""
        if key is None or self.journal.has(key):
            self.journal.remove(unsaved.key)

    def _is_read_only(self, path: Path) -> bool:
        """Say whether somebody else has a file open."""
        sheet = self._document.find(path)
        if sheet is not None:
            return sheet.is_read_only
        holder = holder_of(path)
        return holder is not None and not holder.gone

    def _show_file(self, path: Path, runs: Path | None) -> bool:
        """Show a project as it is in its file, or is open; False if there is no such file any more."""
        sheet = self._document.find(path)
        if sheet is not None:
            self._document.show(sheet)
            return True
        try:
            self._document.open(read(path), path, runs=runs)
        except ProjectError:
            return False
        return True

    def throw_away(self, unsaved: Unsaved) -> None:
        """Forget a project for good."""
        self._later(lambda: self.journal.remove(unsaved.key))

    # The thread -----------------------------------------------------------------------------------

    def _later(self, work: Callable[[], None]) -> None:
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="recovery")
        self._pending = [future for future in self._pending if not future.done() or future.exception()]
        self._pending.append(self._worker.submit(work))

    def _look_for_trouble(self) -> None:
        """Say why the last copies could not be written, and write them again."""
        errors = [error for future in self._pending if future.done() and (error := future.exception())]
        self._pending = [future for future in self._pending if not future.done()]
        if not errors:
            self._in_trouble = False
            return
        self._kept = dict.fromkeys(self._kept)
        error = errors[-1]
        if not self._in_trouble:
            self._in_trouble = True
            log.warning("The recovery journal cannot be written: %s", error)
            words = error.message if isinstance(error, ProjectError) else str(error)
            self.failed.emit(f"No recovery copy is kept: {words}")

    def _take_lock(self) -> None:
        """Show other windows that this session goes on; the system takes the lock back when it dies."""
        if self._lock is None:
            with contextlib.suppress(OSError):  # writing will fail as well, and say why
                self.journal.folder.mkdir(parents=True, exist_ok=True)
            self._lock = take(self._lock_path(self._session))

    def _lock_path(self, session: str) -> Path:
        return self.journal.folder / session


def _needs_keeping(sheet: Sheet) -> bool:
    """Say whether something of a project would be lost with this process."""
    return sheet.is_modified or sheet.home.aside is not None
