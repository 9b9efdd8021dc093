"""The Edit menu: undo, clipboard, selection, and what the person prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.canvas.rewire_actions import fill_select_menu, refresh_rewire_actions

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

STANDARD = QKeySequence.StandardKey
NOTHING = "Nothing is selected."


def add_edit_actions(actions: Actions, window: MainWindow) -> None:
    """Add what is not the canvas' own business."""
    add, document = actions.add, window.document
    add("edit.undo", "&Undo", document.undo, STANDARD.Undo, icon="ph.arrow-u-up-left")
    add("edit.redo", "&Redo", document.redo, "Ctrl+Shift+Z", "Ctrl+Y", icon="ph.arrow-u-up-right")
    add("edit.copy_picture", "Copy as pict&ure", window.pictures.copy, "Ctrl+Shift+C")


def fill_edit_menu(actions: Actions, menu: QMenu) -> None:
    """Put them, and those of the canvas, in their places."""
    actions.fill(menu, "edit.undo", "edit.redo", "", "edit.cut", "edit.copy", "edit.copy_picture")
    actions.fill(menu, "edit.paste", "edit.duplicate", "edit.duplicate_with_inputs")
    actions.fill(menu, "edit.delete", "edit.delete_only", "", "edit.rename", "edit.find")
    fill_select_menu(actions, menu.addMenu("&Select"))
    actions.fill(menu, "", "edit.keys", "edit.preferences")


def refresh_edit_actions(actions: Actions, window: MainWindow) -> None:
    """Enable what can do something now, and say why the rest cannot."""
    enable, history, selection = actions.enable, window.document.history, window.workspace.selection
    enable("edit.undo", history.can_undo, "Nothing was changed yet.")
    enable("edit.redo", history.can_redo, "Nothing was undone.")
    actions["edit.undo"].setText(f"&Undo {history.undo_label.lower()}".rstrip())
    actions["edit.redo"].setText(f"&Redo {history.redo_label.lower()}".rstrip())
    for name in ("cut", "copy", "duplicate", "delete", "delete_only"):
        enable(f"edit.{name}", not selection.is_empty, NOTHING)
    enable("edit.rename", selection.single is not None, "Select a single layer to rename it.")
    enable("edit.copy_picture", bool(len(window.document.graph)), "The canvas is empty.")
    refresh_rewire_actions(actions, window.canvas)
