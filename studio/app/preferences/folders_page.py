"""Folders outside a project's own that projects may read: to be looked through, added and taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.errors import ProjectError
from studio.project import grants

WORDS = (
    "A project reads data from its own folder and from that of downloaded data sets. Others are asked for "
    "once, and stand here. What you choose in a dialog counts as allowed."
)
NONE = "No folder was allowed yet."


class FoldersPage(QWidget):
    """The list that is kept for this user; what is taken back is asked for again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences.folders")
        self.setAccessibleName("Folders")
        self.list = QListWidget(self)
        self.list.setObjectName("folders.list")
        self.list.setAccessibleName("Folders that projects may read")
        self.words = label(WORDS, "dim", self, wrap=True)
        self.state = label(NONE, "dim", self, wrap=True)
        self.state.setObjectName("folders.state")
        self.add_button = QPushButton("Add…", self)
        self.remove_button = QPushButton("Take back", self)
        for button, name in ((self.add_button, "add"), (self.remove_button, "remove")):
            button.setObjectName(f"folders.{name}")
            button.setProperty("role", "small")
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(self.words)
        column.addWidget(self.list, 1)
        column.addWidget(self.state)
        column.addLayout(buttons)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.list.currentRowChanged.connect(lambda _row: self._show_state())
        self.refresh()

    def refresh(self) -> None:
        """Show what is allowed now."""
        self.list.clear()
        self.list.addItems(list(grants.allowed()))
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: the window may have asked meanwhile, or the command line."""
        super().showEvent(event)
        self.refresh()

    def _show_state(self, trouble: str = "") -> None:
        set_property(self.state, "role", "bad" if trouble else "dim")
        self.state.setText(trouble or ("" if self.list.count() else NONE))
        self.state.setVisible(bool(self.state.text()))
        chosen = self.list.currentItem() is not None
        self.remove_button.setEnabled(chosen)
        self.remove_button.setToolTip("Ask again" if chosen else "Take back: choose a folder first.")

    def _add(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A folder that projects may read")
        if chosen:
            self._change(lambda: grants.allow(chosen, keep=True))

    def _remove(self) -> None:
        folder = self.list.currentItem().text()
        self._change(lambda: grants.forbid(folder))

    def _change(self, change: Callable[[], None]) -> None:
        try:
            change()
        except ProjectError as error:
            self._show_state(error.message)
            return
        self.refresh()
