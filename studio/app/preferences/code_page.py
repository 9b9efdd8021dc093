"""Code of custom layers that this person trusts on this machine: to be looked through and taken back."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.errors import ProjectError
from studio.project import trust

WORDS = (
    "Custom layers whose exact code may run here. Only its fingerprint is kept, outside of every project. "
    "Trust is no sandbox: what is trusted runs with all your rights."
)
NONE = "No code was trusted yet."


class CodePage(QWidget):
    """The list that is kept for this user; code that is taken back is inert again, in every project."""

    revoked = Signal()
    """Some code may run no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences.code")
        self.setAccessibleName("Trusted code")
        self.list = QListWidget(self)
        self.list.setObjectName("code.list")
        self.list.setAccessibleName("Code that is trusted")
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.words = label(WORDS, "dim", self, wrap=True)
        self.state = label(NONE, "dim", self, wrap=True)
        self.state.setObjectName("code.state")
        self.remove_button = QPushButton("Trust no more", self)
        self.remove_button.setObjectName("code.remove")
        self.remove_button.setProperty("role", "small")
        self.remove_button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(self.words)
        column.addWidget(self.list, 1)
        column.addWidget(self.state)
        column.addLayout(buttons)
        self.remove_button.clicked.connect(self._remove)
        self.list.itemSelectionChanged.connect(self._show_state)
        self.refresh()

    def refresh(self) -> None:
        """Show what is trusted now, the newest first."""
        self.list.clear()
        for entry in reversed(trust.store().entries()):
            item = QListWidgetItem(_line(entry), self.list)
            item.setData(Qt.ItemDataRole.UserRole, entry.mac)
            item.setToolTip(f"HMAC-SHA-256 {entry.mac}")
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: an editor may have trusted code meanwhile, or the command line."""
        super().showEvent(event)
        self.refresh()

    def _show_state(self, trouble: str = "") -> None:
        void = trust.store().why_void()
        set_property(self.state, "role", "bad" if trouble or void else "dim")
        self.state.setText(trouble or void or ("" if self.list.count() else NONE))
        self.state.setVisible(bool(self.state.text()))
        chosen = bool(self.list.selectedItems())
        self.remove_button.setEnabled(chosen)
        self.remove_button.setToolTip(
            "It is inert from now on, and asked for again" if chosen else "Trust no more: choose code first."
        )

    def _remove(self) -> None:
        macs = {item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()}
        try:
            trust.store().forget(macs)
        except ProjectError as error:
            self._show_state(error.message)
            return
        self.refresh()
        self.revoked.emit()


def _line(entry: trust.Entry) -> str:
    """Return what tells one text from others: the layer's name, its project, and when it was trusted."""
    parts = [entry.name or "(no name)", f"in {entry.source}" if entry.source else "", _date(entry.when)]
    return "   ".join(part for part in parts if part)


def _date(when: str) -> str:
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""
