"""What was not saved when the program ended: to be opened again, thrown away, or left for later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.panels.amounts import counted
from studio.app.recovery.changes import changes_of
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tokens import PANEL_MARGIN, RECOVERY_SIZE, SPACE
from studio.project.recovery import Unsaved

COLUMNS = ("Project", "File", "Last kept", "Changed by")
SAY = "The program ended before these projects were saved. Their files are as you saved them last."
NONE = "Choose a project first."


class RecoveryDialog(QDialog):
    """A list of unsaved projects, all of them chosen.

    Args:
        found: What can be recovered.
        recover: Opens one.
        throw_away: Forgets one for good.
    """

    def __init__(
        self,
        found: Sequence[Unsaved],
        recover: Callable[[Unsaved], object],
        throw_away: Callable[[Unsaved], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.recovery")
        self.setWindowTitle("Not saved")
        self._found = {unsaved.key: unsaved for unsaved in found}
        self._recover, self._throw_away = recover, throw_away
        self.list = QTreeWidget(self)
        self.changes = QPlainTextEdit(self)
        self._changes: dict[str, str] = {}
        self.recover_button = self._button("recover", "Recover", self._recover_chosen)
        self.throw_button = self._button("throw", "Throw away", self._throw_chosen)
        self.later_button = self._button("later", "Later", self.reject)
        self.recover_button.setProperty("role", "primary")
        self.recover_button.setDefault(True)
        self._build()
        for unsaved in found:
            item = QTreeWidgetItem(_cells(unsaved))
            item.setData(0, int(Qt.ItemDataRole.UserRole), unsaved.key)
            item.setToolTip(1, unsaved.path or "It was never saved.")
            self.list.addTopLevelItem(item)
        self.list.selectAll()
        self._refresh()

    def _button(self, name: str, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"recovery.{name}")
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        self.list.setObjectName("recovery.list")
        self.list.setAccessibleName("Projects that were not saved")
        self.list.setHeaderLabels(COLUMNS)
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.header().setStretchLastSection(True)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemSelectionChanged.connect(self._refresh)
        self.changes.setObjectName("recovery.changes")
        self.changes.setAccessibleName("What changed since the last save")
        self.changes.setReadOnly(True)
        self.changes.setTabChangesFocus(True)
        buttons = button_row(self.later_button, self.recover_button)
        buttons.insertWidget(0, self.throw_button)
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(label(SAY, "dim", self, wrap=True))
        column.addWidget(self.list, 2)
        column.addWidget(label("What changed since the last save", "dim", self))
        column.addWidget(self.changes, 3)
        framed(self, column, buttons)
        self.resize(*RECOVERY_SIZE)

    @property
    def chosen(self) -> list[Unsaved]:
        """The chosen projects, in order."""
        keys = [item.data(0, int(Qt.ItemDataRole.UserRole)) for item in self.list.selectedItems()]
        return [self._found[key] for key in self._found if key in keys]

    def _refresh(self) -> None:
        some = len(self.chosen)
        what = counted(some, "project")
        for button, tip in (
            (self.recover_button, f"Open {what} as it was; saving is up to you"),
            (self.throw_button, f"Forget {what} for good; the file stays as it is"),
        ):
            button.setEnabled(bool(some))
            button.setToolTip(tip if some else NONE)
        self.changes.setPlainText(self._told())
        self.later_button.setToolTip("Keep them; the next start asks again, and so does the File menu")

    def _told(self) -> str:
        """Return what changed in the chosen projects, under their names where they are several."""
        chosen = self.chosen
        for unsaved in chosen:
            if unsaved.key not in self._changes:
                self._changes[unsaved.key] = "\n".join(changes_of(unsaved))
        if len(chosen) == 1:
            return self._changes[chosen[0].key]
        return "\n\n".join(f"{each.project.name}\n{self._changes[each.key]}" for each in chosen)

    def _recover_chosen(self) -> None:
        self._do(self._recover)

    def _throw_chosen(self) -> None:
        self._do(self._throw_away)

    def _do(self, what: Callable[[Unsaved], object]) -> None:
        """Do something with what is chosen, and close when nothing is left."""
        for unsaved in self.chosen:
            what(unsaved)
            del self._found[unsaved.key]
        for item in self.list.selectedItems():
            self.list.takeTopLevelItem(self.list.indexOfTopLevelItem(item))
        if not self._found:
            self.accept()


def _cells(unsaved: Unsaved) -> list[str]:
    when = f"{datetime.fromtimestamp(unsaved.written):%Y-%m-%d %H:%M:%S}"
    older = ", before its file was saved" if unsaved.is_older_than_its_file else ""
    file = Path(unsaved.path).name if unsaved.path else "never saved"
    changed = counted(unsaved.steps, "step") + (", was trained" if unsaved.runs else "")
    return [unsaved.project.name, file, when + older, changed]
