"""A button's menu that puts what an evaluation found on the clipboard and into files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from studio.app.panels.evaluation.class_table import ClassTable
from studio.app.panels.evaluation.confusion_view import ConfusionView
from studio.errors import StudioError
from studio.project import atomic

_CSV, _PNG = "CSV files (*.csv)", "PNG pictures (*.png)"


class SaveButton(QPushButton):
    """Copies the table of classes, and saves it and the confusion matrix.

    Args:
        table: The classes.
        confusion: The matrix.
        parent: The panel.
    """

    message = Signal(str)

    def __init__(self, table: ClassTable, confusion: ConfusionView, parent: QWidget | None = None) -> None:
        super().__init__("Export", parent)
        self.setObjectName("evaluation.export")
        self.setAccessibleName("Export what was found")
        self.setProperty("role", "small")
        self.folder, self.stem = "", "evaluation"
        self._table, self._confusion = table, confusion
        menu = QMenu(self)
        self.copy = self._action(menu, "copy", "Copy table of classes", self._copy)
        self.save_table = self._action(menu, "table", "Save table of classes…", self._save_table)
        self.save_confusion = self._action(menu, "confusion", "Save confusion matrix…", self._save_confusion)
        self.save_picture = self._action(menu, "picture", "Save picture of the matrix…", self._save_picture)
        self.setMenu(menu)

    def refresh(self) -> None:
        """Be there when there is something to export."""
        is_there = self._table.topLevelItemCount() > 0
        self.setEnabled(is_there)
        self.setToolTip(
            "Classes and confusions as CSV and PNG"
            if is_there
            else "Export: evaluate a classifier's run first."
        )

    def _action(self, menu: QMenu, name: str, title: str, act: object) -> QAction:
        action = menu.addAction(title)
        action.setObjectName(f"action.evaluation.{name}")
        action.triggered.connect(act)
        return action

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._table.text())
        self.message.emit("The table of classes is on the clipboard, as CSV.")

    def _save_table(self) -> None:
        self._save("classes", _CSV, self._table.text().encode())

    def _save_confusion(self) -> None:
        stream = io.StringIO()
        writer = csv.writer(stream)
        counts, names = self._confusion.counts, self._confusion.names()
        writer.writerow(["truth \\ said", *names])
        writer.writerows([name, *row.tolist()] for name, row in zip(names, counts, strict=True))
        self._save("confusion", _CSV, stream.getvalue().encode())

    def _save_picture(self) -> None:
        self._save("confusion", _PNG, self._confusion.png())

    def _save(self, what: str, kinds: str, content: bytes) -> None:
        suffix = ".png" if kinds == _PNG else ".csv"
        start = str(Path(self.folder) / f"{self.stem}-{what}{suffix}")
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
