"""The button with a menu that takes what is on show along: onto the clipboard or into files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from studio.app.saving import save_as


class ExportButton(QPushButton):
    """Those who inherit put their ways out into its menu with `way`.

    Args:
        name: Of the object.
        actions: Before the names of its actions.
        words: What it takes along, for those who cannot see it.
        parent: Where it stands.

    Attributes:
        folder: Where dialogs start.
    """

    message = Signal(str)

    def __init__(self, name: str, actions: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__("Export", parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setProperty("role", "small")
        self.folder = ""
        self._actions = actions
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)

    def way(self, name: str, title: str, act: Callable[[], object]) -> QAction:
        """Return a line of the menu."""
        action = self._menu.addAction(title)
        action.setObjectName(f"{self._actions}.{name}")
        action.triggered.connect(lambda: act())
        return action

    def save(self, file: str, kinds: str, content: Callable[[Path], bytes]) -> None:
        """Ask where to save something, do it, and say so.

        Args:
            file: Name that the dialog begins with.
            kinds: Of files, as Qt wants them.
            content: Makes what is written into a file of this name.
        """
        said = save_as(self, Path(self.folder) / file, kinds, content)
        if said:
            self.message.emit(said)
