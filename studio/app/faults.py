"""Exceptions that nobody caught, on any thread: logged, told once, and survived."""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler, qVersion
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from studio import logs
from studio.app.fault_dialog import FaultDialog
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

log = logging.getLogger(__name__)

POLL_MS = 250
"""How often exceptions of other threads are looked for: no Qt object is touched there."""

MOST_LINES = 400
INSIDE = "Something went wrong inside the program"
MEMORY = "There was not enough memory for this. Close other programs, or make the network or batch smaller."


@dataclass(frozen=True)
class Fault:
    """An exception that nobody caught.

    Attributes:
        signature: The same for repetitions of the same fault.
        title: What happened, in a sentence.
        report: What a developer needs.
        is_ours: Something is wrong with the program; else the message is all there is to say.
    """

    signature: str
    title: str
    report: str
    is_ours: bool = True


class Faults(QObject):
    """Tells of exceptions that nobody caught.

    Args:
        window: Returns the window to tell it in; None if there is none any more.

    Attributes:
        dialog: What is on show.
        counts: How often each fault happened.
    """

    def __init__(self, window: Callable[[], MainWindow | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._heard: queue.SimpleQueue[Fault] = queue.SimpleQueue()
        self._told: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.dialog: FaultDialog | None = None
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.tell)

    def install(self) -> None:
        """Hear of every exception from now on."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(_qt_message)
        self._timer.start()

    def uninstall(self) -> None:
        """Give the hooks back."""
        self._timer.stop()
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(None)

    def hear(self, error: BaseException, thread: str = "") -> None:
        """Take note of an exception, on any thread; it is told soon."""
        fault = fault_of(error, thread)
        self.counts[fault.signature] += 1
        count = self.counts[fault.signature]
        if not fault.is_ours:
            log.warning("Not caught: %s", fault.title)
        elif count == 1:
            log.error("%s", fault.report)
        elif str(count).strip("0") == "1":
            log.error("%s: %d times by now", fault.signature, count)
        self._heard.put(fault)

    def tell(self) -> None:
        """Tell of what was heard; what was told once is not told again."""
        while True:
            try:
                fault = self._heard.get_nowait()
            except queue.Empty:
                return
            window = self._window()
            if window is None or not isValid(window):
                return
            if not fault.is_ours:
                window.banner.show_message(fault.title, role="bad")
            elif fault.signature in self._told:
                window.status.say(f"{fault.title} It was told before; the log has it.")
            else:
                self._told.add(fault.signature)
                self._show(fault, window)

    def _show(self, fault: Fault, window: MainWindow) -> None:
        if self.dialog is None or not isValid(self.dialog):
            self.dialog = FaultDialog(fault.title, window.dialogs.report_problem, window)
            self.dialog.finished.connect(self._closed)
            self.dialog.open()
        self.dialog.add(fault.report)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    # The hooks ------------------------------------------------------------------------------------

    def _uncaught(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._before[0](kind, error, where)
            return
        self.hear(error.with_traceback(where))
        if threading.current_thread() is threading.main_thread():
            QTimer.singleShot(0, self, self.tell)  # not here: this may be in the midst of painting

    def _uncaught_in_thread(self, heard: threading.ExceptHookArgs) -> None:
        if heard.exc_value is not None and not issubclass(heard.exc_type, SystemExit):
            self.hear(heard.exc_value, heard.thread.name if heard.thread is not None else "a thread")

    def _unraisable(self, heard: sys.UnraisableHookArgs) -> None:
        """Log what happened where nothing can be raised, such as in a destructor; it hinders nobody."""
        log.error("Ignored in %r: %s", heard.object, heard.err_msg or "", exc_info=heard.exc_value)


def fault_of(error: BaseException, thread: str = "") -> Fault:
    """Return what is to be said of an exception."""
    if isinstance(error, StudioError):
        return Fault(error.message, error.message, "", is_ours=False)
    kind = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    words = (str(error).strip() or kind).splitlines()[0][:200].rstrip(".")
    title = MEMORY if isinstance(error, MemoryError) else f"{INSIDE}: {words} ({kind})."
    lines = "".join(traceback.format_exception(error)).splitlines()
    if len(lines) > MOST_LINES:
        lines[MOST_LINES // 2 : -MOST_LINES // 2] = [f"… {len(lines) - MOST_LINES} lines left out …"]
    where = f" on the thread {thread}" if thread else ""
    head = f"{logs.about()}, Qt {qVersion()}\n{time.strftime('%Y-%m-%d %H:%M:%S')}{where}"
    return Fault(f"{kind} at {place}", title, "\n".join([head, "", *lines]))


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Log what Qt says; on the terminal it stands as well, as without us."""
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    level = levels.get(kind, logging.WARNING)
    logging.getLogger("qt").log(level, "%s", text)
    if level >= logging.WARNING and sys.stderr is not None:
        print(text, file=sys.stderr)


def front_window(windows: tuple[MainWindow, ...]) -> MainWindow | None:
    """Return the window that a person looks at; None if all are closed."""
    active = QApplication.activeWindow()
    return next((window for window in windows if window is active), windows[0] if windows else None)
