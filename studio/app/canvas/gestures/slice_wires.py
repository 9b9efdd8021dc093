"""Cut wires by drawing a line across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from studio.app.canvas.crossings import crossed
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.node_layer import OUTLINE
from studio.app.canvas.overlays import paint_note
from studio.app.canvas.wire_layer import wire_pen
from studio.app.theme.theme import theme
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class SliceWires(Gesture):
    """The line follows the mouse; all wires that it crosses are marked, and cut when it is let go.

    Attributes:
        wires: What would be cut now.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasView, pointer: Pointer) -> None:
        super().__init__(view, pointer)
        self._line = [pointer.canvas]
        self.wires: dict[Edge, None] = {}

    def drag(self, pointer: Pointer) -> None:
        """Draw the line on, and mark what it crosses."""
        found = crossed(self.view.scene.geometry, self._line[-1], pointer.canvas)
        self.wires.update(dict.fromkeys(found))
        self._line.append(pointer.canvas)

    def end(self, pointer: Pointer) -> None:
        """Cut the wires."""
        if self.dragging:
            self.view.rewire.cut(self.wires)

    def paint(self, painter: QPainter) -> None:
        """Paint the line, the wires that would be cut, and how many they are."""
        if not self.dragging:
            return
        camera, color = self.view.camera, theme().color("bad")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        painter.setPen(wire_pen(color, camera.zoom))
        for edge in self.wires:
            painter.drawPath(self.view.wire_path(edge))
        painter.restore()
        painter.setPen(QPen(color, OUTLINE, Qt.PenStyle.DashLine))
        painter.drawPath(self._path([camera.to_screen(point) for point in self._line]))
        if self.wires:
            words = "cuts one wire" if len(self.wires) == 1 else f"cuts {len(self.wires)} wires"
            paint_note(painter, self.pointer.screen, words, "bad", self.view.size())

    def _path(self, points: list[QPointF]) -> QPainterPath:
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        return path
