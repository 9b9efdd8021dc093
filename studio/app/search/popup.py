"""A search that floats over the window: a field, what is found under it, and perhaps help beside it.

The keyboard stays in the field: arrows walk in the list, Enter takes, Esc goes away, as does a click
elsewhere. It is a child of the window and not one of its own, so that it looks and behaves alike on every
system, and can be nowhere but inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from studio.app.search.floating import clear_of, placed
from studio.app.search.row_painting import Row
from studio.app.search.rows import RowList
from studio.app.theme.polish import label, line
from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    PANEL_MARGIN,
    SEARCH_GAP,
    SEARCH_NEEDS,
    SEARCH_SIZE,
    SPACE,
)

Source: TypeAlias = Callable[[str], Sequence[Row]]
"""From what was typed to what is found."""

Key = Qt.Key
_STAY = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class SearchPopup(QFrame):
    """The field and the list.

    Args:
        name: Object name, such as ``search.layers``; its parts are named after it.
        title: What a screen reader calls it.
        source: Finds; asked again with every letter.
        home: Over whose window it floats, and where the keyboard goes back to.
        size: Of it, where there is room.

    Attributes:
        field: What is typed into.
        list: What is found.
    """

    chosen = Signal(object, bool)
    """`Row` that was taken, and whether the search is to stay for the next one (Shift)."""

    pin_wanted = Signal(object)
    """`Row` to be pinned, or freed of its pin."""

    current_changed = Signal(object)
    """`Row` that is the current one, or None."""

    closed = Signal()
    """It went away, for whatever reason."""

    def __init__(
        self,
        name: str,
        title: str,
        source: Source,
        home: QWidget,
        size: tuple[int, int] = SEARCH_SIZE,
    ) -> None:
        super().__init__(home.window())
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("role", "popup")
        self._source = source
        self._home = home
        self._size = size
        self._side: QWidget | None = None
        self.field = QLineEdit(self)
        self.field.setObjectName(f"{name}.field")
        self.field.setAccessibleName(title)
        self.field.setClearButtonEnabled(False)
        self._glass = self.field.addAction(theme().mark("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.list = RowList(self)
        self.list.setObjectName(f"{name}.list")
        self.list.setAccessibleName("Found")
        self.empty = label("", "dim", self, wrap=True)
        self.empty.setObjectName(f"{name}.empty")
        self.empty.setContentsMargins(PANEL_MARGIN, 2 * SPACE, PANEL_MARGIN, 2 * SPACE)
        self._foot_words = ""
        self.foot = label("", "small", self)
        self.foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.foot.setObjectName(f"{name}.foot")
        self.foot.setContentsMargins(PANEL_MARGIN, SPACE, PANEL_MARGIN, SPACE + 2)
        self._arrange()
        self._connect()
        self.hide()

    def _arrange(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        top.addWidget(self.field)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.list, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(line(self))
        column.addWidget(self.empty)
        column.addLayout(self._middle, 1)
        column.addWidget(line(self))
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.field.installEventFilter(self)
        self._home.window().installEventFilter(self)
        self.field.textChanged.connect(lambda _text: self.search())
        self.list.current_row.connect(self._show_current)
        self.list.activated_row.connect(lambda row: self.chosen.emit(row, False))
        self.list.pin_wanted.connect(self.pin_wanted)
        theme().changed.connect(self._redraw_icon)

    def set_foot(self, words: str) -> None:
        """Say under the list what the keys do; shortened where there is no room."""
        self._foot_words = words
        self._show_foot()

    def _show_foot(self) -> None:
        room = self.width() - 2 * PANEL_MARGIN
        elided = self.foot.fontMetrics().elidedText(self._foot_words, Qt.TextElideMode.ElideRight, room)
        self.foot.setText(elided)
        self.foot.setToolTip(self._foot_words)

    def add_side(self, side: QWidget) -> None:
        """Show something beside the list, where there is room."""
        self._side = side
        self._middle.addWidget(side)

    def open_at(self, place: QPoint, placeholder: str, *, beside: bool = False) -> None:
        """Show it with its corner at a point of the window, or as near as the edges allow.

        Args:
            place: In the window's coordinates.
            placeholder: What can be typed.
            beside: The point itself stays in sight.
        """
        self.field.setPlaceholderText(placeholder)
        self.field.clear()
        room = self._room()
        size = QSize(*self._size).boundedTo(room.size())
        self.setGeometry(placed(place, size, room, beside=beside))
        if self._side is not None:
            self._side.setVisible(self.width() >= SEARCH_NEEDS)
        self.search()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep_clear_of(self, box: QRect) -> None:
        """Move so that a box of the window stays in sight: under it, over it, or to its sides."""
        room = self._room()
        size = QSize(self.width(), self._size[1]).boundedTo(room.size())
        self.setGeometry(clear_of(box, placed(self.pos(), size, room, beside=False), room))

    def _room(self) -> QRect:
        """Return where it may be: in the window, as far as that is on a screen."""
        window = self._home.window()
        room = window.rect().adjusted(SEARCH_GAP, SEARCH_GAP, -SEARCH_GAP, -SEARCH_GAP)
        screen = window.screen().availableVirtualGeometry()
        return room.intersected(QRect(window.mapFromGlobal(screen.topLeft()), screen.size()))

    def search(self, keep: str = "") -> None:
        """Find anew, with the row of an id as the current one."""
        rows = self._source(self.field.text())
        self.list.show_rows(rows, keep)
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.empty.setText("" if rows else f"Nothing is called “{self.field.text().strip()}” here.")

    def close_search(self) -> None:
        """Go away; the keyboard goes home, if it was here."""
        if self.isVisible() and self.window().focusWidget() is self.field:
            # Before it hides: else Qt looks for the next in line, and the canvas walks on.
            self._home.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _redraw_icon(self) -> None:
        self._glass.setIcon(theme().mark("search"))

    def _show_current(self, row: Row | None) -> None:
        # The keyboard is in the field: there a screen reader looks for what is new.
        self.field.setAccessibleDescription(row.spoken if row is not None else self.empty.text())
        self.current_changed.emit(row)

    def _act(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; say whether it stands for anything."""
        key, row = Key(event.key()), self.list.row
        steps = {
            Key.Key_Down: 1,
            Key.Key_Up: -1,
            Key.Key_Tab: 1,
            Key.Key_Backtab: -1,
            Key.Key_PageDown: self.list.page(),
            Key.Key_PageUp: -self.list.page(),
        }
        if key in steps:
            self.list.step(steps[key])
        elif key in (Key.Key_Home, Key.Key_End) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.list.go_to_end(key == Key.Key_End)
        elif key == Key.Key_Escape:
            self.close_search()
        elif key in (Key.Key_Return, Key.Key_Enter):
            if row is not None:
                self.chosen.emit(row, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif _is_pin(event):
            if row is not None and row.pinned is not None:
                self.pin_wanted.emit(row)
        else:
            return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten what stands under the list."""
        super().resizeEvent(event)
        self._show_foot()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the field's keys that walk and choose, and see when the person goes elsewhere."""
        if watched is not self.field:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                room = self._room()
                self.setGeometry(placed(self.pos(), self.size().boundedTo(room.size()), room, beside=False))
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._act(event)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_pin(event):
            event.accept()
            return True
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STAY:
            self.close_search()
        return super().eventFilter(watched, event)


def _is_pin(event: QKeyEvent) -> bool:
    return event.key() == Key.Key_P and event.modifiers() == Qt.KeyboardModifier.ControlModifier
