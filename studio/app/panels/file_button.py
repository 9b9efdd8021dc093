"""A button that chooses a data file: its folder and its name, as the project keeps them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from studio.app.document import Document
from studio.app.panels.folder_edit import allow_chosen, beside


class FileButton(QPushButton):
    """Asks for a file of the person's own."""

    chosen = Signal(str, str)
    """Its folder, relative to the project where it lies beside it, and its name."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Choose file…", parent)
        self.setObjectName("data.file.choose")
        self.setAccessibleName("Choose the data file")
        self.setToolTip("Take folder and file from a file that you choose")
        self.setProperty("role", "small")
        self._document = document
        self.clicked.connect(self._choose)

    def _choose(self) -> None:
        path = self._document.path
        start = str(path.parent) if path else ""
        name, _ = QFileDialog.getOpenFileName(
            self, "Data file", start, "Data (*.csv *.tsv *.txt *.parquet *.pq *.npz *.npy);;All files (*)"
        )
        if name:
            allow_chosen(Path(name), self._document.folder)
            folder = beside(Path(name).parent, path)
            self.chosen.emit("" if folder == "." else folder, Path(name).name)
