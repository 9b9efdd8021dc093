"""Tables without branches: one style for all that list lines of text and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from studio.app.theme.tokens import SPACE

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


_AROUND = 3 * SPACE
"""What a cell keeps free at both sides together, and above and below likewise."""


class _Wrapping(QStyledItemDelegate):
    """Gives cells the height of their words in the width of their column."""

    def __init__(self, table: QTreeWidget) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return it."""
        plain, width = super().sizeHint(option, index), self._table.columnWidth(index.column()) - _AROUND
        words = str(index.data() or "")
        flags = Qt.TextFlag.TextWordWrap
        lines = self._table.fontMetrics().boundingRect(0, 0, max(width, 1), 0, flags, words)
        return QSize(plain.width(), max(plain.height(), lines.height() + _AROUND if words else 0))


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

    def wrap(self, column: int) -> None:
        """Let a column that takes the rest have as many lines of words as it needs."""
        self.setUniformRowHeights(False)
        self.setWordWrap(True)
        self.setItemDelegateForColumn(column, _Wrapping(self))
        self.header().sectionResized.connect(self._fit_heights)

    def _fit_heights(self) -> None:
        self.scheduleDelayedItemsLayout()

    def add(self, item: QTreeWidgetItem) -> None:
        """Put a line below the others, with its numbers at the right."""
        for column in self.numbers:
            item.setTextAlignment(column, RIGHT)
        self.addTopLevelItem(item)
