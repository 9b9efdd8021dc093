"""The command palette: type a few letters of what you want done, Enter does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from studio.app.keymap import chord_of
from studio.app.palette.commands import Command, commands_of
from studio.app.palette.model import CommandModel
from studio.app.palette.row import CommandRow
from studio.app.settings import MAX_RECENT_COMMANDS
from studio.app.theme.polish import label, line
from studio.app.theme.tokens import (
    PALETTE_ROW_HEIGHT,
    PALETTE_ROWS,
    PALETTE_WIDTH,
    SPACE,
    TOOLBAR_HEIGHT,
)

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

Key = Qt.Key
WALK: dict[Qt.Key, int] = {
    Key.Key_Down: 1,
    Key.Key_Up: -1,
    Key.Key_PageDown: PALETTE_ROWS - 1,
    Key.Key_PageUp: 1 - PALETTE_ROWS,
}
HINT = "Enter runs, arrows choose, Esc closes."
NOTHING = "No command fits. Try other words, such as remove, settings or zoom."


class CommandPalette(QFrame):
    """A search field over the window with everything that the window can do under it.

    It has the keyboard while it is open, and gives it back to where it was.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._came_from: QWidget | None = None
        self.setObjectName("palette")
        self.setAccessibleName("Commands")
        self.setProperty("role", "card")
        self.setAutoFillBackground(True)
        self.search = QLineEdit(self)
        self.search.setObjectName("palette.search")
        self.search.setAccessibleName("Search commands")
        self.search.setPlaceholderText("Search commands…")
        self.model = CommandModel()
        self.list = QListView(self)
        self.hint = label(HINT, "small", self)
        self._build()
        self.hide()

    def _build(self) -> None:
        self.list.setObjectName("palette.list")
        self.list.setAccessibleName("Commands that fit")
        self.list.setModel(self.model)
        self.list.setItemDelegate(CommandRow(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hint.setObjectName("palette.hint")
        self.hint.setMinimumWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        for part in (self.search, self.list, line(self), self.hint):
            column.addWidget(part)
        self.search.textChanged.connect(self._searched)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._run)
        self.list.selectionModel().currentChanged.connect(self._show_hint)

    def open(self) -> None:
        """Show all commands, the recently used first, and take the keyboard."""
        focus = QApplication.focusWidget()
        self._came_from = focus if focus is not None and not self.isAncestorOf(focus) else self._came_from
        window = self._window
        window.menus.refresh()
        recent = window.settings.preferences.recent_commands
        self.model.offer(commands_of(window.menuBar(), window.menus.actions), recent)
        self.search.clear()
        self._searched("")
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_and_go_back(self) -> None:
        """Close, with the keyboard where it was before."""
        came_from, self._came_from = self._came_from, None
        self.hide()
        (came_from or self._window.canvas).setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        """Stand under the tool bar, in the middle, as high as there are rows and the window allows."""
        window = self._window
        width = min(PALETTE_WIDTH, window.width() - 8 * SPACE)
        rows = min(max(self.model.rowCount(), 1), PALETTE_ROWS)
        self.list.setFixedHeight(min(rows * PALETTE_ROW_HEIGHT, window.height() // 2))
        top = window.menuBar().height() + TOOLBAR_HEIGHT + 2 * SPACE
        self.setGeometry((window.width() - width) // 2, top, width, self.sizeHint().height())

    def _searched(self, query: str) -> None:
        self.model.search(query)
        self._choose(0)
        self._place()

    def _choose(self, row: int) -> None:
        count = self.model.rowCount()
        self.list.setCurrentIndex(self.model.index(min(max(row, 0), count - 1)) if count else QModelIndex())
        self._show_hint()

    def _show_hint(self) -> None:
        """Say what the chosen command does, or why it cannot be done now."""
        command = self.chosen
        words = NOTHING if command is None else command.why_not or command.tip or HINT
        self.hint.setText(words)
        self.search.setAccessibleDescription(command.spoken() if command is not None else NOTHING)

    @property
    def chosen(self) -> Command | None:
        """The command that Enter runs."""
        row = self.list.currentIndex().row()
        return self.model.found[row].command if 0 <= row < len(self.model.found) else None

    def run_chosen(self) -> None:
        """Run the chosen command, with the keyboard back where it was; say so if it cannot be done."""
        command = self.chosen
        if command is None:
            return
        if command.why_not:
            self.hint.setText(f"{command.title}: {command.why_not}")
            return
        settings = self._window.settings
        others = tuple(name for name in settings.preferences.recent_commands if name != command.name)
        settings.change(recent_commands=(command.name, *others)[:MAX_RECENT_COMMANDS])
        self.close_and_go_back()
        _after_this_key(self._window, command.run)

    def _run(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.run_chosen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list from within the search, and close when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            QTimer.singleShot(0, self, self._close_if_left)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()  # what is typed here is for the search, whatever it does elsewhere
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = Key(event.key())
        if key == Key.Key_Escape or self._opens(event):
            self.close_and_go_back()
        elif key in (Key.Key_Return, Key.Key_Enter):
            self.run_chosen()
        elif key in WALK:
            self._walk(WALK[key])
        elif key in (Key.Key_Tab, Key.Key_Backtab):
            self._walk(1 if key == Key.Key_Tab else -1)
        else:
            return False
        return True

    def _opens(self, event: QKeyEvent) -> bool:
        """Say whether these are the keys that open the palette: they also close it."""
        keymap = self._window.menus.actions.keymap
        return keymap.owner(chord_of(event)) == "view.commands"

    def _walk(self, way: int) -> None:
        """Go along the list; a single step goes on from its other end."""
        count, row = self.model.rowCount(), self.list.currentIndex().row()
        if count:
            self._choose((row + way) % count if abs(way) == 1 else row + way)

    def _close_if_left(self) -> None:
        focus = QApplication.focusWidget()
        if self.isVisible() and focus is not None and not self.isAncestorOf(focus):
            self._came_from = None
            self.hide()


def _after_this_key(owner: QObject, run: Callable[[], object]) -> None:
    """Run when the key that chose it has run its course: a dialog it opens must not get that key, too."""
    QTimer.singleShot(0, owner, run)
