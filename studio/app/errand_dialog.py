"""What dialogs with a long request to the engine have in common: start, progress, cancel, and words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.engine.records import Progress


class ErrandDialog(QDialog):
    """Sends the engine on one errand at a time, and says how far it is and what came of it.

    Closing it takes the errand back. Those who inherit put their widgets in with `arrange`, and offer what
    can be done in `refresh`.

    Args:
        name: Of the dialog and before the names of all that is in it.
        title: Of its window.
        link: To the engine.
        parent: The window.

    Attributes:
        progress: A bar, there as long as the errand goes on.
        outcome: What is to be said, in words.
        cancel_button: Takes the errand back, or closes the dialog.
    """

    DOING = "Measuring"
    """What the engine does meanwhile, before the name of what it is at."""

    def __init__(self, name: str, title: str, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"dialog.{name}")
        self.setWindowTitle(title)
        self._name = name
        self.errand = Errand(link, self)
        self.progress = QProgressBar(self)
        self.progress.setObjectName(f"{name}.progress")
        self.progress.setTextVisible(False)
        self.outcome = label("", "dim", self, wrap=True)
        self.outcome.setObjectName(f"{name}.result")
        self.cancel_button = self.button("cancel", "Close", self._cancel_or_close)
        self.errand.changed.connect(self.refresh)
        self.errand.progressed.connect(self._show_progress)
        self.errand.failed.connect(lambda words: self.say(words, "bad"))
        self.finished.connect(lambda _result: self.errand.cancel())

    def button(self, name: str, text: str, pressed: Callable[[], object]) -> QPushButton:
        """Return a button that is pressed by the keyboard only where it has the focus."""
        made = QPushButton(text, self)
        made.setObjectName(f"{self._name}.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(lambda: pressed())
        return made

    def arrange(self, parts: Sequence[QWidget | QLayout], stretched: object, *buttons: QPushButton) -> None:
        """Put parts below each other, and buttons beside the one that cancels.

        Args:
            parts: From above.
            stretched: The one of them that takes what room there is.
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
        framed(self, upper, button_row(self.cancel_button, *buttons))
        self.lead(buttons[-1])

    def lead(self, button: QPushButton) -> None:
        """Make a button the one that matters, which Return presses."""
        set_property(button, "role", "primary")
        button.setDefault(True)

    def refresh(self) -> None:
        """Offer what can be done now."""
        busy = self.errand.is_going_on
        self.progress.setVisible(busy)
        self.cancel_button.setText("Cancel" if busy else "Close")

    def say(self, words: str, role: str = "dim") -> None:
        """Write words, in the colour of a role."""
        set_property(self.outcome, "role", role)
        self.outcome.setText(words)

    def _show_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, round(progress.total))
        self.progress.setValue(round(progress.done))
        self.say(f"{self.DOING} {progress.label} …")

    def _cancel_or_close(self) -> None:
        if self.errand.cancel():
            self.say("Cancelled.")
        else:
            self.reject()


def copy_csv(rows: Iterable[Sequence[object]]) -> None:
    """Put a table on the clipboard, as CSV; its first row are the titles."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    QGuiApplication.clipboard().setText(text.getvalue())
