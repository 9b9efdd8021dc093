"""Reading beside the window's thread: what is read arrives as a value, the newest question first of all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from studio.errors import StudioError

T = TypeVar("T")


class Reading(QObject):
    """Answers one question at a time; an older one that is not answered yet is forgotten.

    Args:
        parent: With it ends the interest in answers.
    """

    _answered = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asked, self._number = 0, 0
        self._then: Callable[[Any], object] = _nothing
        self._failed: Callable[[str], object] = _nothing
        self._answered.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is waited for."""
        return self._number > 0

    def start(
        self, read: Callable[[], T], then: Callable[[T], object], failed: Callable[[str], object]
    ) -> None:
        """Read in a thread.

        Args:
            read: Returns a value; it must not touch a widget.
            then: Is given it, on the window's thread.
            failed: Is told why there is none, in words.
        """
        self._then, self._failed = then, failed
        self._asked += 1
        self._number = self._asked
        thread = threading.Thread(target=self._work, args=(self._number, read), name="reading", daemon=True)
        thread.start()

    def forget(self) -> None:
        """Want no answer any more; what would have taken it is let go."""
        self._number = 0
        self._then = self._failed = _nothing

    def _work(self, number: int, read: Callable[[], object]) -> None:
        found: object
        try:
            found = read()
        except StudioError as error:
            found = _Failure(error.message)
        except OSError as error:
            found = _Failure(f"The system refused: {error.strerror}.")
        if isValid(self):  # the window may be gone meanwhile
            self._answered.emit(number, found)

    def _take(self, number: int, found: object) -> None:
        if number != self._number:
            return
        then, failed = self._then, self._failed
        self.forget()
        if isinstance(found, _Failure):
            failed(found.words)
        else:
            then(found)


def _nothing(_found: object) -> None:
    pass


class _Failure:
    def __init__(self, words: str) -> None:
        self.words = words
