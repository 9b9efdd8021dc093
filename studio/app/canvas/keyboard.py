"""What keys do on the canvas. Most of it also is in the window's menus; here it works alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.app.canvas.cards import GRID

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Key = Qt.Key
Action: TypeAlias = "Callable[[CanvasView], object]"

STANDARD: tuple[tuple[QKeySequence.StandardKey, Action], ...] = (
    (QKeySequence.StandardKey.Copy, lambda view: view.copy()),
    (QKeySequence.StandardKey.Cut, lambda view: view.cut()),
    (QKeySequence.StandardKey.Paste, lambda view: view.paste()),
    (QKeySequence.StandardKey.SelectAll, lambda view: view.select_all()),
    (QKeySequence.StandardKey.ZoomIn, lambda view: view.zoom_in()),
    (QKeySequence.StandardKey.ZoomOut, lambda view: view.zoom_out()),
)

PLAIN: dict[Qt.Key, Action] = {
    Key.Key_F: lambda view: view.fit(animated=True),
    Key.Key_Home: lambda view: view.fit(animated=True),
    Key.Key_F2: lambda view: view.rename(),
    Key.Key_Delete: lambda view: view.delete_selection(reconnect=True),
    Key.Key_Backspace: lambda view: view.delete_selection(reconnect=True),
    Key.Key_Return: lambda view: view.blocks.enter(),
    Key.Key_Enter: lambda view: view.blocks.enter(),
    Key.Key_M: lambda view: view.blocks.bypass(),
}

WITH_CONTROL: dict[Qt.Key, Action] = {
    Key.Key_D: lambda view: view.duplicate(),
    Key.Key_G: lambda view: view.group(),
    Key.Key_B: lambda view: view.blocks.bypass(),
    Key.Key_Down: lambda view: view.blocks.enter(),
    Key.Key_Up: lambda view: view.blocks.leave(),
}

ARROWS: dict[Qt.Key, tuple[int, int]] = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}


def act(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key stands for; say whether it stands for anything."""
    key, held = Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held == Qt.KeyboardModifier.ControlModifier and key in WITH_CONTROL:
        WITH_CONTROL[key](view)
        return True
    if key in ARROWS:
        return _nudge(view, key, held, repeated=event.isAutoRepeat())
    if key in (Key.Key_Delete, Key.Key_Backspace) and held in (
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ControlModifier,
    ):
        view.delete_selection(reconnect=False)  # before the standard keys: some systems cut by Shift+Del
        return True
    for standard, action in STANDARD:
        if event.matches(standard):
            action(view)
            return True
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    if key == Key.Key_G and held == shift:
        view.blocks.ungroup()
        return True
    if held == Qt.KeyboardModifier.NoModifier and key in PLAIN:
        PLAIN[key](view)
        return True
    return False


def _nudge(view: CanvasView, key: Qt.Key, held: Qt.KeyboardModifier, *, repeated: bool) -> bool:
    """Push the selection by a step of the grid, with Shift by a pixel; a held key is one step of undo."""
    if held not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        return False
    if not view.selection.nodes:
        return False
    if not repeated:
        view.document.begin_gesture("Nudge")
    step = 1 if held == Qt.KeyboardModifier.ShiftModifier else GRID
    right, down = ARROWS[key]
    view.commands.nudge(right * step, down * step)
    return True


def release(view: CanvasView, event: QKeyEvent) -> None:
    """End the step of undo that a held arrow key began."""
    if Key(event.key()) in ARROWS and not event.isAutoRepeat():
        view.document.end_gesture()
