"""The real main window with an engine that only listens: opens at once, and says what it would ask."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.graph.graph import Graph
from studio.project.project import Project
from tests.helpers.fake_client import FakeClient


def open_window(qtbot: QtBot, folder: Path, graph: Graph | None = None) -> MainWindow:
    """Show a window, active and painted, with a network in it and its settings in a folder."""
    window = MainWindow(FakeClient(), Settings(folder / "settings.json"))
    qtbot.addWidget(window, before_close_func=leave)
    window.resize(1600, 1000)
    with qtbot.waitActive(window):
        window.show()
    qtbot.waitUntil(lambda: window.findChild(QAction, "action.network.remove_shortcuts") is not None)
    if graph is not None:
        window.document.open(Project("demo", graph), None)
    return window


def leave(window: MainWindow) -> None:
    """Close without questions."""
    window.workspace.close()
    for sheet in window.document.sheets:
        sheet.history.mark_saved()
    window.workspace._set_state(None)


def action(window: MainWindow, name: str) -> QAction:
    """Return an action by name."""
    found = window.findChild(QAction, f"action.{name}")
    assert found is not None, name
    return found
