"""What the pages of allowed things have in common: words, a list, what is the matter, and buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.errors import ProjectError


class AllowedPage(QWidget):
    """A list that is kept for this user. Those who inherit fill it, and call `refresh` when they are built.

    Args:
        name: Of the page, and before the names of all that is on it.
        title: What it is called in the list of pages.
        what: What the list holds, for those who hear it.
        words: What it is about.
        parent: The dialog.
    """

    NONE = ""
    """Said of an empty list."""

    def __init__(self, name: str, title: str, what: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(f"preferences.{name}")
        self.setAccessibleName(title)
        self.list = QListWidget(self)
        self.list.setObjectName(f"{name}.list")
        self.list.setAccessibleName(what)
        self.words = label(words, "dim", self, wrap=True)
        self.state = label("", "dim", self, wrap=True)
        self.state.setObjectName(f"{name}.state")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2 * SPACE)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(self.words)
        column.addWidget(self.list, 1)
        column.addWidget(self.state)
        column.addLayout(self._buttons)
        self.list.itemSelectionChanged.connect(self._show_state)

    def button(self, name: str, text: str, pressed: Callable[[], object]) -> QPushButton:
        """Return a button that stands right of those that there are."""
        made = QPushButton(text, self)
        made.setObjectName(f"{self._name}.{name}")
        made.setProperty("role", "small")
        made.setAutoDefault(False)
        made.clicked.connect(lambda: pressed())
        self._buttons.insertWidget(self._buttons.count() - 1, made)
        return made

    def refresh(self) -> None:
        """Show what is allowed now."""
        self.list.clear()
        self.fill()
        self._show_state()

    def fill(self) -> None:
        """Put into the empty list what is allowed now."""
        raise NotImplementedError

    def trouble(self) -> str:
        """Return what is the matter with the list as it is, in a sentence; empty if nothing."""
        return ""

    def change(self, change: Callable[[], None]) -> bool:
        """Change what is allowed; say why, and return False, if that cannot be kept."""
        try:
            change()
        except ProjectError as error:
            self._show_state(error.message)
            return False
        self.refresh()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: the window may have asked meanwhile, or the command line."""
        super().showEvent(event)
        self.refresh()

    def _show_state(self, trouble: str = "") -> None:
        wrong = trouble or self.trouble()
        set_property(self.state, "role", "bad" if wrong else "dim")
        self.state.setText(wrong or ("" if self.list.count() else self.NONE))
        self.state.setVisible(bool(self.state.text()))
        self.show_chosen(bool(self.list.selectedItems()))

    def show_chosen(self, chosen: bool) -> None:
        """Offer what can be done with the chosen ones, if there are any."""
        raise NotImplementedError
