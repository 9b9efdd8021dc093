"""A button's menu that writes what is on show into a file: as a picture, or its numbers as a table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from studio.app.export_button import ExportButton
from studio.app.saving import CSV_FILES, PNG_FILES, picture_of, png_of


class ExportPage(ExportButton):
    """Saves what is on show.

    Args:
        name: Of what it saves, for the file's and the action's name.
        shown: What a picture is made of.
        csv: Returns the numbers.
        parent: Where the button stands.
    """

    def __init__(self, name: str, shown: QWidget, csv: Callable[[], str], parent: QWidget | None) -> None:
        super().__init__(f"inside.{name}.export", f"action.inside.{name}", "Export", parent)
        self._file, self._shown, self._csv = name, shown, csv
        self.picture = self.way("picture", "Save picture (PNG)…", self._save_picture)
        self.table = self.way("table", "Save numbers (CSV)…", self._save_table)
        self.offer(False)

    def offer(self, there: bool) -> None:
        """Say whether there is something to save."""
        self.setEnabled(there)
        self.setToolTip("The picture as PNG, or its numbers as CSV" if there else "There is nothing to save.")

    def _save_picture(self) -> None:
        self.save(f"{self._file}.png", PNG_FILES, lambda _: png_of(picture_of(self._shown)))

    def _save_table(self) -> None:
        self.save(f"{self._file}.csv", CSV_FILES, lambda _: self._csv().encode())
