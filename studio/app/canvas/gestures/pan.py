"""Push the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.app.canvas.gestures.gesture import Gesture, Pointer


class Pan(Gesture):
    """The canvas follows the mouse from the first pixel on."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def start(self) -> None:
        """Remember where the eye was."""
        self._before = self.view.camera

    def move(self, pointer: Pointer) -> None:
        """Follow the mouse."""
        way = pointer.screen - self.origin.screen
        self.view.set_camera(self._before.panned(way.x(), way.y()))

    def cancel(self) -> None:
        """Go back to where the eye was."""
        self.view.set_camera(self._before)
