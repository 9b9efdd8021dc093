"""Help > Report a problem: what would be in the report is seen before it is kept, and nothing is sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.problem_report.contents import Part, write
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tokens import LIBRARY_WIDTH, PANEL_MARGIN, PROBLEM_REPORT_SIZE, SPACE
from studio.errors import ProjectError

SAY = (
    "This puts together what helps to find a fault, as one zip file on this computer. Nothing is sent: "
    "look at it, leave out what you like, and hand it on yourself. Names of layers and projects, notes, "
    "paths, your name and the computer's are replaced."
)
NONE_CHOSEN = "Tick what is to be in the report."


class ProblemDialog(QDialog):
    """Shows the parts of a report, and saves those that are ticked.

    Args:
        parts: What can go into it.
    """

    def __init__(self, parts: Sequence[Part], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.problem")
        self.setWindowTitle("Report a problem")
        self._parts = tuple(parts)
        self._saved: Path | None = None
        self.words = QPlainTextEdit(self)
        self.words.setObjectName("problem.words")
        self.words.setAccessibleName("What happened")
        self.words.setPlaceholderText("What did you do, what did you expect, and what happened instead?")
        self.words.setTabChangesFocus(True)
        self.words.setMaximumHeight(24 * SPACE)
        self.list = QListWidget(self)
        self.list.setObjectName("problem.parts")
        self.list.setAccessibleName("Parts of the report")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview = QPlainTextEdit(self)
        self.preview.setObjectName("problem.preview")
        self.preview.setAccessibleName("The part that is chosen, as it goes into the report")
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.note = label("", "small", self)
        self.note.setObjectName("problem.note")
        self.show_button = self._button("show", "Show in folder", self._show_in_folder)
        self.save_button = self._button("save", "Save as zip…", self.save)
        self.close_button = self._button("close", "Close", self.reject)
        self.save_button.setProperty("role", "primary")
        self.show_button.hide()
        self._build()
        self._fill()

    def _build(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(SAY, "dim", self, wrap=True))
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.list)
        row.addWidget(self.preview, 1)
        column.addLayout(row, 1)
        buttons = button_row(self.show_button, self.close_button, self.save_button)
        buttons.insertWidget(0, self.note)
        framed(self, column, buttons)
        self.resize(*PROBLEM_REPORT_SIZE)

    def _fill(self) -> None:
        for part in self._parts:
            item = QListWidgetItem(part.name, self.list)
            item.setToolTip(part.about)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
        self.list.setFixedWidth(max(LIBRARY_WIDTH, self.list.sizeHintForColumn(0) + 4 * SPACE))
        self.list.currentRowChanged.connect(self._preview_row)
        self.list.itemChanged.connect(lambda _item: self._refresh())
        self.list.setCurrentRow(0)
        self._refresh()

    def _button(self, name: str, text: str, pressed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"problem.{name}")
        button.setAutoDefault(False)
        button.clicked.connect(pressed)
        return button

    @property
    def chosen(self) -> list[Part]:
        """The parts that are ticked."""
        rows = range(self.list.count())
        return [self._parts[row] for row in rows if self.list.item(row).checkState() == Qt.CheckState.Checked]

    def save(self) -> None:
        """Ask for a file, and write the report there."""
        start = Path.home() / f"flowgraph-problem-{time.strftime('%Y%m%d-%H%M')}.zip"
        name, _ = QFileDialog.getSaveFileName(self, "Save the report", str(start), "Zip files (*.zip)")
        if not name:
            return
        path = Path(name) if name.endswith(".zip") else Path(f"{name}.zip")
        try:
            write(self.chosen, self.words.toPlainText(), path)
        except ProjectError as error:
            self.note.setText(error.message)
            return
        self._saved = path
        self.note.setText(f"Saved {path.name}. Nothing was sent.")
        self.show_button.show()

    def _show_in_folder(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved.parent)))

    def _preview_row(self, row: int) -> None:
        self.preview.setPlainText(self._parts[row].text if row >= 0 else "")

    def _refresh(self) -> None:
        some = bool(self.chosen)
        self.save_button.setEnabled(some)
        self.save_button.setToolTip("" if some else NONE_CHOSEN)
