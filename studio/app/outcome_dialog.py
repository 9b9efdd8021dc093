"""The dialog around something that is done at the press of one button: export, share, unpack."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import EXPORT_SIZE, PANEL_MARGIN, SPACE


class OutcomeDialog(QDialog):
    """What can be chosen, the buttons, a bar while it is being done, and what came of it.

    Args:
        name: Of the dialog, for the names of its widgets.
        title: Over the window.
        parent: The window.
    """

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"dialog.{name}")
        self.setWindowTitle(title)
        self._name = name
        self.outcome = label("", "", self, wrap=True)
        self.outcome.setObjectName(f"{name}.result")
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)

    def button(
        self, name: str, text: str, pressed: Callable[[], object], *, leads: bool = False
    ) -> QPushButton:
        """Return a button of this dialog; the one that leads answers to Enter."""
        button = QPushButton(text, self)
        button.setObjectName(f"{self._name}.{name}")
        button.setAutoDefault(leads)
        if leads:
            button.setProperty("role", "primary")
        button.clicked.connect(pressed)
        return button

    def arrange(self, parts: Sequence[QWidget | QLayout], *buttons: QPushButton) -> None:
        """Put the parts over the bar and the outcome, and the buttons below."""
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        for part in (*parts, self.progress, self.outcome):
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                column.addWidget(part)
        column.addStretch(1)
        column.addLayout(row)
        self.resize(*EXPORT_SIZE)

    def say(self, words: str, *, bad: bool = False) -> None:
        """Show what came of it."""
        set_property(self.outcome, "role", "bad" if bad else "")
        self.outcome.setText(words)
