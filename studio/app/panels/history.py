"""Every step of the history: what was done, where, which state is saved; a click goes there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.document import Document
from studio.app.place import level_words
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, ICON, LABEL_PX, LIST_ROW_HEIGHT, RADIUS, SPACE, STRIPE
from studio.graph.history import Entry
from studio.project.project import Project

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
BEGINNING = "Beginning"
SAVED = "saved"
EMPTY = "Nothing was changed yet. Each step will stand here; a click goes back to it, or forward again."
STATE, WHERE, ICON_NAME = (int(Qt.ItemDataRole.UserRole) + place for place in range(3))

ICONS: dict[str, str] = {
    **dict.fromkeys(("Add", "Paste", "Duplicate", "Import", "Make"), "ph.plus"),
    **dict.fromkeys(("Delete", "Remove", "Disconnect", "Cut", "Extract", "Take"), "ph.minus"),
    **dict.fromkeys(
        ("Move", "Nudge", "Align", "Distribute", "Snap", "Line", "Straighten"), "ph.arrows-out-cardinal"
    ),
    **dict.fromkeys(("Resize", "Widen", "Fit", "Collapse", "Expand"), "ph.arrows-out-simple"),
    **dict.fromkeys(("Connect", "Match"), "ph.plug"),
    **dict.fromkeys(("Swap", "Replace", "Recover"), "ph.swap"),
    **dict.fromkeys(("Set", "Choose", "Expose"), "ph.sliders-horizontal"),
    **dict.fromkeys(("Rename", "Edit", "Describe"), "ph.pencil-simple"),
    **dict.fromkeys(("Group", "Ungroup"), "ph.selection"),
    **dict.fromkeys(("Arrange",), "ph.tree-structure"),
    **dict.fromkeys(("Colour",), "ph.palette"),
    **dict.fromkeys(("Switch", "Freeze", "Unfreeze"), "ph.power"),
}
"""By the first word of a step's label; all others have that of any change."""

ANY = "ph.circle"
OPENED = "ph.file"


class HistoryModel(QAbstractListModel):
    """The steps of the project on show, oldest first."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._steps: tuple[Entry[Project], ...] = ()
        self._saved: int | None = None

    def refresh(self) -> None:
        """Take the steps as they are now."""
        history = self._document.history
        self.beginResetModel()
        self._steps, self._saved = history.entries, history.saved_index
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many states there are, with the one before the first step."""
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return what a step is called, where it was made, and how it stands to the present one."""
        if not index.isValid():
            return None
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._steps[row].label if row else BEGINNING
        if role == STATE:
            here = self._document.history.index
            return "current" if row == here else "undone" if row > here else "done"
        if role == WHERE:
            return self.where(row)
        if role == ICON_NAME:
            return ICONS.get(self._steps[row].label.split(" ")[0], ANY) if row else OPENED
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            words = index.data(), index.data(STATE), index.data(WHERE), SAVED if self.is_saved(row) else ""
            return ", ".join(filter(None, words))
        return None

    def where(self, row: int) -> str:
        """Return the way to the level where a step was made, in names; empty for one made at no level."""
        where = self._steps[row].where
        if where is None:
            return ""
        before = self._steps[max(row - 1, 0)].value.graph
        return level_words(before, where)

    def is_saved(self, row: int) -> bool:
        """Say whether the state after a step is the one in the file."""
        return row == self._saved


class StepRow(QStyledItemDelegate):
    """Paints a step: a bar and bold words for the present one, dim ones for those taken back."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return one height for all rows."""
        return QSize(0, LIST_ROW_HEIGHT + SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        state = index.data(STATE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room = option.rect.adjusted(0, 1, -SPACE, -1)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setBrush(theme().color("hover" if chosen else "raised"))
            painter.drawRoundedRect(room, RADIUS, RADIUS)
        if state == "current":
            painter.setBrush(theme().color("accent"))
            painter.drawRoundedRect(
                QRect(room.left(), room.top() + SPACE, STRIPE, room.height() - 2 * SPACE), 2, 2
            )
        room = room.adjusted(3 * SPACE, 0, -SPACE, 0)
        role = "dim" if state == "undone" else "text"
        place = QRect(room.left(), room.center().y() - ICON // 2 + 1, ICON, ICON)
        theme().icon(index.data(ICON_NAME), role if state != "done" else "dim").paint(painter, place)
        self._paint_words(painter, room.adjusted(ICON + 2 * SPACE, 0, 0, 0), index, role)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, index: Index, role: str) -> None:
        model = index.model()
        assert isinstance(model, HistoryModel)
        saved = model.is_saved(index.row())
        for words, colour in ((SAVED if saved else "", "good"), (index.data(WHERE), "dim")):
            room = _paint_right(painter, room, words, colour)
        face = theme().font(BODY_PX, bold=index.data(STATE) == "current")
        painter.setFont(face)
        painter.setPen(theme().color(role))
        shown = QFontMetrics(face).elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)


def _paint_right(painter: QPainter, room: QRect, words: str, colour: str) -> QRect:
    """Paint words at the right, in at most half of the room; return the room that is left."""
    if not words:
        return room
    face = theme().font(LABEL_PX)
    shown = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideMiddle, room.width() // 2)
    painter.setFont(face)
    painter.setPen(theme().color(colour))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), shown)
    return room.adjusted(0, 0, -(QFontMetrics(face).horizontalAdvance(shown) + 3 * SPACE), 0)


class HistoryPanel(QWidget):
    """The list of steps. It looks only while it is on screen."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.history")
        self.setAccessibleName("History")
        self.setProperty("role", "panel")
        self._document = document
        self.model = HistoryModel(document)
        self.list = QListView(self)
        self.list.setObjectName("history.list")
        self.list.setAccessibleName("Steps, the oldest first")
        self.list.setModel(self.model)
        self.list.setItemDelegate(StepRow(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self.empty = label(EMPTY, "dim", self, wrap=True)
        self.empty.setObjectName("history.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 2 * SPACE)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        document.state_changed.connect(self.refresh)
        theme().changed.connect(self.list.viewport().update)
        self.refresh()

    def refresh(self) -> None:
        """Show the steps there are, the present one in sight."""
        some = len(self._document.history.entries) > 1
        self.list.setVisible(some)
        self.empty.setVisible(not some)
        if not self.isVisible():
            return
        self.model.refresh()
        here = self.model.index(self._document.history.index)
        self.list.setCurrentIndex(here)
        self.list.scrollTo(here)

    def _go(self, index: QModelIndex) -> None:
        """Go to a step; a click on the present one changes nothing."""
        self._document.go_to_step(index.row())

    def showEvent(self, event: QShowEvent) -> None:
        """Show what was done meanwhile."""
        super().showEvent(event)
        self.refresh()
