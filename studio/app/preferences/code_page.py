"""Code of custom layers that this person trusts on this machine: to be looked through and taken back."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from studio.app.preferences.allowed_page import AllowedPage
from studio.project import trust

WORDS = (
    "Custom layers whose exact code may run here. Only its fingerprint is kept, outside of every project. "
    "Trust is no sandbox: what is trusted runs with all your rights."
)


class CodePage(AllowedPage):
    """Code that is taken back is inert again, in every project."""

    NONE = "No code was trusted yet."

    revoked = Signal()
    """Some code may run no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("code", "Trusted code", "Code that is trusted", WORDS, parent)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.remove_button = self.button("remove", "Trust no more", self._remove)
        self.refresh()

    def fill(self) -> None:
        """Put what is trusted into the list, the newest first."""
        for entry in reversed(trust.store().entries()):
            item = QListWidgetItem(_line(entry), self.list)
            item.setData(Qt.ItemDataRole.UserRole, entry.mac)
            item.setToolTip(f"HMAC-SHA-256 {entry.mac}")

    def trouble(self) -> str:
        """Return why what was trusted before does not count."""
        return trust.store().why_void()

    def show_chosen(self, chosen: bool) -> None:
        """Offer to trust code no more."""
        self.remove_button.setEnabled(chosen)
        self.remove_button.setToolTip(
            "It is inert from now on, and asked for again" if chosen else "Trust no more: choose code first."
        )

    def _remove(self) -> None:
        macs = {item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()}
        if self.change(lambda: trust.store().forget(macs)):
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
