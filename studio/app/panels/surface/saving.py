"""A button's menu that writes a surface into files: as the picture on screen, or each place as a row."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from studio.app.theme.theme import theme
from studio.errors import StudioError
from studio.project import atomic
from studio.runs.records import Surface
from studio.runs.surface_table import csv_of

SCALE = 2.0
"""Pixels of a saved picture to one of the screen's."""


class SaveSurface(QPushButton):
    """Saves the surface on screen.

    Args:
        shown: What a picture is made of.
        parent: Where the button stands.

    Attributes:
        folder: Where the dialog starts.
    """

    message = Signal(str)

    def __init__(self, shown: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("Export", parent)
        self.setObjectName("plot.surface.export")
        self.setAccessibleName("Export the surface")
        self.setProperty("role", "small")
        self.folder = ""
        self._shown = shown
        self._surface: Surface | None = None
        menu = QMenu(self)
        self.picture = self._action(menu, "picture", "Save picture…", self._save_picture)
        self.table = self._action(menu, "table", "Save as table (CSV)…", self._save_table)
        self.setMenu(menu)
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

    def png(self) -> bytes:
        """Return the picture on screen, twice as fine."""
        size = self._shown.size()
        image = QImage(
            QSize(round(size.width() * SCALE), round(size.height() * SCALE)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.setDevicePixelRatio(SCALE)
        image.fill(theme().color("panel"))
        self._shown.render(image)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())

    def _action(self, menu: QMenu, name: str, title: str, act: object) -> QAction:
        action = menu.addAction(title)
        action.setObjectName(f"action.surface.{name}")
        action.triggered.connect(act)
        return action

    def _save_picture(self) -> None:
        self._save("PNG pictures (*.png)", ".png", self.png())

    def _save_table(self) -> None:
        if self._surface is not None:
            self._save("CSV files (*.csv)", ".csv", csv_of(self._surface).encode())

    def _save(self, kinds: str, suffix: str, content: bytes) -> None:
        start = str(Path(self.folder) / f"surface{suffix}")
        chosen, _ = QFileDialog.getSaveFileName(self, "Export", start, kinds)
        if not chosen:
            return
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(suffix)
        try:
            atomic.write_bytes(path, content)
        except (OSError, StudioError) as error:
            self.message.emit(f'"{path.name}" was not saved: {error}')
        else:
            self.message.emit(f'Saved "{path.name}".')
