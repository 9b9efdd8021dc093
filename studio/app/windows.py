"""All windows of the program: one to begin with, and as many as a person opens beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.app.sheet import Sheet
from studio.app.theme.tokens import CASCADE
from studio.engine.client import EngineClient

REMEMBER_MS = 1000
"""What is open is written down so long after it changed."""


class Windows(QObject):
    """Opens and counts windows. Each has projects and an engine of its own; all share the settings.

    A window that is closed is emptied, and used again when the next one is wanted: theme and preferences
    outlive every window, and whatever listens to them would have to be found and cut off first.

    Args:
        client: Makes the engine of a window.
        settings: What all of them remember.
    """

    def __init__(self, client: Callable[[], EngineClient], settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._client, self._settings = client, settings
        self._windows: list[MainWindow] = []
        self._closed: list[MainWindow] = []
        self._later = QTimer(self, singleShot=True, interval=REMEMBER_MS)
        self._later.timeout.connect(self._remember)
        self._offered = False

    @property
    def all(self) -> tuple[MainWindow, ...]:
        """The open windows, oldest first."""
        return tuple(self._windows)

    def make(self) -> MainWindow:
        """Return another window with an empty project; it is not shown yet."""
        if self._closed:
            window = self._closed.pop()
            self._windows.append(window)
            window.begin_again()
            return window
        window = MainWindow(self._client(), self._settings)
        if not self._offered:
            self._offered = True  # other windows need not ask what this one asked
            window.first_painted.connect(window.recovery.offer)
            window.first_painted.connect(window.notices.tell_crashes)
        window.files.elsewhere = partial(self._elsewhere, window)
        window.new_window_wanted.connect(lambda: self.open_beside(window))
        window.quit_wanted.connect(self.quit)
        window.document.sheets_changed.connect(self._later.start)
        window.files.saved.connect(self._later.start)
        window.closed.connect(lambda: self._forget(window))
        self._windows.append(window)
        return window

    def open_beside(self, window: MainWindow) -> MainWindow:
        """Show a new window, a little below and to the right of another."""
        made = self.make()
        if not window.isMaximized():
            place = window.frameGeometry().translated(CASCADE, CASCADE)
            screen = window.screen().availableGeometry()
            made.move(place.topLeft())
            made.resize(made.size() - (place.size() - place.intersected(screen).size()))
        made.show()
        return made

    def quit(self) -> bool:
        """Close all windows, and remember what was open in any; False if the person kept one."""
        return self._close_each(MainWindow.close)

    def end(self) -> bool:
        """Close all because the system says so: see `MainWindow.end`."""
        return self._close_each(MainWindow.end)

    def _close_each(self, close: Callable[[MainWindow], bool]) -> bool:
        paths: list[str] = []
        shown = 0
        for window in self.all:
            if not close(window):
                return False
            preferences = self._settings.preferences  # each window writes down what it had open
            shown = len(paths) + preferences.shown_project
            paths += preferences.open_projects
        self._settings.change(open_projects=tuple(paths), shown_project=shown)
        return True

    def _remember(self) -> None:
        """Write down what is open in any window, for a program that ends without being told to."""
        if not self._windows or not all(window.projects.session.is_restored for window in self._windows):
            return
        paths: list[str] = []
        shown = 0
        for window in self._windows:
            more, place = window.projects.session.open_now()
            if window.isActiveWindow():
                shown = len(paths) + place
            paths += more
        self._settings.change(open_projects=tuple(paths), shown_project=shown)

    def _elsewhere(self, asking: MainWindow, path: Path) -> Callable[[], None] | None:
        """Find another window that has a file open; return what brings it to the front, with its tab."""
        for window in self._windows:
            sheet = window.document.find(path)
            if window is not asking and sheet is not None:
                return partial(_bring_forward, window, sheet)
        return None

    def _forget(self, window: MainWindow) -> None:
        """Empty a window that was closed, and keep it for later; the last one ends with the program."""
        if window in self._windows:
            self._windows.remove(window)
            self._closed.append(window)
            if self._windows:
                window.projects.close_all()


def _bring_forward(window: MainWindow, sheet: Sheet) -> None:
    window.document.show(sheet)
    window.raise_()
    window.activateWindow()
