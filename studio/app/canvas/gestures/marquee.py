"""Select what a rectangle touches."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.theme.theme import theme


class Marquee(Gesture):
    """Selects as it grows. Shift adds to the selection, Ctrl toggles; a click selects nothing."""

    def start(self) -> None:
        """Remember what was selected."""
        selection = self.view.selection
        self._before = selection.nodes, selection.edges, selection.marks

    def drag(self, pointer: Pointer) -> None:
        """Select what the rectangle touches now, and the wires that lie in it from end to end."""
        geometry = self.view.scene.geometry
        area = QRectF(self.origin.canvas, pointer.canvas).normalized()
        touched = frozenset(geometry.ids[slot] for slot in geometry.nodes_in(area).tolist())
        wired = frozenset(geometry.edges_inside(area))
        marked = frozenset(self.view.scene.marks.inside(area))
        nodes, edges, marks = self._before
        if pointer.holds(Qt.KeyboardModifier.ShiftModifier):
            self.view.selection.set(nodes | touched, edges | wired, marks | marked)
        elif pointer.holds(Qt.KeyboardModifier.ControlModifier):
            self.view.selection.set(nodes ^ touched, edges ^ wired, marks ^ marked)
        else:
            self.view.selection.set(touched, wired, marked)

    def end(self, pointer: Pointer) -> None:
        """Keep the selection; a mere click clears it."""
        keeps = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        if not self.dragging and not pointer.holds(keeps):
            self.view.selection.clear()

    def cancel(self) -> None:
        """Select what was selected before."""
        self.view.selection.set(*self._before)

    def paint(self, painter: QPainter) -> None:
        """Paint the rectangle."""
        if not self.dragging:
            return
        camera = self.view.camera
        area = QRectF(camera.to_screen(self.origin.canvas), self.pointer.screen).normalized()
        fill = theme().color("accent")
        fill.setAlphaF(0.12)
        painter.setPen(QPen(theme().color("accent"), 1.0))
        painter.setBrush(fill)
        painter.drawRect(area)
