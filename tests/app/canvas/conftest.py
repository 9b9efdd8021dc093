"""A canvas on screen for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app.actions import Actions
from studio.app.canvas.actions import add_canvas_actions
from studio.app.canvas.camera import Camera
from studio.app.canvas.view import CanvasView
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.selection import Selection
from studio.app.settings import Settings
from studio.graph.graph import Graph
from studio.project.project import Project
from tests.helpers.canvas_table import Table, small_network


@pytest.fixture
def make_table(qtbot: QtBot) -> Iterator[Callable[[Graph], Table]]:
    """Return a function that shows a network at 100 %, unscrolled."""

    def make(graph: Graph) -> Table:
        document = Document(Project("demo", graph))
        selection, facts = Selection(document), Facts()
        view = CanvasView(document, selection, facts)
        qtbot.addWidget(view)
        view.resize(1000, 700)
        add_canvas_actions(Actions(view, view), view)
        with qtbot.waitActive(view):  # keys of actions act only in the active window
            view.show()
        view.set_camera(Camera())
        view.setFocus()
        return Table(view, document, selection, facts)

    yield make
    QGuiApplication.clipboard().clear()


@pytest.fixture
def table(make_table: Callable[[Graph], Table]) -> Table:
    """The small network on a canvas."""
    return make_table(small_network())


@pytest.fixture
def still(tmp_path: Path) -> None:
    """Nothing glides."""
    settings = Settings(tmp_path / "settings.json")
    settings.change(animates=False)
    in_force().follow(settings)
