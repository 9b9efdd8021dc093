"""How one command is painted: its name with the letters that were found, its menu, its keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.app.palette.commands import Command
from studio.app.palette.model import FOUND_ROLE
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, ICON, LABEL_PX, PALETTE_ROW_HEIGHT, RADIUS, SMALL_PX, SPACE

V_CENTER = Qt.AlignmentFlag.AlignVCenter
ELIDE = Qt.TextElideMode.ElideRight


class CommandRow(QStyledItemDelegate):
    """Paints a row; what cannot be done is dim, with the reason in the place of the menu."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one height for all rows."""
        return QSize(0, PALETTE_ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        found = index.data(FOUND_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = option.rect.adjusted(SPACE, 1, -SPACE, -1)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("hover" if chosen else "raised"))
            painter.drawRoundedRect(room, RADIUS, RADIUS)
        room = room.adjusted(2 * SPACE, 0, -2 * SPACE, 0)
        self._paint_icon(painter, room, found.command)
        room.setLeft(room.left() + ICON + 2 * SPACE)
        room = _paint_keys(painter, room, found.command.keys)
        name = QRect(room)
        wanted = QFontMetrics(_face(bold=True)).horizontalAdvance(found.command.title)
        name.setWidth(min(wanted + SPACE, room.width()))
        _paint_name(painter, name, found.command, found.match.marks)
        room.setLeft(name.right() + 4 * SPACE)
        _paint_words(painter, room, found.command.why_not or found.command.path)
        painter.restore()

    def _paint_icon(self, painter: QPainter, room: QRect, command: Command) -> None:
        place = QRect(room.left(), room.center().y() - ICON // 2 + 1, ICON, ICON)
        if command.is_on:
            theme().icon("ph.check").paint(painter, place)
        elif not command.icon.isNull():
            command.icon.paint(painter, place)


def _paint_keys(painter: QPainter, room: QRect, keys: str) -> QRect:
    """Paint the keys at the right, in a box; return the room that is left."""
    if not keys:
        return room
    face = theme().mono(SMALL_PX)
    metrics = QFontMetrics(face)
    width, height = metrics.horizontalAdvance(keys) + 3 * SPACE, metrics.height() + SPACE
    box = QRect(room.right() - width, room.center().y() - height // 2 + 1, width, height)
    painter.setPen(QPen(theme().color("line"), 1.0))
    painter.setBrush(theme().color("panel"))
    painter.drawRoundedRect(box, SPACE, SPACE)
    painter.setPen(theme().color("dim"))
    painter.setFont(face)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), keys)
    return room.adjusted(0, 0, -(width + 3 * SPACE), 0)


def _paint_name(painter: QPainter, room: QRect, command: Command, marks: frozenset[int]) -> None:
    """Paint the name, the letters that were found in bold; elided as a whole if it is too long."""
    painter.setPen(theme().color("dim" if command.why_not else "text"))
    bold, plain = _face(bold=True), _face()
    if QFontMetrics(bold).horizontalAdvance(command.title) > room.width():
        painter.setFont(plain)
        shown = QFontMetrics(plain).elidedText(command.title, ELIDE, room.width())
        painter.drawText(room, int(V_CENTER), shown)
        return
    left = room.left()
    for text, marked in _pieces(command.title, marks):
        face = bold if marked else plain
        painter.setFont(face)
        painter.drawText(QRect(left, room.top(), room.width(), room.height()), int(V_CENTER), text)
        left += QFontMetrics(face).horizontalAdvance(text)


def _paint_words(painter: QPainter, room: QRect, words: str) -> None:
    """Paint the menu or the reason at the right, as far as there is room for more than a few letters."""
    if room.width() < 12 * SPACE:
        return
    face = theme().font(LABEL_PX)
    painter.setFont(face)
    painter.setPen(theme().color("dim"))
    shown = QFontMetrics(face).elidedText(words, ELIDE, room.width())
    painter.drawText(room, int(V_CENTER | Qt.AlignmentFlag.AlignRight), shown)


def _pieces(title: str, marks: frozenset[int]) -> list[tuple[str, bool]]:
    """Return a title cut where marked and unmarked letters meet."""
    pieces: list[tuple[str, bool]] = []
    for place, letter in enumerate(title):
        marked = place in marks
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = pieces[-1][0] + letter, marked
        else:
            pieces.append((letter, marked))
    return pieces


def _face(*, bold: bool = False) -> QFont:
    return theme().font(BODY_PX, bold=bold)
