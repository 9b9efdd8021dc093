"""Draw a line across wires: to cut them, or to put dots on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from studio.app.canvas.crossings import crossings
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.overlays import paint_note
from studio.app.canvas.wire_layer import wire_pen
from studio.app.theme.measures import OUTLINE
from studio.app.theme.theme import theme
from studio.app.theme.tokens import DOT_RING
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class CrossWires(Gesture):
    """A line follows the mouse, and the wires that it crosses are marked.

    Attributes:
        found: Where each wire was crossed first.
        role: Colour of the line and the marks.
    """

    cursor = Qt.CursorShape.CrossCursor
    role = "accent"

    def __init__(self, view: CanvasView, pointer: Pointer) -> None:
        super().__init__(view, pointer)
        self._line = [pointer.canvas]
        self.found: dict[Edge, QPointF] = {}

    def drag(self, pointer: Pointer) -> None:
        """Draw the line on, and mark what it crosses."""
        found = crossings(self.view.scene.geometry, self._line[-1], pointer.canvas)
        self.found = {**found, **self.found}
        self._line.append(pointer.canvas)

    def words(self) -> str:
        """Return what letting go would do."""
        raise NotImplementedError

    def paint(self, painter: QPainter) -> None:
        """Paint the line, what it crosses, and what letting go would do."""
        if not self.dragging:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self.paint_marks(painter)
        camera = self.view.camera
        points = [camera.to_screen(point) for point in self._line]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        painter.setPen(QPen(theme().color(self.role), OUTLINE, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if self.found:
            paint_note(
                painter, self.pointer.screen, [self.words()], self.role, self.view.size(), signed=False
            )

    def paint_marks(self, painter: QPainter) -> None:
        """Mark the wires that were crossed."""
        raise NotImplementedError


class SliceWires(CrossWires):
    """Cuts the wires when it is let go."""

    role = "bad"

    def end(self, pointer: Pointer) -> None:
        """Cut the wires."""
        if self.dragging:
            self.view.rewire.cut(self.found)

    def words(self) -> str:
        """Say how many wires would be cut."""
        return "cuts one wire" if len(self.found) == 1 else f"cuts {len(self.found)} wires"

    def paint_marks(self, painter: QPainter) -> None:
        """Paint the wires that would be cut."""
        painter.save()
        painter.setTransform(self.view.camera.transform(), combine=True)
        painter.setPen(wire_pen(theme().color(self.role), self.view.camera.zoom))
        for edge in self.found:
            painter.drawPath(self.view.wire_path(edge))
        painter.restore()


class AddDots(CrossWires):
    """Puts a dot where each wire was crossed."""

    def end(self, pointer: Pointer) -> None:
        """Add the dots."""
        if self.dragging:
            self.view.dots.add_all(self.found)

    def words(self) -> str:
        """Say how many dots there would be."""
        return "adds a dot" if len(self.found) == 1 else f"adds {len(self.found)} dots"

    def paint_marks(self, painter: QPainter) -> None:
        """Paint the dots that there would be."""
        camera = self.view.camera
        radius = max(DOT_RING * camera.zoom / 2, 2.0)
        painter.setPen(QPen(theme().color(self.role), OUTLINE))
        for point in self.found.values():
            painter.drawEllipse(camera.to_screen(point), radius, radius)
