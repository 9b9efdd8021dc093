"""Arrow keys on the canvas. All other keys are those of actions: see `studio.app.canvas.actions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from studio.app.canvas import grid

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Key = Qt.Key

ARROWS: dict[Qt.Key, tuple[int, int]] = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}


def act(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key stands for; say whether it stands for anything."""
    key, held = Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return key in ARROWS and _nudge(view, key, held, repeated=event.isAutoRepeat())


def _nudge(view: CanvasView, key: Qt.Key, held: Qt.KeyboardModifier, *, repeated: bool) -> bool:
    """Push the selection by a step of the grid, with Shift by a pixel; a held key is one step of undo."""
    if held not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        return False
    if not view.selection.nodes and not view.selection.marks and view.dots.current is None:
        return False
    if not repeated:
        view.document.begin_gesture("Nudge")
    step = 1 if held == Qt.KeyboardModifier.ShiftModifier else grid.step()
    right, down = ARROWS[key]
    pushed = view.commands if view.dots.current is None else view.dots
    pushed.nudge(right * step, down * step)
    return True


def release(view: CanvasView, event: QKeyEvent) -> None:
    """End the step of undo that a held arrow key began."""
    if Key(event.key()) in ARROWS and not event.isAutoRepeat():
        view.document.end_gesture()
