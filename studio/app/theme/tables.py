"""Tables without branches: one style for all that list lines of text and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FlatTable(QTreeWidget):
    """Lines of cells. Columns are as wide as what is in them, and one of them takes the rest.

    Args:
        name: Of the object.
        words: What it lists, for those who cannot see it.
        titles: Of the columns.
        numbers: Columns that stand at the right.
        stretched: The column that takes the rest; -1: the last.
        parent: Where it stands.
    """

    def __init__(
        self,
        name: str,
        words: str,
        titles: Sequence[str],
        *,
        numbers: Iterable[int] = (),
        stretched: int = -1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setHeaderLabels(titles)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.header().setStretchLastSection(stretched < 0)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if stretched >= 0:
            self.header().setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        self.numbers = tuple(numbers)
        for column in self.numbers:
            self.headerItem().setTextAlignment(column, RIGHT)

    def add(self, item: QTreeWidgetItem) -> None:
        """Put a line below the others, with its numbers at the right."""
        for column in self.numbers:
            item.setTextAlignment(column, RIGHT)
        self.addTopLevelItem(item)
