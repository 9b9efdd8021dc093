"""Import blocks…: which file, and which of its blocks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from studio.app.canvas.block_commands import BlockCommands
from studio.app.canvas.insides import inside
from studio.app.project_files import FILTER
from studio.app.theme.polish import label
from studio.app.theme.tokens import BLOCK_IMPORT_SIZE, PANEL_MARGIN, SPACE
from studio.errors import StudioError
from studio.graph.graph import Graph
from studio.project.files import read


class BlockChoice(QDialog):
    """The blocks of another project, to be ticked."""

    def __init__(self, title: str, graph: Graph, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Blocks of {title}")
        self.setObjectName("dialog.import_blocks")
        self.list = QListWidget(self)
        self.list.setObjectName("import_blocks.list")
        self.list.setAccessibleName("Blocks")
        for name in sorted(graph.blocks):
            block = graph.blocks[name]
            item = QListWidgetItem(f"{name}    {block.summary or inside(block).words}", self.list)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel, self)
        self.buttons.button(kinds.Ok).setText("Import")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.list.itemChanged.connect(self._refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(label("What a block contains comes with it.", "dim", self))
        column.addWidget(self.list)
        column.addWidget(self.buttons)
        self.resize(*BLOCK_IMPORT_SIZE)

    def chosen(self) -> list[str]:
        """Return the names of the blocks that are ticked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        ]

    def _refresh(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.chosen()))


def import_blocks(blocks: BlockCommands, folder: str, window: QWidget) -> None:
    """Ask for a project and for its blocks, and take them over.

    Args:
        blocks: Makes the edit.
        folder: Where to look first.
        window: Parent of the dialogs.
    """
    name, _ = QFileDialog.getOpenFileName(window, "Import blocks from", folder, FILTER)
    if not name:
        return
    try:
        graph = read(Path(name)).graph
    except StudioError as error:
        QMessageBox.warning(window, "Import blocks", error.message)
        return
    if not graph.blocks:
        QMessageBox.information(window, "Import blocks", f"{Path(name).name} has no blocks.")
        return
    choice = BlockChoice(Path(name).name, graph, window)
    if choice.exec() == QDialog.DialogCode.Accepted:
        blocks.import_blocks(graph, choice.chosen())
    choice.deleteLater()
