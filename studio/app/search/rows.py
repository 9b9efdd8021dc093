"""A list of found things, of which one is the current; the keyboard is elsewhere, in a field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from studio.app.search.row_painting import ROW_ROLE, Row, RowDelegate, star_box
from studio.app.theme.theme import theme
from studio.app.theme.tokens import RESULT_HEIGHT

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class RowModel(QAbstractListModel):
    """Rows in their order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row, its title, or what is said of it."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.reason or row.text or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        return row if role == ROW_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say that all but headings can be chosen."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._rows[index.row()].key is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class RowList(QListView):
    """Found things; the keyboard is elsewhere, in the field that is typed into."""

    activated_row = Signal(object)
    """`Row` that was clicked."""

    pin_wanted = Signal(object)
    """`Row` whose star was clicked."""

    current_row = Signal(object)
    """`Row` that is the current one now, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(RowDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme().changed.connect(self.viewport().update)

    def show_rows(self, rows: Sequence[Row], keep: str = "") -> None:
        """Show other rows, with that of an id as the current one, or the first."""
        self.rows.show(rows)
        kept = [place for place, row in enumerate(rows) if keep and row.id == keep]
        self._go(kept[0] if kept else self._next(-1, 1))

    @property
    def row(self) -> Row | None:
        """The current row."""
        index = self.currentIndex()
        return self.rows.rows[index.row()] if index.isValid() else None

    def step(self, by: int) -> None:
        """Go down by some rows, or up; over the end it goes on at the other, if it is one step."""
        count, here = len(self.rows.rows), self.currentIndex().row()
        if abs(by) == 1:
            place = self._next(here, by)
            self._go(place if place is not None else self._next(-1 if by > 0 else count, by))
            return
        there = min(max(here + by, 0), count - 1)
        way = 1 if by < 0 else -1  # a heading at the end is stepped back from
        self._go(there if self._is_row(there) else self._next(there, way))

    def page(self) -> int:
        """Return how many rows are on screen at once."""
        return max(self.viewport().height() // RESULT_HEIGHT - 1, 1)

    def go_to_end(self, last: bool) -> None:
        """Go to the first row or the last."""
        self._go(self._next(len(self.rows.rows) if last else -1, -1 if last else 1))

    def _is_row(self, place: int) -> bool:
        return 0 <= place < len(self.rows.rows) and self.rows.rows[place].key is not None

    def _next(self, place: int, way: int) -> int | None:
        """Return the next place that is no heading, or None."""
        place += way
        while 0 <= place < len(self.rows.rows):
            if self._is_row(place):
                return place
            place += way
        return None

    def _go(self, place: int | None) -> None:
        index = self.rows.index(place, 0) if place is not None else QModelIndex()
        self.setCurrentIndex(index)
        if place is not None and self._next(place, -1) is None:
            self.scrollToTop()  # with the heading over it
        self.current_row.emit(self.row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pin at the star."""
        index = self.indexAt(event.position().toPoint())
        row = self.rows.rows[index.row()] if index.isValid() else None
        if row is None or row.key is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if row.pinned is not None and star_box(self.visualRect(index)).contains(event.position().toPoint()):
            self.pin_wanted.emit(row)
            return
        self._go(index.row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take what was clicked."""
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid() or index != self.currentIndex():
            return
        row = self.rows.rows[index.row()]
        at_star = row.pinned is not None and star_box(self.visualRect(index)).contains(
            event.position().toPoint()
        )
        if row.key is not None and not at_star:
            self.activated_row.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second click for one of its own."""
        self.mousePressEvent(event)
