"""Press one of the buttons over a card: it acts when it is let go where it was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.app.canvas.button_subjects import CardButton
from studio.app.canvas.gestures.gesture import Gesture, Pointer

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class PressButton(Gesture):
    """Drawn off the button, the press does nothing."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, view: CanvasView, pointer: Pointer, button: CardButton) -> None:
        super().__init__(view, pointer)
        self._button = button

    def start(self) -> None:
        """Show the button held down."""
        self.view.card_buttons.pressed = self._button

    def end(self, pointer: Pointer) -> None:
        """Do what the button says."""
        under = self.view.card_buttons.at(pointer.screen)
        self.cancel()
        if under is not None and under.name == self._button.name:
            self._button.act()

    def cancel(self) -> None:
        """Let the button go."""
        self.view.card_buttons.pressed = None
