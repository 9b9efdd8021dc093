"""Actions by name: one table from which menus, tool bar, keys and the command palette are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.keymap import Keymap, Shortcut, spelled
from studio.app.theme.theme import theme

Scope: TypeAlias = Literal["window", "canvas"]
"""Where the keyboard must be for an action's keys to act."""

ACTION = "action."


class Actions(QObject):
    """All actions of a window.

    Every action has an object name in the form ``action.file.save``, so that tests, macros and
    accessibility tools find it.

    Args:
        owner: The window.
        canvas: Where keys of actions of scope ``canvas`` act.
        keymap: Says which keys each action has.

    Attributes:
        keymap: As given, or one with the defaults.
    """

    def __init__(self, owner: QWidget, canvas: QWidget | None = None, keymap: Keymap | None = None) -> None:
        super().__init__(owner)
        self._owner = owner
        self._canvas = canvas or owner
        self.keymap = keymap or Keymap(parent=self)
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._tips: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        self._asked: dict[str, tuple[bool, str]] = {}
        self._held: dict[str, str] = {}
        self._beside: list[tuple[QWidget, str, str]] = []
        theme().changed.connect(self._redraw_icons)
        self.keymap.changed.connect(self._take_keys)

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
            shortcuts: Keys by default, the first of which the menu shows. A person may change them.
            icon: Name in the icon set.
            tip: For the status bar and the tool tip; by default the text.
            checkable: It is on or off.
            scope: ``canvas``: its keys act only while the canvas itself has the keyboard focus, so that
                plain letters can be keys and fields still take them as text.
        """
        action = QAction(text, self._owner)
        action.setObjectName(f"{ACTION}{name}")
        action.setCheckable(checkable)
        action.triggered.connect(lambda _checked=False: slot())
        if icon:
            self._icons[name] = icon
            action.setIcon(theme().icon(icon))
        if scope == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        (self._canvas if scope == "canvas" else self._owner).addAction(action)
        self._adopt(name, action, tip, shortcuts)
        return action

    def adopt(self, name: str, action: QAction, *shortcuts: Shortcut, tip: str = "") -> None:
        """Take an action into the table that somebody else made, such as a dock's."""
        action.setObjectName(f"{ACTION}{name}")
        self._owner.addAction(action)
        self._adopt(name, action, tip, shortcuts)

    def _adopt(self, name: str, action: QAction, tip: str, shortcuts: tuple[Shortcut, ...]) -> None:
        self.keymap.register(name, shortcuts)
        self._actions[name] = action
        self._tips[name] = tip
        self._titles[name] = plain(action.text())
        self._take_key(name)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> dict[str, QAction]:
        """Return every action by name."""
        return dict(self._actions)

    def title(self, name: str) -> str:
        """Return what an action is called at all times, without the marks of a menu."""
        return self._titles[name]

    def keys(self, name: str) -> str:
        """Return the first chord of an action as this system writes it; empty without one."""
        found = self.keymap.keys(name)
        return spelled(found[0]) if found else ""

    def fill(self, menu: QMenu, *names: str) -> None:
        """Put actions into a menu; an empty name is a separator."""
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()

    def enable(self, name: str, on: bool, reason: str = "") -> None:
        """Enable an action, or disable it and say why."""
        self._asked[name] = on, reason
        held = self._held.get(name, "")
        on, reason = on and not held, held or reason
        action, why_not = self._actions[name], "" if on else reason
        action.setEnabled(on)
        if self._reasons.get(name) != why_not:  # asked of every action after every edit
            self._reasons[name] = why_not
            self._show_tip(name)

    def hold(self, names: Iterable[str], reason: str) -> None:
        """Disable some actions for one reason, whatever else is said of them, until it is empty."""
        for name in names:
            if self._held.get(name, "") != reason:
                self._held[name] = reason
                self.enable(name, *self._asked.get(name, (True, "")))

    def describe(self, widget: QWidget, name: str, does: str) -> None:
        """Say in a tool tip what a widget does, and by which keys of an action the same is done."""
        self._beside.append((widget, name, does))
        widget.setToolTip(_with_keys(does, self.keys(name)))

    def _show_tip(self, name: str) -> None:
        """Say what an action does and by which keys, or why it can do nothing."""
        action, tip, reason = self._actions[name], self._tips[name], self._reasons.get(name, "")
        action.setToolTip(reason or _with_keys(tip or self.title(name), self.keys(name)))
        action.setStatusTip(reason or tip)

    def _take_key(self, name: str) -> None:
        self._actions[name].setShortcuts([QKeySequence(key) for key in self.keymap.keys(name)])
        self._show_tip(name)

    def _take_keys(self) -> None:
        for name in self._actions:
            self._take_key(name)
        for widget, name, does in self._beside:
            widget.setToolTip(_with_keys(does, self.keys(name)))

    def _redraw_icons(self) -> None:
        for name, icon in self._icons.items():
            self._actions[name].setIcon(theme().icon(icon))


def plain(text: str) -> str:
    """Return the words of a menu entry: without mnemonic mark, keys and dots."""
    return text.split("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…").strip()


def _with_keys(does: str, keys: str) -> str:
    return f"{does}  ({keys})" if keys else does
