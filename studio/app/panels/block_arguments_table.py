"""The arguments of a block as a table: name, default and limits, each to be edited in its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QToolButton, QWidget

from studio.app.panels.number_edit import undo_belongs_to_design
from studio.app.panels.value_text import write
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, SPACE
from studio.graph.block import BlockArgument

COLUMNS = ("name", "default", "min", "max")
LIMIT_WIDTH = 12 * SPACE


class Cell(QLineEdit):
    """One text of the table; announced on Enter, or when the cell is left."""

    changed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setProperty("role", "cell")
        self.editingFinished.connect(self.flush)

    def show_text(self, text: str) -> None:
        """Show a text; what is being typed stays unless the text behind it changed."""
        if text != self._shown or not self.isModified():
            self._shown = text
            self.setText(text)
            self.setCursorPosition(0)
            self.setModified(False)

    def flush(self) -> None:
        """Announce what was typed."""
        if self.isModified():
            self.setModified(False)
            if self.text().strip() != self._shown:
                self.changed.emit(self.text().strip())

    def event(self, event: QEvent) -> bool:
        """Leave undo to the design while nothing was typed."""
        return undo_belongs_to_design(event, self.isModified()) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the old text back on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.setText(self._shown)
            return
        super().keyPressEvent(event)


class BlockArgumentsTable(QWidget):
    """One line for each argument, and a button that adds one. Lines are kept and shown anew."""

    edited = Signal(str, str, str)
    """(argument, column, text)"""

    removed = Signal(str)
    added = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("block.arguments")
        self._arguments: tuple[BlockArgument, ...] = ()
        self.lines: list[dict[str, Cell]] = []
        self._buttons: list[QToolButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(SPACE)
        for column, stretch in enumerate((3, 2, 0, 0)):
            self._grid.setColumnStretch(column, stretch)
        self._heads = [label(words, "small", self) for words in COLUMNS]
        for column, head in enumerate(self._heads):
            self._grid.addWidget(head, 0, column)
        self.add = QPushButton("Add argument", self)
        self.add.setObjectName("block.arguments.add")
        self.add.setProperty("role", "small")
        self.add.clicked.connect(self.added)
        theme().changed.connect(self._refresh_icons)
        self.show_arguments(())

    def show_arguments(self, arguments: Sequence[BlockArgument]) -> None:
        """Show these arguments and no others."""
        self._arguments = tuple(arguments)
        while len(self.lines) < len(arguments):
            self._add_line()
        for place, cells in enumerate(self.lines):
            shown = place < len(arguments)
            for widget in (*cells.values(), self._buttons[place]):
                widget.setVisible(shown)
            if shown:
                self._show_line(place, arguments[place])
        for head in self._heads:
            head.setVisible(bool(arguments))
        self._grid.addWidget(self.add, len(self.lines) + 1, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)

    def flush(self) -> None:
        """Announce what was typed and not finished yet."""
        for cells in self.lines:
            for cell in cells.values():
                cell.flush()

    def _show_line(self, place: int, argument: BlockArgument) -> None:
        limits = not isinstance(argument.default, bool | str | None) and not argument.choices
        texts = (argument.name, write(argument.default), write(argument.minimum), write(argument.maximum))
        for (column, cell), text in zip(self.lines[place].items(), texts, strict=True):
            cell.show_text(text)
            cell.setObjectName(f"block.argument.{argument.name}.{column}")
            cell.setAccessibleName(f"{column} of {argument.name}")
            cell.setToolTip(argument.help)
            cell.setEnabled(limits or column in ("name", "default"))
        self._buttons[place].setAccessibleName(f"Remove {argument.name}")
        self._buttons[place].setObjectName(f"block.argument.{argument.name}.remove")

    def _add_line(self) -> None:
        place = len(self.lines)
        cells = {column: Cell(self) for column in COLUMNS}
        for number, (column, cell) in enumerate(cells.items()):
            if column in ("min", "max"):
                cell.setFixedWidth(LIMIT_WIDTH)
            cell.changed.connect(
                lambda text, column=column: self.edited.emit(self._arguments[place].name, column, text)
            )
            self._grid.addWidget(cell, place + 1, number)
        remove = QToolButton(self)
        remove.setProperty("role", "icon")
        remove.setFixedSize(ICON + 4, ICON + 8)
        remove.setIcon(theme().mark("clear"))
        remove.setToolTip("Remove the argument; its value is put in where it was used")
        remove.clicked.connect(lambda: self.removed.emit(self._arguments[place].name))
        self._grid.addWidget(remove, place + 1, len(COLUMNS))
        self.lines.append(cells)
        self._buttons.append(remove)

    def _refresh_icons(self) -> None:
        for button in self._buttons:
            button.setIcon(theme().mark("clear"))
