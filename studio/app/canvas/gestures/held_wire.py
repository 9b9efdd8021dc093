"""A wire that was dropped on the empty canvas, while a person chooses what goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.ports import PortRef
from studio.app.canvas.wire_layer import wire_pen
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PORT_RING

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class HeldWire(Gesture):
    """Stays painted until something is chosen or nothing is; the mouse does not move it.

    Args:
        anchor: The port it begins or ends at.
    """

    def __init__(self, view: CanvasView, pointer: Pointer, anchor: PortRef) -> None:
        super().__init__(view, pointer)
        self.anchor = anchor

    def move(self, pointer: Pointer) -> None:
        """Stay where it is."""

    def paint(self, painter: QPainter) -> None:
        """Paint the wire, with a ring where the layer's port will be."""
        geometry, camera = self.view.scene.geometry, self.view.camera
        if self.anchor.node not in geometry:
            return
        held, free = geometry.port_point(self.anchor), self.origin.canvas
        start, stop = (held, free) if self.anchor.is_output else (free, held)
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(wire_pen(theme().color("accent"), camera.zoom))
        painter.drawPath(self.view.scene.course.loose_path(start.x(), start.y(), stop.x(), stop.y()))
        painter.setBrush(theme().color("card"))
        painter.drawEllipse(free, PORT_RING / 2, PORT_RING / 2)
        painter.restore()
