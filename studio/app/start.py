"""Starts the window: Qt, theme, engine client, and the project that was asked for."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from studio.app.main_window import MainWindow
    from studio.app.windows import Windows

os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")


def create(path: Path | None = None) -> tuple[QApplication, MainWindow]:
    """Make the application and its first window, with projects in it; nothing is shown yet."""
    app, windows = _create(path)
    return app, windows.all[0]


def _create(path: Path | None) -> tuple[QApplication, Windows]:
    from PySide6.QtWidgets import QApplication

    from studio.app.garbage import GarbageCollector
    from studio.app.settings import Settings
    from studio.app.theme.theme import theme
    from studio.app.windows import Windows
    from studio.engine.process_client import ProcessClient

    app = QApplication(sys.argv[:1])
    app.setApplicationName("Flowgraph Studio")
    app.setDesktopFileName("flowgraph-studio")
    settings = Settings()
    choice = settings.preferences.theme
    theme().install(app, None if choice == "system" else choice)
    theme().hold_icons()
    windows = Windows(ProcessClient, settings, app)
    window = windows.make()
    window.projects.restore(path)
    GarbageCollector(app)
    return app, windows


def run(path: Path | None = None) -> NoReturn:
    """Open the window, stay until it is closed, and end the process with the exit code.

    All is saved, the engine has ended and every file is closed by then. The interpreter's own end would take
    Qt's objects down in any order, which crashed now and then, and wait for a thread that waits for a drive.

    Args:
        path: The project to open; None starts with an empty canvas.
    """
    from PySide6.QtCore import QTimer

    from studio import logs
    from studio.app.faults import Faults, front_window

    logs.begin("window")
    logs.watch_crashes("window")
    logging.getLogger(__name__).info("Started: %s", logs.about())
    app, windows = _create(path)
    faults = Faults(lambda: front_window(windows.all), app)
    faults.install()
    windows.all[0].show()
    # Python's signal handlers run between bytecodes: the timer gives them a chance while Qt waits.
    # What they ask for waits for the event loop: a signal may come in the midst of saving.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, app, windows.end))
    heartbeat = QTimer(interval=200)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    code = app.exec()
    faults.uninstall()
    logs.unwatch_crashes()
    logs.end()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
