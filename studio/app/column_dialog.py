"""Columns…: what each column of the person's table is for, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.panels.editors import ChoiceEdit
from studio.app.plots.wording import count
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tables import FlatTable
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.catalog.spec import ArgSpec
from studio.engine.records import ReadTable, TableColumn, TableRead
from studio.project import column_roles
from studio.project.column_roles import ROLES, TYPES, Column, Role, Type

SIZE = QSize(860, 560)
HEADINGS = ("column", "holds", "different", "missing", "role", "type")
NAME, HOLDS, DIFFERENT, MISSING, ROLE, TYPE = range(len(HEADINGS))


class ColumnDialog(QDialog):
    """A line for each column, with its role and its type to choose; what is chosen is one step of undo.

    Args:
        document: Whose data set it is.
        link: To the engine, which reads the table.
        folder: Folder of the project file.
        parent: The window.
    """

    def __init__(
        self, document: Document, link: EngineLink, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.columns")
        self.setWindowTitle("Columns of the table")
        self._document = document
        self.columns: tuple[Column, ...] = ()
        self._editors: dict[str, tuple[ChoiceEdit, ChoiceEdit]] = {}
        self.tree = self._made_tree()
        self.words = label("", "dim", self, wrap=True)
        self.words.setObjectName("columns.words")
        self.cancel_button = self._button("cancel", "Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.use_button = self._button("use", "Use these")
        self.use_button.setProperty("role", "primary")
        self.use_button.setDefault(True)
        self.use_button.clicked.connect(self.use)
        self._arrange()
        self._say("The engine reads the table …")
        self._refresh()
        link.table_read.connect(self._take)
        data = document.project.data.model_dump(mode="json")
        self._asked = link.request(ReadTable, data=data, folder=folder)
        link.claim(self._asked, lambda failed: self._say(failed.message, wrong=True))

    def use(self) -> None:
        """Write the roles and types into the data settings."""

        def changed(options: Mapping[str, object]) -> dict[str, object]:
            return dict(column_roles.write(options, self.columns))  # type: ignore[arg-type]

        self._document.edit_project(
            "Choose columns",
            lambda now: replace(now, data=now.data.model_copy(update={"options": changed(now.data.options)})),
        )
        self.accept()

    def set_role(self, name: str, role: str) -> None:
        """Give a column a role; a target, group or part that was another's becomes a feature."""
        self.columns = column_roles.with_role(self.columns, name, role)  # type: ignore[arg-type]
        self._refresh()

    def set_type(self, name: str, kind: str) -> None:
        """Say what a column holds."""
        self.columns = tuple(
            replace(column, type=kind) if column.name == name else column  # type: ignore[arg-type]
            for column in self.columns
        )

    # Building ---------------------------------------------------------------------------------------

    def _made_tree(self) -> FlatTable:
        tree = FlatTable(
            "columns.table",
            "Columns of the table",
            HEADINGS,
            numbers=(DIFFERENT, MISSING),
            stretched=HOLDS,
            parent=self,
        )
        tree.setUniformRowHeights(False)  # lines are as high as their fields
        tree.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return tree

    def _button(self, name: str, text: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"columns.{name}")
        made.setAutoDefault(False)
        return made

    def _arrange(self) -> None:
        upper = QVBoxLayout()
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(3 * SPACE)
        upper.addWidget(self.words)
        upper.addWidget(self.tree, 1)
        framed(self, upper, button_row(self.cancel_button, self.use_button))
        self.resize(SIZE)

    # What comes -------------------------------------------------------------------------------------

    def _take(self, read: TableRead) -> None:
        """Show the columns, with the roles that the settings give them."""
        if read.id != self._asked:
            return
        options = self._document.project.data.options
        self.columns = column_roles.read(options, [column.name for column in read.columns])
        for facts, column in zip(read.columns, self.columns, strict=True):
            self._add(facts, column)
        some = f", of which the first {count(read.looked_at)} are counted here"
        self._say(
            f"{count(len(read.columns))} columns of {count(read.rows)} rows"
            + (some if read.looked_at < read.rows else "")
            + "."
        )
        self._refresh()
        if self.columns:
            self._editors[self.columns[0].name][0].setFocus()

    def _add(self, facts: TableColumn, column: Column) -> None:
        more = " …" if facts.different > len(facts.examples) else ""
        holds = ", ".join(facts.examples) + more
        item = QTreeWidgetItem([column.name, holds, count(facts.different), count(facts.missing)])
        item.setToolTip(NAME, column.name)
        item.setToolTip(HOLDS, holds)
        self.tree.add(item)
        role = _choice(f"columns.role.{column.name}", f"Role of {column.name}", ROLES)
        kind = _choice(f"columns.type.{column.name}", f"Type of {column.name}", TYPES)
        role.committed.connect(lambda value: self.set_role(column.name, value))
        kind.committed.connect(lambda value: self.set_type(column.name, value))
        kind.show_value(column.type)
        self._editors[column.name] = (role, kind)
        for place, editor in ((ROLE, role), (TYPE, kind)):
            self.tree.setItemWidget(item, place, _cell(editor))

    def _refresh(self) -> None:
        """Show the roles as they are now, and whether they can be used."""
        for column in self.columns:
            role, kind = self._editors[column.name]
            role.show_value(column.role)
            kind.setEnabled(column.role == "feature")
            kind.setToolTip(
                "" if kind.isEnabled() else "Only features have a type; what is predicted is said by task."
            )
        why_not = column_roles.why_not(self.columns) if self.columns else "The table was not read yet."
        self.use_button.setEnabled(not why_not)
        self.use_button.setToolTip(why_not or "Set the data's options to these roles and types")

    def _say(self, words: str, *, wrong: bool = False) -> None:
        set_property(self.words, "role", "bad" if wrong else "dim")
        self.words.setText(words)


def _cell(editor: ChoiceEdit) -> QWidget:
    """Return an editor with room around it: lines of the table must not touch."""
    cell = QWidget()
    row = QHBoxLayout(cell)
    row.setContentsMargins(0, SPACE // 2, SPACE, SPACE // 2)
    row.addWidget(editor)
    return cell


def _choice(name: str, title: str, meanings: Mapping[Role, str] | Mapping[Type, str]) -> ChoiceEdit:
    made = ChoiceEdit(ArgSpec(name, "choice", next(iter(meanings)), title, choices=tuple(meanings)))
    made.setObjectName(name)
    made.setAccessibleName(title)
    for place, meaning in enumerate(meanings.values()):
        made.setItemData(place, meaning, Qt.ItemDataRole.ToolTipRole)
    return made
