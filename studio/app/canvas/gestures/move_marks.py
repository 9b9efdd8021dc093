"""Drag frames by their titles, and notes and arrows; what lies in a frame goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.gestures.move_nodes import MoveNodes
from studio.app.canvas.grid import snapped
from studio.app.canvas.marks.mark_commands import resized
from studio.app.canvas.marks.mark_scene import Hit, Part

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

CURSORS: dict[Part, Qt.CursorShape] = {
    "body": Qt.CursorShape.SizeAllCursor,
    "left": Qt.CursorShape.SizeHorCursor,
    "right": Qt.CursorShape.SizeHorCursor,
    "top": Qt.CursorShape.SizeVerCursor,
    "bottom": Qt.CursorShape.SizeVerCursor,
    "top_left": Qt.CursorShape.SizeFDiagCursor,
    "bottom_right": Qt.CursorShape.SizeFDiagCursor,
    "top_right": Qt.CursorShape.SizeBDiagCursor,
    "bottom_left": Qt.CursorShape.SizeBDiagCursor,
    "start": Qt.CursorShape.CrossCursor,
    "tip": Qt.CursorShape.CrossCursor,
}
"""What the cursor says a drag will do, by what is held."""


class MoveMarks(MoveNodes):
    """Like `MoveNodes`, held at a mark; its corner snaps to the grid."""

    def start(self) -> None:
        """Select the mark, unless it is part of the selection already."""
        selection = self.view.selection
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        self._outer = frozenset()
        self._toggles = self.origin.holds(keys)
        self._was_selected = self._held in selection.marks
        if self._toggles:
            selection.set(selection.nodes, selection.edges, selection.marks | {self._held})
        elif not self._was_selected:
            selection.set(marks=[self._held])

    def end(self, pointer: Pointer) -> None:
        """Move in the design; a plain click selects just this mark."""
        if self.dragging:
            super().end(pointer)
        elif self._toggles and self._was_selected:
            self.view.selection.toggle_mark(self._held)
        elif not self._toggles:
            self.view.selection.set(marks=[self._held])

    def _snapped(self, way: QPointF) -> QPointF:
        mark = self.view.scene.graph.marks[self._held]
        x, y = snapped(mark.x + way.x()), snapped(mark.y + way.y())
        return QPointF(x - mark.x, y - mark.y)


class ResizeMark(Gesture):
    """An edge or a corner of a frame or a note, or an end of an arrow, follows the mouse."""

    def __init__(self, view: CanvasView, pointer: Pointer, hit: Hit) -> None:
        super().__init__(view, pointer)
        self._hit = hit
        self._mark = view.scene.marks[hit.mark]
        self.cursor = CURSORS[hit.part]

    def start(self) -> None:
        """Select the mark."""
        self.view.selection.set(marks=[self._hit.mark])

    def drag(self, pointer: Pointer) -> None:
        """Show the mark as it would be."""
        point = pointer.canvas
        if not pointer.holds(Qt.KeyboardModifier.ControlModifier):
            point = QPointF(snapped(point.x()), snapped(point.y()))
        self._mark = resized(self.view.scene.graph.marks[self._hit.mark], self._hit.part, point)
        self.view.scene.preview_marks([self._mark])

    def end(self, pointer: Pointer) -> None:
        """Resize it in the design."""
        self.cancel()
        if self.dragging:
            self.view.marks.resize(self._mark)

    def cancel(self) -> None:
        """Show the mark as it was."""
        self.view.scene.preview_marks()
