"""A button's menu that writes a surface into files: as the picture on screen, or each place as a row."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.export_button import ExportButton
from studio.app.saving import CSV_FILES, PNG_FILES, picture_of, png_of
from studio.runs.records import Surface
from studio.runs.surface_table import csv_of


class SaveSurface(ExportButton):
    """Saves the surface on screen.

    Args:
        shown: What a picture is made of.
        parent: Where the button stands.
    """

    def __init__(self, shown: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("plot.surface.export", "action.surface", "Export the surface", parent)
        self._shown = shown
        self._surface: Surface | None = None
        self.picture = self.way("picture", "Save picture…", self._save_picture)
        self.table = self.way("table", "Save as table (CSV)…", self._save_table)
        self.show_surface(None)

    def show_surface(self, surface: Surface | None) -> None:
        """Be about another surface; there is nothing to save without one."""
        self._surface = surface
        self.setEnabled(surface is not None)
        self.setToolTip(
            "The surface as a PNG picture, or every place of it as a row of a CSV file"
            if surface is not None
            else "Export: there is no surface yet."
        )

    def _save_picture(self) -> None:
        picture = picture_of(self._shown)  # as it is now: a run may go on behind the dialog
        self.save("surface.png", PNG_FILES, lambda _: png_of(picture))

    def _save_table(self) -> None:
        surface = self._surface
        if surface is not None:
            self.save("surface.csv", CSV_FILES, lambda _: csv_of(surface).encode())
