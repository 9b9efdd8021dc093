"""The inspector's page inside a block while nothing is selected: what all its instances have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.amounts import count_text
from studio.app.panels.block_arguments_table import BlockArgumentsTable, Cell
from studio.app.panels.block_bar import shared_words
from studio.app.panels.fact_table import FactTable
from studio.app.panels.node_header import NodeHeader
from studio.app.panels.value_text import read
from studio.app.theme.polish import label, line
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.errors import GraphError
from studio.graph import block_arguments, definitions
from studio.graph.block import PREFIX, Block, BlockArgument
from studio.graph.graph import Graph

NEW_NAME = "width"
"""What a new argument is called until the person says otherwise; the next ones have numbers."""


class BlockPage(QScrollArea):
    """Name, summary, arguments and ports of the block on show. Follows the document."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self.header = NodeHeader(body, prefix="block", helps=False)
        self.shared = label("", "dim", body, wrap=True)
        self.shared.setObjectName("block.shared")
        self.summary = Cell(body)
        self.summary.setObjectName("block.description")
        self.summary.setAccessibleName("Summary of the block")
        self.summary.setPlaceholderText("What it does, in one line")
        self.arguments = BlockArgumentsTable(body)
        self.note = label(
            "Inside the block, a value may be an expression of these: =width * 4. "
            "Right-click a value to expose it here.",
            "dim",
            body,
            wrap=True,
        )
        self.reason = label("", "bad-small", body, wrap=True)
        self.reason.setObjectName("block.reason")
        self.reason.hide()
        self.table = FactTable("block.facts", body)
        self._arrange(body)
        self.header.renamed.connect(self._rename)
        self.summary.changed.connect(self._set_summary)
        self.arguments.edited.connect(self._edit_argument)
        self.arguments.removed.connect(self._remove)
        self.arguments.added.connect(self._add)
        document.level_changed.connect(self.refresh)
        document.changed.connect(self.refresh)
        self.refresh()

    def _arrange(self, body: QWidget) -> None:
        column = QVBoxLayout(body)
        column.setContentsMargins(PANEL_MARGIN, 3 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        parts: tuple[QWidget, ...] = (
            self.header,
            self.shared,
            self.summary,
            line(body),
            label("Arguments", "heading", body),
            self.arguments,
            self.reason,
            self.note,
            line(body),
            label("Ports", "heading", body),
            self.table,
        )
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(body)

    def refresh(self) -> None:
        """Show everything anew, in place."""
        block = self._block()
        if block is None:
            return
        self._complain("")
        self.header.show_layer(block.name, f"{PREFIX}{block.name}", "Block", "")
        count = len(definitions.instances(self._document.design, block.name))
        self.shared.setText(shared_words(count, block.name))
        self.summary.show_text(block.summary)
        self.arguments.show_arguments(block.arguments)
        self.table.show_facts(
            [
                ("inputs", ", ".join(node.name for node in block.inputs()) or "none"),
                ("outputs", ", ".join(node.name for node in block.outputs()) or "none"),
                ("nodes inside", count_text(len(block.graph))),
            ]
        )

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        if self._block() is not None:
            self.header.name_edit.flush()
            self.summary.flush()
            self.arguments.flush()

    def _block(self) -> Block | None:
        """Return the block on show."""
        return self._document.design.blocks.get(self._document.block)

    # What changes it ------------------------------------------------------------------------------

    def _attempt(self, step: str, change: Callable[[Graph, str], Graph]) -> str:
        """Edit the definition; return why that cannot be, or an empty text."""
        name = self._document.block
        try:
            self._document.edit_design(step, lambda design: change(design, name))
        except GraphError as error:
            return error.message
        return ""

    def _rename(self, new: str) -> None:
        if new == self._document.block:
            self.header.refuse("")
            return
        step = f"Rename block to {new}"
        self.header.refuse(
            self._attempt(step, lambda design, name: definitions.rename_block(design, name, new))
        )

    def _set_summary(self, text: str) -> None:
        def change(design: Graph, name: str) -> Graph:
            return definitions.put_block(design, replace(design.block(name), summary=text))

        self._complain(self._attempt("Describe block", change))

    def _add(self) -> None:
        block = self._block()
        if block is None:
            return
        taken = {argument.name for argument in block.arguments}
        names = [NEW_NAME, *(f"{NEW_NAME}{number}" for number in range(2, len(taken) + 3))]
        argument = BlockArgument(next(name for name in names if name not in taken), 1)
        step = f"Add argument {argument.name}"
        self._complain(
            self._attempt(step, lambda design, name: block_arguments.add_argument(design, name, argument))
        )

    def _remove(self, argument: str) -> None:
        self._complain(
            self._attempt(
                f"Remove argument {argument}",
                lambda design, name: block_arguments.remove_argument(design, name, argument),
            )
        )

    def _edit_argument(self, argument: str, column: str, text: str) -> None:
        """Take over what was typed into a cell."""

        def change(design: Graph, name: str) -> Graph:
            if column == "name":
                return block_arguments.rename_argument(design, name, argument, text)
            found = design.block(name).argument(argument)
            if found is None:
                return design
            new = _with_cell(found, column, text)
            return block_arguments.replace_argument(design, name, argument, new)

        reason = self._attempt(f"Set {column} of {argument}", change)
        block = self._block()
        if reason and block is not None:
            self.arguments.show_arguments(block.arguments)
        self._complain(reason)

    def _complain(self, text: str) -> None:
        self.reason.setText(text)
        self.reason.setVisible(bool(text))


def _with_cell(argument: BlockArgument, column: str, text: str) -> BlockArgument:
    """Return an argument with one of its cells changed.

    Raises:
        GraphError: A limit is no number, or the default is none of the choices or outside the limits.
    """
    if column == "default":
        value = read(text, argument.default)
        if value is None and argument.default is not None and not isinstance(argument.default, str):
            raise GraphError(f'"{argument.name}" needs a default.')
        return replace(argument, default="" if value is None and argument.default is not None else value)
    limit = read(text) if text else None
    if isinstance(limit, bool) or not isinstance(limit, int | float | None):
        raise GraphError(f'The {column} of "{argument.name}" must be a number, not "{text}".')
    return replace(argument, minimum=limit) if column == "min" else replace(argument, maximum=limit)
