"""The Edit menu: undo, clipboard, selection, and what the person prefers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.canvas.rewire_actions import fill_select_menu, refresh_rewire_actions
from studio.app.place import level_words
from studio.app.sheet import Level

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

STANDARD = QKeySequence.StandardKey
NOTHING = "Nothing is selected."


def add_edit_actions(actions: Actions, window: MainWindow) -> None:
    """Add what is not the canvas' own business."""
    add = actions.add
    add("edit.undo", "&Undo", partial(_undo, window), STANDARD.Undo, icon="ph.arrow-u-up-left")
    redo = partial(_redo, window)
    add("edit.redo", "&Redo", redo, "Ctrl+Shift+Z", "Ctrl+Y", icon="ph.arrow-u-up-right")
    add("edit.copy_picture", "Copy as pict&ure", window.pictures.copy, "Ctrl+Shift+C")


def _undo(window: MainWindow) -> None:
    level, label = window.document.level, window.document.history.undo_label
    window.document.undo()
    _say_where(window, level, f"Taken back: {label}")


def _redo(window: MainWindow) -> None:
    level, label = window.document.level, window.document.history.redo_label
    window.document.redo()
    _say_where(window, level, f"Done again: {label}")


def _say_where(window: MainWindow, before: Level, what: str) -> None:
    """Say why another level is on show, if one is: the step was made there."""
    document = window.document
    if document.level != before:
        window.status.say(f"{what}, in {level_words(document.design, document.level)}.")


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
