"""The strip over the canvas that says that a network is being arranged, with a way out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE


class ArrangingStrip(QFrame):
    """Hidden until it is told to appear, at the top of its parent's middle."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("canvas.arranging")
        self.setAccessibleName("Arranging the network")
        self.setProperty("role", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, SPACE, SPACE, SPACE)
        row.setSpacing(3 * SPACE)
        row.addWidget(label("Arranging…", "dim", self))
        self.button = QPushButton("Cancel", self)
        self.button.setObjectName("canvas.arranging.cancel")
        self.button.setAccessibleName("Cancel arranging")
        self.button.setToolTip("Leave the network as it is  (Esc)")
        self.button.setProperty("role", "small")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.clicked.connect(self.cancelled)
        row.addWidget(self.button)
        self.hide()

    def appear(self) -> None:
        """Show it in the middle of the upper edge."""
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, 4 * SPACE)
        self.show()
        self.raise_()
