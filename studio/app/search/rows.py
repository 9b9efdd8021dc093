"""A list of found things: each a coloured square, a title, and what it is or why it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    BODY_PX,
    HEADING_HEIGHT,
    ICON,
    LABEL_PX,
    PANEL_MARGIN,
    RADIUS,
    RESULT_HEIGHT,
    SMALL_PX,
    SPACE,
    SWATCH,
)

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""`Row` of an index."""

TEXT_LEFT = PANEL_MARGIN + SWATCH + 2 * SPACE
ICON_ROOM = ICON + 2 * SPACE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list.

    Attributes:
        title: What it is called.
        text: What it is, or where.
        key: What it stands for; None for a heading over the rows after it.
        id: Tells it from others when the rows are found anew.
        family: Whose colour its square has; empty for none.
        reason: Why it is not what is wanted; shown instead of `text`.
        pinned: It has a star; None if it can have none.
        lit: Places of the letters of the title that it was found by.
    """

    title: str
    text: str = ""
    key: object = None
    id: str = ""
    family: str = ""
    reason: str = ""
    pinned: bool | None = None
    lit: tuple[int, ...] = ()

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return ", ".join(
            filter(None, (self.title, self.reason or self.text, "pinned" if self.pinned else ""))
        )


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


class RowDelegate(QStyledItemDelegate):
    """Paints a row in two lines, a heading in one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a row's height; its width is the list's."""
        row: Row = index.data(ROW_ROLE)
        return QSize(0, RESULT_HEIGHT if row.key is not None else HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row: Row = index.data(ROW_ROLE)
        box = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.key is None:
            _paint_words(
                painter, box.adjusted(PANEL_MARGIN, SPACE, -PANEL_MARGIN, 0), row.title, SMALL_PX, "dim"
            )
        else:
            state: QStyle.StateFlag = option.state
            _paint_ground(painter, box, state)
            _paint_found(painter, box, row)
        painter.restore()


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


def star_box(row: QRect) -> QRect:
    """Return where a row's star is."""
    return QRect(row.right() - ICON_ROOM - 2 * SPACE, row.top(), ICON_ROOM, row.height())


def _paint_ground(painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
    selected = bool(state & QStyle.StateFlag.State_Selected)
    if not selected and not state & QStyle.StateFlag.State_MouseOver:
        return
    painter.setBrush(theme().color("hover" if selected else "raised"))
    painter.setPen(QPen(theme().color("accent")) if selected else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box.adjusted(SPACE, 1, -SPACE - 1, -1), RADIUS, RADIUS)


def _paint_found(painter: QPainter, box: QRect, row: Row) -> None:
    colors = theme().colors
    left = box.left() + PANEL_MARGIN
    if row.family:
        color = QColor(colors.families.get(row.family, colors.bad))  # type: ignore[call-overload]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        top = box.top() + box.height() // 4 - SWATCH // 2 + 2
        painter.drawRoundedRect(QRect(left, top, SWATCH, SWATCH), SWATCH / 4, SWATCH / 4)
        left = box.left() + TEXT_LEFT
    right = star_box(box).left() if row.pinned is not None else box.right() - PANEL_MARGIN
    words = QRect(left, box.top() + SPACE, right - left, box.height() - 2 * SPACE)
    upper = QRect(words.left(), words.top(), words.width(), words.height() // 2)
    lower = QRect(words.left(), upper.bottom() + 1, words.width(), words.height() - upper.height())
    _paint_title(painter, upper, row)
    _paint_words(painter, lower, row.reason or row.text, LABEL_PX, "warning" if row.reason else "dim")
    if row.pinned is not None:
        name, role = ("ph.star-fill", "accent") if row.pinned else ("ph.star", "faint")
        star = star_box(box)
        icon = QRect(0, 0, ICON, ICON)
        icon.moveCenter(star.center())
        theme().icon(name, role).paint(painter, icon)


def _paint_title(painter: QPainter, box: QRect, row: Row) -> None:
    """Paint a title, with the letters that it was found by in bold."""
    plain, bold = theme().font(BODY_PX), theme().font(BODY_PX, bold=True)
    painter.setPen(theme().color("dim" if row.reason else "text"))
    painter.setFont(bold if row.lit else plain)
    shown = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, box.width())
    left, lit = box.left(), frozenset(row.lit)
    for is_lit, run in groupby(range(len(shown)), key=lit.__contains__):
        words = "".join(shown[place] for place in run)
        painter.setFont(bold if is_lit else plain)
        width = painter.fontMetrics().horizontalAdvance(words)
        room = QRect(left, box.top(), box.right() - left + 1, box.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        left += width


def _paint_words(painter: QPainter, box: QRect, words: str, px: int, role: str) -> None:
    painter.setFont(theme().font(px))
    painter.setPen(theme().color(role))
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
