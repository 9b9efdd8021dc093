"""All menus of a window together, and the keys of what is in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.app.actions import Actions, plain
from studio.app.canvas.actions import add_canvas_actions
from studio.app.keymap import Keymap, chord, chord_of
from studio.app.menus.commands import CommandMenu
from studio.app.menus.edit_menu import add_edit_actions, fill_edit_menu, refresh_edit_actions
from studio.app.menus.file_menu import add_file_actions, fill_file_menu, refresh_file_actions
from studio.app.menus.graph_menu import (
    add_graph_actions,
    fill_graph_menu,
    refresh_arranging,
    refresh_graph_actions,
)
from studio.app.menus.help_menu import add_help_actions, fill_help_menu, refresh_help_actions
from studio.app.menus.train_menu import add_train_actions, fill_train_menu, refresh_train_actions
from studio.app.menus.view_menu import add_view_actions, fill_view_menu, refresh_view_actions
from studio.app.network_actions.menu import NetworkMenu

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

LEADING = ("edit.undo", "edit.redo", "graph.arrange")
"""What stands at the left end of the tool bar."""


class Menus(QObject):
    """Makes a window's actions and menus, and keeps them enabled as far as they can do something.

    Attributes:
        actions: All actions, by name.
        network: The menu of actions on the whole network.
        commands: The palette, which finds all of them by words, and the preferences.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions = actions = Actions(window, window.canvas, Keymap(window.settings, window))
        add_file_actions(actions, window)
        add_edit_actions(actions, window)
        add_canvas_actions(actions, window.canvas)
        add_graph_actions(actions, window)
        add_train_actions(actions, window)
        self.commands = CommandMenu(window, actions)
        add_view_actions(actions, window)
        add_help_actions(actions, window)
        self._fill()
        window.canvas.arranger.ended.connect(partial(refresh_arranging, actions, window))

    def _fill(self) -> None:
        """Put all actions into the menus and the tool bar."""
        window, bar, actions = self._window, self._window.menuBar(), self.actions
        fill_file_menu(actions, window, bar.addMenu("&File"))
        fill_edit_menu(actions, bar.addMenu("&Edit"))
        fill_view_menu(actions, window, bar.addMenu("&View"))
        fill_graph_menu(actions, window, bar.addMenu("&Graph"))
        self.network = NetworkMenu(window, actions, bar.addMenu("&Network"))
        fill_train_menu(actions, bar.addMenu("&Train"))
        fill_help_menu(actions, bar.addMenu("&Help"))
        for each in bar.actions():
            mnemonic = chord(QKeySequence.mnemonic(each.text()))
            actions.keymap.fix(mnemonic, f"open the {plain(each.text())} menu")
        actions.describe(window.canvas.breadcrumbs.up, "block.leave", "Leave the block")
        window.training_bar.add_leading([actions[name] for name in LEADING])
        window.training_bar.add_trailing(actions["view.commands"])

    def refresh(self) -> None:
        """Enable what can do something now, and say why the rest cannot."""
        for refresh in (
            refresh_file_actions,
            refresh_edit_actions,
            refresh_view_actions,
            refresh_graph_actions,
            refresh_train_actions,
            refresh_help_actions,
        ):
            refresh(self.actions, self._window)

    def why_not_key(self, event: QKeyEvent) -> str:
        """Return why the action that a key stands for can do nothing now; empty if none is kept from it."""
        name = self.actions.keymap.owner(chord_of(event))
        if name is None or self.actions[name].isEnabled():
            return ""
        action = self.actions[name]
        on_canvas = action.shortcutContext() == Qt.ShortcutContext.WidgetShortcut
        if on_canvas and not self._window.canvas.hasFocus():
            return ""
        return f"{self.actions.title(name)}: {action.toolTip()}"
