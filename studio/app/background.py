"""Work of the window's own that must not hold it up: files written in a thread, and told when they are."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError


class Background(QObject):
    """Does one piece of work at a time in a thread; what it says arrives on the window's own."""

    done = Signal(str)
    """What came of it, in words."""

    failed = Signal(str)
    """Why nothing did."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the last piece of work is not done yet."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[], str]) -> bool:
        """Begin; return False, and do nothing, while something else is under way.

        Args:
            work: Returns what came of it. It must not touch a widget.
        """
        if self.is_busy:
            return False
        self._thread = threading.Thread(target=self._work, args=(work,), name="background", daemon=True)
        self._thread.start()
        return True

    def _work(self, work: Callable[[], str]) -> None:
        try:
            words = work()
        except StudioError as error:
            self.failed.emit(error.message)
        except OSError as error:
            self.failed.emit(f"The system refused: {error.strerror}.")
        else:
            self.done.emit(words)
