"""Drag a dot that a wire is led through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.dots import Dot
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.grid import snapped
from studio.app.canvas.ports import PortRef
from studio.app.theme.measures import GUIDE_REACH as REACH
from studio.app.theme.theme import theme

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class MoveDot(Gesture):
    """The dot snaps to the grid, and to where the wire is straight on one of its sides; Ctrl lets go."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: CanvasView, pointer: Pointer, dot: Dot) -> None:
        super().__init__(view, pointer)
        self._dot = dot
        self._start = view.scene.dots.point(dot)
        self._place: QPointF | None = None
        self._guides: list[QLineF] = []

    def start(self) -> None:
        """Make the dot the current one."""
        self.view.dots.choose(self._dot)

    def drag(self, pointer: Pointer) -> None:
        """Show the wire led through where the mouse is."""
        place = self._start + pointer.canvas - self.origin.canvas
        self._guides = []
        if not pointer.holds(Qt.KeyboardModifier.ControlModifier):
            place = self._snapped(place)
        self._place = place
        edge, which = self._dot
        points = list(self.view.scene.graph.bends[edge])
        points[which] = place.x(), place.y()
        self.view.scene.preview_bends({edge: tuple(points)})

    def end(self, pointer: Pointer) -> None:
        """Move the dot in the design."""
        self.cancel()
        if self._place is not None:
            self.view.dots.move(self._dot, self._place)

    def cancel(self) -> None:
        """Show the dot where it was."""
        self.view.scene.preview_bends({})

    def paint(self, painter: QPainter) -> None:
        """Paint the lines that it is in."""
        camera = self.view.camera
        painter.setPen(QPen(theme().color("accent"), 1.0, Qt.PenStyle.DashLine))
        for guide in self._guides:
            painter.drawLine(QLineF(camera.to_screen(guide.p1()), camera.to_screen(guide.p2())))

    def _snapped(self, place: QPointF) -> QPointF:
        """Return a place level with the points before and after on the wire, else on the grid."""
        x, y = snapped(place.x()), snapped(place.y())
        for other in self._beside():
            if abs(other.x() - place.x()) <= REACH:
                x = other.x()
                self._guides.append(QLineF(other, QPointF(x, place.y())))
            if abs(other.y() - place.y()) <= REACH:
                y = other.y()
                self._guides.append(QLineF(other, QPointF(place.x(), y)))
        return QPointF(x, y)

    def _beside(self) -> tuple[QPointF, QPointF]:
        """Return the points before and after the dot on its wire: dots or ports."""
        (edge, place), geometry = self._dot, self.view.scene.geometry
        points = self.view.scene.graph.bends[edge]
        before = geometry.port_point(PortRef(edge.source, "output", edge.source_port))
        after = geometry.port_point(PortRef(edge.target, "input", edge.target_port))
        return (
            QPointF(*points[place - 1]) if place else before,
            QPointF(*points[place + 1]) if place + 1 < len(points) else after,
        )
