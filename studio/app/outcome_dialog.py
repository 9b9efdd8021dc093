"""The dialog around something that takes a while: what can be chosen, buttons, a bar, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE


class OutcomeDialog(QDialog):
    """Those who inherit put their widgets in with `arrange`.

    Args:
        name: Of the dialog and before the names of all that is in it.
        title: Of its window.
        parent: The window.

    Attributes:
        progress: A bar, to be shown as long as it is being done.
        outcome: What is to be said, in words.
    """

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"dialog.{name}")
        self.setWindowTitle(title)
        self._name = name
        self.progress = QProgressBar(self)
        self.progress.setObjectName(f"{name}.progress")
        self.progress.setTextVisible(False)
        self.outcome = label("", "dim", self, wrap=True)
        self.outcome.setObjectName(f"{name}.result")

    def button(self, name: str, text: str, pressed: Callable[[], object]) -> QPushButton:
        """Return a button that is pressed by the keyboard only where it has the focus."""
        made = QPushButton(text, self)
        made.setObjectName(f"{self._name}.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(lambda: pressed())
        return made

    def arrange(self, parts: Sequence[QWidget | QLayout], stretched: object, *buttons: QPushButton) -> None:
        """Put parts below each other, and buttons below them all.

        Args:
            parts: From above.
            stretched: The one of them that takes what room there is; None leaves it below them.
            buttons: The last is the one that matters.
        """
        upper = QVBoxLayout()
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(3 * SPACE)
        for part in parts:
            stretch = 1 if part is stretched else 0
            if isinstance(part, QLayout):
                upper.addLayout(part, stretch)
            else:
                upper.addWidget(part, stretch)
        if stretched is None:
            upper.addStretch(1)
        framed(self, upper, button_row(*buttons))
        self.lead(buttons[-1])

    def lead(self, button: QPushButton) -> None:
        """Make a button the one that matters, which Return presses."""
        set_property(button, "role", "primary")
        button.setDefault(True)

    def say(self, words: str, role: str = "dim") -> None:
        """Write words, in the colour of a role."""
        set_property(self.outcome, "role", role)
        self.outcome.setText(words)
