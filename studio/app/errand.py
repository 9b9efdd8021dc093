"""A long request to the engine, of which somebody shows how far it is and may take it back."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.app.engine_link import EngineLink
from studio.engine.records import Cancel, EngineLost, Failed, Progress, Request


class Errand(QObject):
    """One request at a time. An answer to one that was taken back, or to somebody else's, is not its own.

    Args:
        link: To the engine.
        parent: Whose errand it is.
    """

    changed = Signal()
    """It began, or is over."""

    progressed = Signal(object)
    """`Progress` of it."""

    failed = Signal(str)
    """Why it came to nothing, in words."""

    def __init__(self, link: EngineLink, parent: QObject) -> None:
        super().__init__(parent)
        self._link = link
        self._request = 0
        link.progress.connect(self._progressed)
        link.lost.connect(self._lost)

    @property
    def is_going_on(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._request)

    def ask(self, kind: type[Request], **fields: Any) -> None:
        """Ask the engine; what was asked before is taken back."""
        self.cancel()
        self._request = self._link.request(kind, **fields)
        self._link.claim(self._request, self._failed)
        self.changed.emit()

    def cancel(self) -> bool:
        """Take the request back; return whether there was one."""
        if not self._request:
            return False
        request, self._request = self._request, 0
        self._link.request(Cancel, request=request)
        self.changed.emit()
        return True

    def is_answered_by(self, reply: Any) -> bool:
        """Say whether a reply is what was waited for; then the errand is over."""
        if not self._request or reply.id != self._request:
            return False
        self._request = 0
        self.changed.emit()
        return True

    def _progressed(self, progress: Progress) -> None:
        if progress.id == self._request:
            self.progressed.emit(progress)

    def _failed(self, failed: Failed) -> None:
        if self.is_answered_by(failed):
            self.failed.emit(failed.message)

    def _lost(self, lost: EngineLost) -> None:
        if self._request:
            self._request = 0
            self.changed.emit()
            self.failed.emit(f"The engine ended meanwhile: {lost.message}")
