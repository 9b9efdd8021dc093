"""Errors, fixes and trials with a real engine behind a real window."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from studio.app.canvas.heat.heat import Measures
from studio.app.canvas.ports import PortRef
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.catalog.registry import signatures
from studio.engine.local import LocalClient
from studio.engine.records import Checked
from studio.graph import edits
from studio.graph.report import Totals

PATIENCE_MS = 90_000
"""A busy machine takes a while to load torch; nothing here waits that long unless it fails."""


def leave(window: MainWindow) -> None:
    window.workspace.close()
    for sheet in window.document.sheets:
        sheet.history.mark_saved()


@pytest.fixture
def window(qtbot, tmp_path: Path, examples: Path) -> MainWindow:
    """The window with LeNet-5, checked by the engine."""
    file = Path(shutil.copy(examples / "mnist-lenet5.flow", tmp_path))
    made = MainWindow(LocalClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(made, before_close_func=leave)
    made.resize(1600, 1000)
    with qtbot.waitActive(made):
        made.show()
    made.open_path(file)
    wait(qtbot, made, lambda: made.workspace.facts.is_known)
    return made


def wait(qtbot, window: MainWindow, done) -> None:
    qtbot.waitUntil(done, timeout=PATIENCE_MS)


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, f"action.{name}")
    assert found is not None, name
    return found


def shape_problems(window: MainWindow) -> list[str]:
    return [problem.message for problem in window.workspace.facts.problems if problem.code == "shape"]


def test_a_missing_flatten_is_found_with_f8_and_put_back_with_enter(window: MainWindow, qtbot) -> None:
    graph = window.document.graph
    (flatten,) = (node for node in graph.ordered() if node.kind == "Flatten")
    remove = edits.remove_and_reconnect
    window.document.edit("Delete", lambda old: remove(old, [flatten.id], signatures(old)))
    wait(qtbot, window, lambda: bool(shape_problems(window)))
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F8)
    button = QApplication.focusWidget()
    assert button.accessibleName().startswith("Insert Flatten")
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert "Done: Insert Flatten" in window.status.currentMessage() + window.status.accessibleDescription()
    wait(qtbot, window, lambda: not shape_problems(window))
    assert window.document.history.index == 2
    window.document.undo()
    window.document.undo()
    assert window.document.graph == graph


def test_a_wire_being_drawn_says_what_the_engine_makes_of_it(window: MainWindow, qtbot) -> None:
    canvas, graph = window.canvas, window.document.graph
    image = next(node for node in graph.ordered() if node.kind == "ImageInput")
    fc = next(node for node in graph.ordered() if node.kind == "Linear")
    geometry = canvas.scene.geometry
    start = canvas.camera.to_screen(geometry.port_point(PortRef(image.id, "output", "output"))).toPoint()
    stop = canvas.camera.to_screen(geometry.port_point(PortRef(fc.id, "input", "input"))).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + (stop - start) / 2)
    QTest.mouseMove(canvas, stop)
    wait(qtbot, window, lambda: canvas.gesture is not None and canvas.gesture.outcome.role == "warning")
    assert fc.name in canvas.gesture.outcome.lines[0]
    assert image.name in canvas.gesture.outcome.lines[0]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert window.document.graph is graph


def test_menus_hold_what_is_shown_of_costs(window: MainWindow) -> None:
    titles = {menu.title().replace("&", ""): menu for menu in window.findChildren(QMenu)}
    for title, name in (("Show on wires", "view.wires_bytes"), ("Cost heat map", "view.heat_macs")):
        assert action(window, name) in titles[title].actions()
        action(window, name).trigger()
    assert window.canvas.heat.measures == Measures("bytes", "macs")
    assert window.canvas.heat_legend.isVisible()
    assert {"problem.next", "view.legend"} <= {
        a.objectName().removeprefix("action.") for a in titles["View"].actions()
    }


def test_problem_actions_say_why_they_can_do_nothing(window: MainWindow) -> None:
    window.workspace.facts.update(Checked(0, (), (), Totals()), window.document.design)
    assert not action(window, "problem.next").isEnabled()
    assert action(window, "problem.next").toolTip() == "Nothing is wrong with the network."


def test_the_picture_shows_the_same_costs(window: MainWindow) -> None:
    window.canvas.heat.show_on_cards("parameters")
    window.pictures.open()
    assert window.pictures.dialog is not None
    assert window.pictures.dialog.picture().size().height() > 0
    assert window.pictures.dialog.picture()._heat.measures == Measures("none", "parameters")
    window.pictures.dialog.reject()


def test_a_legend_does_not_take_the_mouse_from_the_canvas(window: MainWindow) -> None:
    window.canvas.heat.show_on_cards("parameters")
    legend = window.canvas.heat_legend.geometry()
    assert window.canvas.childAt(legend.center()) in (None, window.canvas.heat_legend)
    before = window.canvas.camera
    QTest.mousePress(window.canvas, Qt.MouseButton.MiddleButton, pos=legend.center())
    QTest.mouseMove(window.canvas, legend.center() + QPointF(30, 0).toPoint())
    QTest.mouseRelease(window.canvas, Qt.MouseButton.MiddleButton, pos=legend.center())
    assert window.canvas.camera != before
