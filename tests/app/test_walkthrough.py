"""A small ResNet with a shortcut, from an empty window to a trained network, by keyboard and mouse alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from studio.app.canvas.ports import PortRef
from studio.app.main_window import MainWindow
from studio.app.panels.fix_buttons import FixButton
from studio.app.settings import Settings
from studio.engine.local import LocalClient
from studio.graph.node import Edge

PATIENCE_MS = 90_000
SHIFT = Qt.KeyboardModifier.ShiftModifier
CHAIN = (
    "image",
    "conv2d",
    "batchnorm2d",
    "relu",
    "conv2d",
    "batchnorm2d",
    "relu",
    "conv2d",
    "batchnorm2d",
    "add",
    "relu",
    "adaptiveavgpool2d",
    "flatten",
    "linear",
    "crossentropyloss",
)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(LocalClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(window, before_close_func=lambda made: made.document.history.mark_saved())
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.workspace.close()


def type_chain(window: MainWindow) -> None:
    """Add layers one behind the other: Space, a name, Shift+Enter, the next name …"""
    canvas = window.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    for place, words in enumerate(CHAIN):
        field = window.findChild(QLineEdit, "search.layers.field")
        assert field is not None
        assert field.isVisible()
        QTest.keyClicks(field, words)
        is_last = place == len(CHAIN) - 1
        QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier if is_last else SHIFT)


def on_screen(window: MainWindow, name: str, side: str, port: str) -> QPoint:
    node_id = window.document.graph.named(name).id
    point = window.canvas.scene.geometry.port_point(PortRef(node_id, side, port))  # type: ignore[arg-type]
    return window.canvas.camera.to_screen(point).toPoint()


def draw_wire(window: MainWindow, start: QPoint, stop: QPoint) -> None:
    canvas = window.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(canvas, start + (stop - start) * part)
        QApplication.processEvents()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=stop)


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, f"action.{name}")
    assert action is not None
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def press_fix(window: MainWindow, name: str, words: str) -> None:
    """Select a node and press the button of one of its fixes."""
    window.workspace.selection.set([window.document.graph.named(name).id])
    QApplication.processEvents()
    buttons = window.inspector.node_page.findChildren(FixButton)
    button = next(b for b in buttons if b.isVisible() and b.fix is not None and b.fix.label == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_small_resnet_is_built_from_nothing_and_trained(window: MainWindow, qtbot: QtBot) -> None:
    space, document = window.workspace, window.document

    def problems_of(name: str) -> list[str]:
        return [problem.message for problem in space.facts.problems_of(document.graph.named(name).id)]

    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    type_chain(window)
    trigger(window, "view.fit")
    until(lambda: not window.canvas.eye.is_gliding)
    draw_wire(
        window, on_screen(window, "relu", "output", "output"), on_screen(window, "add", "input", "inputs")
    )
    graph = document.graph
    assert graph.has_edge(Edge(graph.named("relu").id, "output", graph.named("add").id, "inputs", 1))
    until(lambda: any("cannot add" in message for message in problems_of("add")))
    press_fix(window, "add", 'Set padding of "conv1" and "conv2" to 1')
    until(lambda: not problems_of("add"))
    press_fix(window, "loss", "Add a Target")
    press_fix(window, "image", "Set height to 8, width to 8")
    until(lambda: space.facts.is_known and not space.facts.problems)
    steps = document.history.index
    trigger(window, "graph.arrange")
    until(lambda: document.history.index == steps + 1)
    document.edit_project(
        "Epochs", lambda p: replace(p, training=p.training.model_copy(update={"epochs": 1}))
    )
    until(lambda: not space.why_not_train())
    trigger(window, "train.start")
    until(lambda: space.state == "finished")
    assert space.monitor.live.epochs[-1].val_accuracy > 0.5
    while document.history.can_undo:
        document.undo()
    assert not len(document.graph)
