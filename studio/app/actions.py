"""Actions by name: one table from which menus, tool bar and shortcuts are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.theme.theme import theme

Shortcut: TypeAlias = str | QKeySequence.StandardKey
Scope: TypeAlias = Literal["window", "canvas"]
"""Where the keyboard must be for an action's keys to act."""


class Actions(QObject):
    """All actions of a window.

    Every action has an object name in the form ``action.file.save``, so that tests, macros and
    accessibility tools find it.

    Args:
        owner: The window.
        canvas: Where keys of actions of scope ``canvas`` act.
    """

    def __init__(self, owner: QWidget, canvas: QWidget | None = None) -> None:
        super().__init__(owner)
        self._owner = owner
        self._canvas = canvas or owner
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._tips: dict[str, tuple[str, str]] = {}
        theme().changed.connect(self._redraw_icons)

    def add(
        self,
        name: str,
        text: str,
        slot: Callable[[], object],
        *shortcuts: Shortcut,
        icon: str = "",
        tip: str = "",
        checkable: bool = False,
        scope: Scope = "window",
    ) -> QAction:
        """Make an action.

        Args:
            name: Without the leading ``action.``: ``file.save``.
            text: As in the menu; an ampersand marks the mnemonic.
            slot: What it does.
            shortcuts: Keys, the first of which the menu shows.
            icon: Name in the icon set.
            tip: For the status bar and the tool tip; by default the text.
            checkable: It is on or off.
            scope: ``canvas``: its keys act only while the canvas itself has the keyboard focus, so that
                plain letters can be keys and fields still take them as text.
        """
        action = QAction(text, self._owner)
        action.setObjectName(f"action.{name}")
        action.setShortcuts([QKeySequence(key) for key in shortcuts])
        action.setStatusTip(tip)
        action.setCheckable(checkable)
        action.triggered.connect(lambda _checked=False: slot())
        plain = text.replace("&", "").rstrip("…")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip or plain}{f'  ({keys})' if keys else ''}")
        self._tips[name] = action.toolTip(), tip
        self._actions[name] = action
        if icon:
            self._icons[name] = icon
            action.setIcon(theme().icon(icon))
        if scope == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        (self._canvas if scope == "canvas" else self._owner).addAction(action)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> dict[str, QAction]:
        """Return every action by name."""
        return dict(self._actions)

    def fill(self, menu: QMenu, *names: str) -> None:
        """Put actions into a menu; an empty name is a separator."""
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()

    def enable(self, name: str, on: bool, reason: str = "") -> None:
        """Enable an action, or disable it and say why."""
        action = self._actions[name]
        tool_tip, status_tip = self._tips[name]
        action.setEnabled(on)
        action.setToolTip(tool_tip if on else reason)
        action.setStatusTip(status_tip if on else reason)

    def _redraw_icons(self) -> None:
        for name, icon in self._icons.items():
            self._actions[name].setIcon(theme().icon(icon))
