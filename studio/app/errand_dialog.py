"""What dialogs with a long request to the engine have in common: start, progress, cancel, and words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout, QPushButton, QWidget

from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.outcome_dialog import OutcomeDialog
from studio.engine.records import Progress


class ErrandDialog(OutcomeDialog):
    """Sends the engine on one errand at a time, and says how far it is and what came of it.

    Closing it takes the errand back. Those who inherit put their widgets in with `arrange`, and offer what
    can be done in `refresh`.

    Args:
        name: Of the dialog and before the names of all that is in it.
        title: Of its window.
        link: To the engine.
        parent: The window.

    Attributes:
        cancel_button: Takes the errand back, or closes the dialog.
    """

    DOING = "Measuring"
    """What the engine does meanwhile, before the name of what it is at."""

    def __init__(self, name: str, title: str, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(name, title, parent)
        self.errand = Errand(link, self)
        self.cancel_button = self.button("cancel", "Close", self._cancel_or_close)
        self.errand.changed.connect(self.refresh)
        self.errand.progressed.connect(self._show_progress)
        self.errand.failed.connect(lambda words: self.say(words, "bad"))
        self.finished.connect(lambda _result: self.errand.cancel())

    def arrange(self, parts: Sequence[QWidget | QLayout], stretched: object, *buttons: QPushButton) -> None:
        """Put parts below each other, and buttons beside the one that cancels: `OutcomeDialog.arrange`."""
        super().arrange(parts, stretched, self.cancel_button, *buttons)

    def refresh(self) -> None:
        """Offer what can be done now."""
        busy = self.errand.is_going_on
        self.progress.setVisible(busy)
        self.cancel_button.setText("Cancel" if busy else "Close")

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
