"""What is asked before projects with unsaved changes are closed: about one, or about all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.sheet import Sheet
from studio.app.tabs.sheet_bar import distinct_names
from studio.app.theme.polish import label
from studio.app.theme.tokens import LIST_ROW_HEIGHT, PANEL_MARGIN, SPACE, UNSAVED_WIDTH

Answer: TypeAlias = Literal["save", "discard", "cancel"]

MOST_ROWS = 10


def ask_about(sheet: Sheet, window: QWidget) -> Answer:
    """Ask what is to be done with the unsaved changes of one project."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        "Unsaved changes",
        f"Save the changes to “{sheet.name}”?",
        buttons.Save | buttons.Discard | buttons.Cancel,
        window,
    )
    box.setObjectName("dialog.unsaved")
    box.setInformativeText("What is not saved is lost when the project is closed.")
    box.setDefaultButton(buttons.Save)
    answer = box.exec()
    box.deleteLater()
    if answer == buttons.Save:
        return "save"
    return "discard" if answer == buttons.Discard else "cancel"


class UnsavedDialog(QDialog):
    """Lists the projects with unsaved changes; those that stay ticked are saved, the others are not.

    Args:
        sheets: The projects.
    """

    def __init__(self, sheets: Sequence[Sheet], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.unsaved-projects")
        self.setWindowTitle("Unsaved changes")
        self._sheets = list(sheets)
        self._answer: list[Sheet] | None = None
        title = label(f"{len(sheets)} projects have unsaved changes.", "heading", self)
        self.list = self._make_list()
        hint = label("What is not saved is lost when the window closes.", "dim", self, wrap=True)
        self.save = QPushButton(self)
        self.discard = QPushButton("&Discard all", self)
        self.cancel = QPushButton("Cancel", self)
        self._arrange(title, hint)
        self.save.clicked.connect(lambda: self._finish(self.ticked()))
        self.discard.clicked.connect(lambda: self._finish([]))
        self.cancel.clicked.connect(self.reject)
        self.list.itemChanged.connect(lambda _item: self._word())
        self._word()

    def ask(self) -> list[Sheet] | None:
        """Return the projects to be saved; None if the window is to stay open."""
        self.exec()
        return self._answer

    def ticked(self) -> list[Sheet]:
        """Return the projects that are ticked."""
        rows = range(self.list.count())
        return [
            self._sheets[row] for row in rows if self.list.item(row).checkState() == Qt.CheckState.Checked
        ]

    def _make_list(self) -> QListWidget:
        found = QListWidget(self)
        found.setObjectName("unsaved.projects")
        found.setAccessibleName("Projects with unsaved changes; the ticked ones are saved")
        for sheet, name in zip(self._sheets, distinct_names(self._sheets), strict=True):
            item = QListWidgetItem(name, found)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
            )
            item.setCheckState(Qt.CheckState.Checked)
            item.setToolTip(
                str(sheet.path) if sheet.path is not None else "It has no file yet: one is asked for."
            )
        rows = min(len(self._sheets), MOST_ROWS)
        found.setFixedHeight(rows * (LIST_ROW_HEIGHT + SPACE) + 2 * SPACE)
        found.setCurrentRow(0)
        return found

    def _arrange(self, title: QWidget, hint: QWidget) -> None:
        for name, button in (("save", self.save), ("discard", self.discard), ("cancel", self.cancel)):
            button.setObjectName(f"unsaved.{name}")
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.discard)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        for part in (title, self.list, hint):
            column.addWidget(part)
        column.addLayout(row)
        self.setMinimumWidth(UNSAVED_WIDTH)

    def _word(self) -> None:
        """Say on the button what it would save."""
        some, every = len(self.ticked()), len(self._sheets)
        self.save.setText("&Save all" if some == every else f"&Save {some}, discard {every - some}")
        self.save.setEnabled(some > 0)
        self.save.setToolTip("" if some else "Tick what is to be saved, or discard all.")

    def _finish(self, wanted: list[Sheet]) -> None:
        self._answer = wanted
        self.accept()
