"""One found thing: what its line in a list says, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

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
