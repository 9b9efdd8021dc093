"""A button's menu that writes what is on show into a file: as a picture, or its numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from studio.app.theme.theme import theme
from studio.errors import StudioError
from studio.project import atomic

SCALE = 2.0
"""Pixels of a saved picture to one of the screen's."""


class ExportButton(QPushButton):
    """Saves what is on show.

    Args:
        name: Of what it saves, for the file's and the action's name.
        shown: What a picture is made of.
        csv: Returns the numbers.
        parent: Where the button stands.
    """

    message = Signal(str)

    def __init__(self, name: str, shown: QWidget, csv: Callable[[], str], parent: QWidget | None) -> None:
        super().__init__("Export", parent)
        self.setObjectName(f"inside.{name}.export")
        self.setAccessibleName("Export")
        self.setProperty("role", "small")
        self._name, self._shown, self._csv = name, shown, csv
        menu = QMenu(self)
        self.picture = self._action(menu, "picture", "Save picture (PNG)…", self._save_picture)
        self.table = self._action(menu, "table", "Save numbers (CSV)…", self._save_table)
        self.setMenu(menu)
        self.offer(False)

    def offer(self, there: bool) -> None:
        """Say whether there is something to save."""
        self.setEnabled(there)
        self.setToolTip("The picture as PNG, or its numbers as CSV" if there else "There is nothing to save.")

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
        action.setObjectName(f"action.inside.{self._name}.{name}")
        action.triggered.connect(act)
        return action

    def _save_picture(self) -> None:
        self._save("PNG pictures (*.png)", ".png", self.png)

    def _save_table(self) -> None:
        self._save("CSV files (*.csv)", ".csv", lambda: self._csv().encode())

    def _save(self, kinds: str, suffix: str, content: Callable[[], bytes]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Export", f"{self._name}{suffix}", kinds)
        if not chosen:
            return
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(suffix)
        try:
            atomic.write_bytes(path, content())
        except (OSError, StudioError) as error:
            self.message.emit(f'"{path.name}" was not saved: {error}')
        else:
            self.message.emit(f'Saved "{path.name}".')
