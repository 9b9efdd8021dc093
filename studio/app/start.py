"""Starts the window: Qt, theme, engine client, and the project that was asked for."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from studio.app.main_window import MainWindow

os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")


def create(path: Path | None = None) -> tuple[QApplication, MainWindow]:
    """Make the application and its window, with a project in it; nothing is shown yet."""
    from PySide6.QtWidgets import QApplication

    from studio.app.garbage import GarbageCollector
    from studio.app.main_window import MainWindow
    from studio.app.settings import Settings
    from studio.app.theme.theme import theme
    from studio.engine.process_client import ProcessClient

    app = QApplication(sys.argv[:1])
    app.setApplicationName("Flowgraph Studio")
    app.setDesktopFileName("flowgraph-studio")
    settings = Settings()
    choice = settings.preferences.theme
    theme().install(app, None if choice == "system" else choice)
    theme().hold_icons()
    window = MainWindow(ProcessClient(), settings)
    window.projects.restore(path)
    GarbageCollector(window)
    return app, window


def run(path: Path | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        path: The project to open; None starts with an empty canvas.

    Returns:
        The exit code.
    """
    from PySide6.QtCore import QTimer

    app, window = create(path)
    window.show()
    # Python's signal handlers run between bytecodes: the timer gives them a chance while Qt waits.
    signal.signal(signal.SIGINT, lambda *_: window.end())
    signal.signal(signal.SIGTERM, lambda *_: window.end())
    heartbeat = QTimer(interval=200)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    return app.exec()
