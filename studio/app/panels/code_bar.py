"""What the inspector says of a custom layer's code: how much it is, if it is trusted, and the way to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.app.panels.amounts import counted
from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import SPACE
from studio.catalog.custom import CUSTOM, code_of
from studio.graph.node import Node
from studio.project import trust


class CodeBar(QWidget):
    """One line on the code, with buttons to read and to edit it."""

    edit_wanted = Signal()
    read_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = label("", "dim", self, wrap=True)
        self.state.setObjectName("inspector.code.state")
        self.edit = QPushButton("Edit code…", self)
        self.edit.setObjectName("inspector.code.edit")
        self.edit.setToolTip("Write the layer in Python  (double-click its card)")
        self.read = QPushButton("Read the code…", self)
        self.read.setObjectName("inspector.code.read")
        self.read.setToolTip("Read the code, and trust it if you know what it does")
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        for button in (self.edit, self.read):
            button.setProperty("role", "small")
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.state)
        column.addLayout(row)
        self.edit.clicked.connect(self.edit_wanted)
        self.read.clicked.connect(self.read_wanted)

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show what there is to say of some layers; nothing of others than custom ones."""
        is_custom = bool(nodes) and all(node.kind == CUSTOM for node in nodes)
        self.setVisible(is_custom)
        if not is_custom:
            return
        codes = {code_of(node) for node in nodes}
        single = len(nodes) == 1
        waiting = [code for code in codes if not trust.is_trusted(code)]
        size = counted(len(next(iter(codes)).rstrip("\n").split("\n")), "line") if single else ""
        if single:
            words = f"{size} of Python; {'not trusted on this machine' if waiting else 'trusted'}."
        else:
            words = f"{counted(len(codes), 'text')} of Python; {len(waiting) or 'none'} not trusted."
        self.state.setText(words)
        set_property(self.state, "role", "warning" if waiting else "dim")
        self.edit.setEnabled(single)
        self.read.setVisible(single and bool(waiting))
