"""A button's menu that puts what an evaluation found on the clipboard and into files."""

from __future__ import annotations

import csv
import io

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.app.export_button import ExportButton
from studio.app.panels.evaluation.class_table import ClassTable
from studio.app.panels.evaluation.confusion_view import ConfusionView
from studio.app.saving import CSV_FILES, PNG_FILES


class SaveButton(ExportButton):
    """Copies the table of classes, and saves it and the confusion matrix.

    Args:
        table: The classes.
        confusion: The matrix.
        parent: The panel.

    Attributes:
        stem: Of the files' names, before what is in them.
    """

    def __init__(self, table: ClassTable, confusion: ConfusionView, parent: QWidget | None = None) -> None:
        super().__init__("evaluation.export", "action.evaluation", "Export what was found", parent)
        self.stem = "evaluation"
        self._table, self._confusion = table, confusion
        self.copy = self.way("copy", "Copy table of classes", self._copy)
        self.save_table = self.way("table", "Save table of classes…", self._save_table)
        self.save_confusion = self.way("confusion", "Save confusion matrix…", self._save_confusion)
        self.save_picture = self.way("picture", "Save picture of the matrix…", self._save_picture)

    def refresh(self) -> None:
        """Be there when there is something to export."""
        is_there = self._table.topLevelItemCount() > 0
        self.setEnabled(is_there)
        self.setToolTip(
            "Classes and confusions as CSV and PNG"
            if is_there
            else "Export: evaluate a classifier's run first."
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._table.text())
        self.message.emit("The table of classes is on the clipboard, as CSV.")

    def _save_table(self) -> None:
        self._save("classes.csv", CSV_FILES, self._table.text().encode())

    def _save_confusion(self) -> None:
        stream = io.StringIO()
        writer = csv.writer(stream)
        counts, names = self._confusion.counts, self._confusion.names()
        writer.writerow(["truth \\ said", *names])
        writer.writerows([name, *row.tolist()] for name, row in zip(names, counts, strict=True))
        self._save("confusion.csv", CSV_FILES, stream.getvalue().encode())

    def _save_picture(self) -> None:
        self._save("confusion.png", PNG_FILES, self._confusion.png())

    def _save(self, what: str, kinds: str, content: bytes) -> None:
        self.save(f"{self.stem}-{what}", kinds, lambda _: content)
