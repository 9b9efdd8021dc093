"""What the inspector says of an instance beside its arguments: who shares its definition, and the way in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.app.panels.amounts import counted
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE


class BlockBar(QWidget):
    """How many instances follow the same definition, with buttons to look inside and to part from them."""

    enter_wanted = Signal()
    unique_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shared = label("", "dim", self, wrap=True)
        self.shared.setObjectName("inspector.shared")
        self.enter = QPushButton("Enter", self)
        self.enter.setObjectName("inspector.enter")
        self.enter.setToolTip("Look inside and edit what it is made of")
        self.unique = QPushButton("Make unique", self)
        self.unique.setObjectName("inspector.make_unique")
        self.unique.setToolTip("Give it a definition of its own")
        for button in (self.enter, self.unique):
            button.setProperty("role", "small")
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.enter)
        row.addWidget(self.unique)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.shared)
        column.addLayout(row)
        self.enter.clicked.connect(self.enter_wanted)
        self.unique.clicked.connect(self.unique_wanted)

    def show_instances(self, count: int, shown: int, name: str) -> None:
        """Show how many instances there are of a block, `shown` of which the inspector shows."""
        self.shared.setText(shared_words(count, name))
        self.enter.setEnabled(shown == 1)
        self.unique.setEnabled(shown == 1 and count > 1)


def shared_words(count: int, name: str) -> str:
    """Return how many instances follow a definition."""
    if count < 2:
        return f"The only instance of {name}."
    return f"{counted(count, 'instance')} share this definition: what changes inside changes in all."
