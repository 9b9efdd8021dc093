"""A real canvas with a small network, and a mouse, keys and wheel that work in canvas coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from immutables import Map
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app.canvas.clipboard import LAYER_MIME
from studio.app.canvas.gestures.gesture import Gesture
from studio.app.canvas.ports import PortRef
from studio.app.canvas.view import CanvasView
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.selection import Selection
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node

NO_KEYS = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def node(node_id: str, kind: str, name: str, x: float, y: float, **arguments: object) -> Node:
    return Node(node_id, kind, name, Map(arguments), x, y)


def small_network() -> Graph:
    """image → conv → relu → fc, a lone dropout, and a target; all well apart."""
    return Graph.of(
        [
            node("n1", "ImageInput", "image", 80, 80),
            node("n2", "Conv2d", "conv", 280, 80),
            node("n3", "ReLU", "relu", 480, 80),
            node("n4", "Linear", "fc", 680, 80),
            node("n5", "Dropout", "drop", 280, 320),
            node("n6", "Target", "target", 80, 440),
            node("n7", "CrossEntropyLoss", "loss", 680, 440),
            node("n8", "Add", "sum", 480, 320),
        ],
        [
            Edge("n1", "output", "n2", "input"),
            Edge("n2", "output", "n3", "input"),
            Edge("n3", "output", "n4", "input"),
        ],
    )


def logical(image: QImage) -> QImage:
    """Return a picture of a widget with one of its pixels for each of the widget's, in colours it has."""
    plain = image.scaled(image.deviceIndependentSize().toSize())  # fast: no colour is mixed
    plain.setDevicePixelRatio(1.0)
    return plain


@dataclass
class Table:
    """The widget with all that it shows, and a hand on it."""

    view: CanvasView
    document: Document
    selection: Selection
    facts: Facts

    @property
    def graph(self) -> Graph:
        return self.document.graph

    @property
    def steps(self) -> int:
        """Steps of undo so far."""
        return self.document.history.index

    def picture(self) -> QImage:
        """Return the canvas once every card is sharp, with a pixel for each of the widget at any scale."""
        for _ in range(200):
            image = self.view.grab().toImage()
            if self.view.is_sharp:
                return logical(image)
            QTest.qWait(5)
        raise AssertionError("the canvas never came to rest")

    def place(self, point: QPointF) -> QPoint:
        return self.view.camera.to_screen(point).toPoint()

    def middle(self, node_id: str) -> QPointF:
        return self.view.scene.geometry.rect(node_id).center()

    def port(self, node_id: str, side: str, name: str) -> QPointF:
        return self.view.scene.geometry.port_point(PortRef(node_id, side, name))  # type: ignore[arg-type]

    def click(self, point: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.mouseClick(self.view, LEFT, keys, self.place(point))

    def double_click(self, point: QPointF) -> None:
        """Click twice; the second press of a real mouse is a double click with a release of its own."""
        self.click(point)
        QTest.mouseDClick(self.view, LEFT, NO_KEYS, self.place(point))
        self.release(point)

    def press(
        self, point: QPointF, keys: Qt.KeyboardModifier = NO_KEYS, button: Qt.MouseButton = LEFT
    ) -> None:
        QTest.mousePress(self.view, button, keys, self.place(point))

    def move(
        self, point: QPointF, keys: Qt.KeyboardModifier = NO_KEYS, button: Qt.MouseButton = LEFT
    ) -> None:
        self._slide(self.place(point), keys, button)

    def _slide(self, place: QPoint, keys: Qt.KeyboardModifier, button: Qt.MouseButton) -> None:
        # QTest.mouseMove takes no modifiers.
        there = QPointF(place), QPointF(self.view.mapToGlobal(place))
        event = QMouseEvent(QEvent.Type.MouseMove, *there, Qt.MouseButton.NoButton, button, keys)
        QApplication.sendEvent(self.view, event)

    def release(
        self, point: QPointF, keys: Qt.KeyboardModifier = NO_KEYS, button: Qt.MouseButton = LEFT
    ) -> None:
        QTest.mouseRelease(self.view, button, keys, self.place(point))

    def drag(
        self,
        start: QPointF,
        stop: QPointF,
        keys: Qt.KeyboardModifier = NO_KEYS,
        button: Qt.MouseButton = LEFT,
    ) -> None:
        """Press, move in three steps, release; both points on the canvas as it is before."""
        screen = self.place(start), self.place(stop)
        QTest.mousePress(self.view, button, keys, screen[0])
        for part in (0.3, 0.7, 1.0):
            self._slide(screen[0] + (screen[1] - screen[0]) * part, keys, button)
        QTest.mouseRelease(self.view, button, keys, screen[1])

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.keyClick(self.view, key, keys)

    def wheel(
        self,
        at: QPointF,
        angle: QPoint,
        keys: Qt.KeyboardModifier = NO_KEYS,
        pixels: QPoint | None = None,
    ) -> None:
        """Turn the wheel at a place of the widget."""
        event = QWheelEvent(
            at,
            QPointF(self.view.mapToGlobal(at.toPoint())),
            pixels or QPoint(),
            angle,
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view, event)

    def hold(self, kind: str, at: QPointF) -> Gesture:
        """Drag a layer of the library to a place over the canvas, and hold it there."""
        data = QMimeData()
        data.setData(LAYER_MIME, kind.encode())
        place, copy = self.place(at), Qt.DropAction.CopyAction
        if self.view.gesture is None:
            QApplication.sendEvent(self.view, QDragEnterEvent(place, copy, data, LEFT, NO_KEYS))
        QApplication.sendEvent(self.view, QDragMoveEvent(place, copy, data, LEFT, NO_KEYS))
        assert self.view.gesture is not None
        return self.view.gesture

    def overlaps(self) -> list[tuple[str, str]]:
        """Return the cards that lie on each other."""
        rects = {i: self.view.scene.geometry.rect(i) for i in self.graph.nodes}
        return [pair for pair in combinations(rects, 2) if rects[pair[0]].intersects(rects[pair[1]])]

    def drop(self, kind: str, at: QPointF, *, leave: bool = False) -> bool:
        """Drag a layer of the library over the canvas and drop it; say whether it was taken."""
        data = QMimeData()
        data.setData(LAYER_MIME, kind.encode())
        place, copy = QPointF(self.place(at)), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(place.toPoint(), copy, data, LEFT, NO_KEYS)
        QApplication.sendEvent(self.view, enter)
        if not enter.isAccepted():
            return False
        QApplication.sendEvent(self.view, QDragMoveEvent(place.toPoint(), copy, data, LEFT, NO_KEYS))
        if leave:
            QApplication.sendEvent(self.view, QDragLeaveEvent())
            return False
        event = QDropEvent(place, copy, data, LEFT, NO_KEYS)
        QApplication.sendEvent(self.view, event)
        return event.isAccepted()
