"""Folders outside a project's own that projects may read: to be looked through, added and taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.app.preferences.allowed_page import AllowedPage
from studio.project import grants

WORDS = (
    "A project reads data from its own folder and from that of downloaded data sets. Others are asked for "
    "once, and stand here. What you choose in a dialog counts as allowed."
)


class FoldersPage(AllowedPage):
    """What is taken back is asked for again."""

    NONE = "No folder was allowed yet."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("folders", "Folders", "Folders that projects may read", WORDS, parent)
        self.add_button = self.button("add", "Add…", self._add)
        self.remove_button = self.button("remove", "Take back", self._remove)
        self.refresh()

    def fill(self) -> None:
        """Put the folders into the list, in the order in which they came."""
        self.list.addItems(list(grants.allowed()))

    def show_chosen(self, chosen: bool) -> None:
        """Offer to take a folder back."""
        self.remove_button.setEnabled(chosen)
        self.remove_button.setToolTip("Ask again" if chosen else "Take back: choose a folder first.")

    def _add(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A folder that projects may read")
        if chosen:
            self.change(lambda: grants.allow(chosen, keep=True))

    def _remove(self) -> None:
        folder = self.list.selectedItems()[0].text()
        self.change(lambda: grants.forbid(folder))
