"""Who may write to the open projects: this window takes their locks, keeps them, and watches those of others.

Drives may be slow or gone, so all that is asked of them again and again is asked on a thread.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.document import Document
from studio.app.sheet import Sheet
from studio.errors import ProjectError
from studio.project.files import read
from studio.project.lock import BEAT_S, QUIET_S, HeldError, Holder, ProjectLock, holder_of, seen, take, words

LOOK_MS = 3000
"""How often the locks of others are looked at."""

COLLECT_MS = 100

Standing: TypeAlias = Literal["held", "closed", "gone"]
"""Of a read-only project: its holder has it open, has closed it, or ended without closing it."""


@dataclass
class _Watched:
    """What was seen of somebody else's lock.

    Attributes:
        mark: Its time stamp, which a living holder moves.
        moved_at: When that was seen to move last, on this computer's monotonic clock.
    """

    mark: float | None
    moved_at: float
    standing: Standing = "held"


class Locks(QObject):
    """The locks of a window's projects; each project is writable here or in one other place.

    Args:
        document: Holds the open projects; who else has one is noted in its `Sheet.holder`.
    """

    changed = Signal()
    """Another project became read-only or writable, or what is known of a holder is another."""

    lost = Signal(object)
    """A `Sheet` whose lock was taken over by another computer."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._held: dict[Sheet, ProjectLock] = {}
        self._asked: dict[Sheet, Path] = {}
        self._watched: dict[Sheet, _Watched] = {}
        self._worker: ThreadPoolExecutor | None = None
        self._looking: Future[_Seen] | None = None
        self._beaten_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._soon.timeout.connect(self.collect)
        document.sheets_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Take the locks of projects that were opened, and let go of those that were closed."""
        sheets = self._document.sheets
        for sheet in [sheet for sheet in self._asked if sheet not in sheets]:
            self._let_go(sheet)
        new = [sheet for sheet in sheets if sheet.path is not None and self._asked.get(sheet) != sheet.path]
        for sheet in new:
            self._let_go(sheet)
            self._take(sheet)
        self._set_timer()
        if any(sheet.is_read_only for sheet in new):
            self._announce()

    def standing(self, sheet: Sheet) -> Standing:
        """Return what is known of the one who has a read-only project."""
        watched = self._watched.get(sheet)
        return watched.standing if watched is not None else "held"

    def release_all(self) -> None:
        """Let go of everything: the window is closing."""
        for sheet in list(self._asked):
            self._let_go(sheet)
        self._timer.stop()
        self._soon.stop()
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = self._looking = None

    # Writing --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def saving(self, sheet: Sheet, path: Path) -> Iterator[None]:
        """Let a project be written to a file; saved under another name, it is held there from then on.

        Raises:
            HeldError: Somebody else has that file open.
        """
        held = self._held.get(sheet)
        if held is not None and held.path == path:
            if not held.beat():
                self._lose(sheet)
                raise HeldError(path, sheet.holder or Holder())
            yield
            return
        if sheet.holder is not None and sheet.path == path:
            raise HeldError(path, sheet.holder)
        fresh, holder = take(path), sheet.holder
        sheet.holder = None  # what is saved elsewhere may be changed on its way
        try:
            yield
        except BaseException:
            sheet.holder = holder
            if fresh is not None:
                fresh.release()
            raise
        self._let_go(sheet)
        self._asked[sheet] = path
        if fresh is not None:
            self._held[sheet] = fresh
        self._set_timer()
        self.changed.emit()

    def take_over(self, sheet: Sheet) -> None:
        """Make a read-only project writable, with what its file holds by now.

        Raises:
            HeldError: Somebody has it, after all.
            ProjectError: The file cannot be read any more, or was changed while there are changes here, too.
        """
        path = sheet.path
        if path is None or sheet.holder is None:
            return
        held = take(path, over=True)
        try:
            project = read(path)
            if sheet.is_modified and not sheet.history.was_saved_as(
                replace(project, name=sheet.project.name)
            ):
                raise ProjectError(
                    f"{path.name} was saved by {words(sheet.holder)} meanwhile, and has unsaved changes "
                    "here, too. Save these under another name."
                )
        except ProjectError:
            if held is not None:
                held.release()
            raise
        sheet.holder = None
        self._watched.pop(sheet, None)
        if held is not None:
            self._held[sheet] = held
        if not sheet.is_modified and project != sheet.project:
            self._document.read_again(sheet, project)
        self._announce()

    def _take(self, sheet: Sheet) -> None:
        path = sheet.path
        if path is None:
            return
        self._asked[sheet] = path
        try:
            held = take(path)
        except HeldError as error:
            self._bar(sheet, error.holder)
            return
        sheet.holder = None
        if held is not None:
            self._held[sheet] = held

    def _let_go(self, sheet: Sheet) -> None:
        self._asked.pop(sheet, None)
        self._watched.pop(sheet, None)
        sheet.holder = None
        held = self._held.pop(sheet, None)
        if held is not None:
            held.release()

    def _bar(self, sheet: Sheet, holder: Holder) -> None:
        """Keep a project from being changed, and watch who has it."""
        sheet.holder = holder
        if sheet.path is not None:
            self._watched[sheet] = _Watched(seen(sheet.path), time.monotonic())

    def _lose(self, sheet: Sheet) -> None:
        """Take note that another computer took a project over."""
        held = self._held.pop(sheet)
        self._bar(sheet, holder_of(held.path) or Holder())
        held.release()
        self._announce()
        self.lost.emit(sheet)

    # Watching -------------------------------------------------------------------------------------

    def look(self) -> None:
        """Show others that this window is there, and see whether they are; the answer comes soon."""
        if self._looking is not None:
            return
        now = time.monotonic()
        beat = now - self._beaten_at >= BEAT_S
        self._beaten_at = now if beat else self._beaten_at
        held = dict(self._held) if beat else {}
        watched = {sheet: sheet.path for sheet in self._watched if sheet.path is not None}
        if held or watched:
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, thread_name_prefix="locks")
            self._looking = self._worker.submit(_look, held, watched)
            self._soon.start()

    def collect(self) -> None:
        """Take over what the thread has seen."""
        if self._looking is None:
            return
        if not self._looking.done():
            self._soon.start()
            return
        result, self._looking = self._looking.result(), None
        for sheet in result.lost:
            if sheet in self._held:
                self._lose(sheet)
        before = {sheet: (sheet.holder, watched.standing) for sheet, watched in self._watched.items()}
        for sheet, (holder, mark) in result.others.items():
            if sheet in self._watched:
                self._note(sheet, self._watched[sheet], holder, mark)
        if before != {sheet: (sheet.holder, watched.standing) for sheet, watched in self._watched.items()}:
            self._announce()

    def _note(self, sheet: Sheet, watched: _Watched, holder: Holder | None, mark: float | None) -> None:
        now = time.monotonic()
        if mark != watched.mark:
            watched.mark, watched.moved_at = mark, now
        if holder is None:
            watched.standing = "closed"
            return
        sheet.holder = holder
        quiet = not holder.is_on_this_computer and now - watched.moved_at > QUIET_S
        watched.standing = "gone" if holder.gone or quiet else "held"

    def _set_timer(self) -> None:
        if self._asked and not self._timer.isActive():
            self._timer.start()
        elif not self._asked:
            self._timer.stop()

    def _announce(self) -> None:
        self._document.state_changed.emit()
        self.changed.emit()


@dataclass
class _Seen:
    """What the thread found: locks that are lost, and who has the projects of others."""

    lost: list[Sheet]
    others: dict[Sheet, tuple[Holder | None, float | None]]


def _look(held: dict[Sheet, ProjectLock], watched: dict[Sheet, Path]) -> _Seen:
    lost = [sheet for sheet, lock in held.items() if not lock.beat()]
    return _Seen(lost, {sheet: (holder_of(path), seen(path)) for sheet, path in watched.items()})
