"""What helps to find and change commands: the palette, the preferences and the sheet of keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.app.actions import Actions
from studio.app.palette.commands import Command, commands_of
from studio.app.palette.palette import CommandPalette
from studio.app.theme.theme import theme
from studio.app.theme.tokens import Scheme

if TYPE_CHECKING:
    from studio.app.cheat_sheet.dialog import CheatSheet
    from studio.app.main_window import MainWindow
    from studio.app.preferences.dialog import PreferencesDialog
    from studio.app.settings import Preferences

SCHEMES: dict[str, Scheme | None] = {"system": None, "light": "light", "dark": "dark"}


class CommandMenu(QObject):
    """Adds the actions that open them, and makes each when it is opened first.

    Attributes:
        palette: The command palette.
        preferences: The dialog; None until it was opened.
        cheat_sheet: The sheet of keys and gestures; None until it was opened.
    """

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions
        self.palette = CommandPalette(window)
        self.preferences: PreferencesDialog | None = None
        self.cheat_sheet: CheatSheet | None = None
        self._add_actions()
        window.settings.changed.connect(self._follow_theme)

    def _add_actions(self) -> None:
        add = self._actions.add
        tip = "Everything the window can do, found by words"
        add("view.commands", "&Commands…", self.palette.open, "Ctrl+Shift+P", icon="ph.command", tip=tip)
        tip = "Theme, units, grid, device and more"
        add("edit.preferences", "Pre&ferences…", self.open_preferences, "Ctrl+,", icon="ph.gear", tip=tip)
        tip = "Change the keys of any action"
        add("edit.keys", "&Keys…", partial(self.open_preferences, "keys"), icon="ph.keyboard", tip=tip)
        tip = "All keys and gestures on one sheet"
        add("help.keys", "&Keyboard and mouse", self.open_cheat_sheet, "Ctrl+/", "?", tip=tip)
        for name in SCHEMES:
            choose = partial(self._window.settings.change, theme=name)
            add(f"view.theme_{name}", name.capitalize(), choose, checkable=True)

    def _commands(self) -> list[Command]:
        return commands_of(self._window.menuBar(), self._actions)

    def open_cheat_sheet(self) -> None:
        """Show all keys and gestures, as they are now."""
        from studio.app.cheat_sheet.dialog import CheatSheet
        from studio.app.cheat_sheet.sections import sections

        keymap = self._actions.keymap
        if self.cheat_sheet is None:
            self.cheat_sheet = CheatSheet(
                lambda: sections(self._commands(), self._actions),
                keymap,
                partial(self.open_preferences, "keys"),
                self._window,
            )
        else:
            self.cheat_sheet.refresh()
        self.cheat_sheet.show()
        self.cheat_sheet.activateWindow()

    def open_preferences(self, page: str = "general") -> None:
        """Open the preferences at a page, or bring them to the front."""
        if self.preferences is None:
            from studio.app.preferences.dialog import PreferencesDialog

            self.preferences = PreferencesDialog(self._window.settings, self._actions, self._window)
            self.preferences.code.revoked.connect(self._window.workspace.check)
        self.preferences.offer(self._commands(), self._window.workspace.devices)
        self.preferences.show_page(page)
        self.preferences.showing()

    def _follow_theme(self, old: Preferences, new: Preferences) -> None:
        """Dress the program as is preferred now, and mark it in the menu."""
        if old.theme != new.theme and theme().choice != SCHEMES[new.theme]:
            theme().choose(SCHEMES[new.theme])  # once, however many windows hear of it
        self._actions[f"view.theme_{new.theme}"].setChecked(True)
