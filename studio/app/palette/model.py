"""The list of commands that fit what is typed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from studio.app.palette.commands import Command, Found, ranked

FOUND_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class CommandModel(QAbstractListModel):
    """Holds all commands, and shows those that fit, the best first."""

    def __init__(self) -> None:
        super().__init__()
        self._commands: list[Command] = []
        self._recent: tuple[str, ...] = ()
        self.found: list[Found] = []

    def offer(self, commands: list[Command], recent: tuple[str, ...]) -> None:
        """Take the commands there are, and the names of those last used."""
        self._commands, self._recent = commands, recent
        self.search("")

    def search(self, query: str) -> None:
        """Show what fits."""
        self.beginResetModel()
        self.found = ranked(self._commands, query, self._recent)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many fit."""
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return the title, all of it in words, the reason why not, or the command itself."""
        if not index.isValid():
            return None
        found = self.found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.command.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return found.command.spoken()
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.command.why_not or found.command.tip
        return found if role == FOUND_ROLE else None
