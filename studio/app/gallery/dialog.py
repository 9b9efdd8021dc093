"""New…: choose a network, set its arguments, and make a project of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from studio.app.gallery.entries import Entry, entries
from studio.app.gallery.page import TemplatePage
from studio.app.gallery.pictures import Pictures
from studio.app.gallery.shelf import Shelf
from studio.app.summaries import Summaries
from studio.app.theme.polish import button_row, framed, label, line
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SPACE, UNLIMITED
from studio.errors import nearest
from studio.project.project import Project

LARGEST = QSize(1360, 860)
ROOM = 10 * SPACE
"""What of the window stays in sight around the gallery, at each side."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Gallery(QDialog):
    """All networks that can be started from.

    Args:
        create: Makes the project the one on screen; False if the person kept the old one.
        pictures: Kept from one opening to the next.
        summaries: Asks the engine how large a network is; None where there is none.
        parent: The window.
    """

    def __init__(
        self,
        create: Callable[[Project], bool],
        pictures: Pictures,
        summaries: Summaries | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.new")
        self.setWindowTitle("New project")
        self._create = create
        self._summaries = summaries
        self._just_set = False
        self.search = QLineEdit(self)
        self.search.setObjectName("gallery.search")
        self.search.setAccessibleName("Search networks")
        self.search.setPlaceholderText("Search networks…")
        self.search.installEventFilter(self)
        self.shelf = Shelf(entries(), pictures, self)
        self.page = TemplatePage(self)
        self.empty = label("", "dim", self, wrap=True)
        self.empty.setObjectName("gallery.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.hide()
        self.create_button = QPushButton("Create", self)
        self.create_button.setObjectName("gallery.create")
        self.create_button.setProperty("role", "primary")
        self.create_button.setDefault(True)
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setObjectName("gallery.cancel")
        self.cancel_button.setAutoDefault(False)
        self._arrange()
        self._connect(summaries)
        self.resize(self._room())
        self.shelf.choose(self.shelf.tiles[0])
        self.search.setFocus()

    def _room(self) -> QSize:
        """Return how large it may be over its window."""
        over = self.parentWidget()
        room = over.size() - QSize(2 * ROOM, 2 * ROOM) if over is not None else LARGEST
        return room.boundedTo(LARGEST).expandedTo(QSize(900, 560))

    def _arrange(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(PANEL_MARGIN + 2 * SPACE, PANEL_MARGIN, PANEL_MARGIN, 2 * SPACE)
        top.addWidget(self.search)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(top)
        left.addWidget(self.shelf, 1)
        left.addWidget(self.empty, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        upright = line(self)
        upright.setMinimumHeight(0)
        upright.setMaximumHeight(UNLIMITED)
        upright.setFixedWidth(1)
        middle.addWidget(upright)
        middle.addWidget(self.page)
        words = "Arrows choose, Enter creates, letters search."
        framed(self, middle, button_row(self.cancel_button, self.create_button, words=words))

    def _connect(self, summaries: Summaries | None) -> None:
        self.search.textChanged.connect(self._searched)
        self._clear = self.search.addAction(theme().mark("clear"), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip("Clear the search")
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.search.clear)
        self.shelf.chosen.connect(self._chosen)
        self.shelf.created.connect(self.make)
        self.shelf.typed.connect(self._go_on_typing)
        self.create_button.clicked.connect(self.make)
        self.cancel_button.clicked.connect(self.reject)
        if summaries is not None:
            summaries.forget()
            self.page.measure.connect(summaries.ask)
            summaries.answered.connect(self.page.show_summary)

    def make(self) -> None:
        """Make a project of what is chosen, if it can be built, and close."""
        if self.page.commit() and self.page.project is not None and self._create(self.page.project):
            self.accept()

    def _searched(self, query: str) -> None:
        self.shelf.search(query)
        self._clear.setVisible(bool(query))
        found = bool(self.shelf.shown())
        self.shelf.setVisible(found)
        self.empty.setVisible(not found)
        if not found:
            titles = {tile.entry.title.casefold(): tile.entry.title for tile in self.shelf.tiles}
            close = nearest(query.strip().casefold(), titles).removeprefix("; ")
            for folded, title in titles.items():
                close = close.replace(f'"{folded}"', f'"{title}"')
            hint = close[:1].upper() + close[1:] or "Try a name, a year, or a word such as residual."
            self.empty.setText(f"No network matches “{query.strip()}”.\n\n{hint}")

    def _chosen(self, entry: Entry | None) -> None:
        self.page.show_entry(entry)
        if self.page.form is not None:
            self.page.form.edited.connect(self._value_set)
        self._refresh()

    def _value_set(self) -> None:
        """Remember, until the key that did it has run its course, that a value was set."""
        self._just_set = True
        QTimer.singleShot(0, self, self._forget_set)
        self._refresh()

    def _forget_set(self) -> None:
        self._just_set = False

    def _refresh(self) -> None:
        """Say on the button whether something can be made."""
        can = self.page.can_create
        self.create_button.setEnabled(can)
        entry = self.shelf.current
        name = entry.title if entry is not None else "nothing"
        self.create_button.setToolTip(f"Make a project from {name}" if can else "The arguments do not fit.")

    def _go_on_typing(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the shelf from within the search, and clear the search on Escape."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            across = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
            if not (across and self.search.text()) and self.shelf.walk(event.key()):
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the Enter that set a value do no more than that."""
        if event.key() in ENTER and self._just_set:
            return
        super().keyPressEvent(event)
