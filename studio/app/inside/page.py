"""What the pages share: choices, a line of words, a picture, and what stands there while there is none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from studio.app.inside.export import ExportPage
from studio.app.plots.legend import Legend
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.engine.records import LookedInside


class Page(QWidget):
    """One question about the inside of a network.

    Attributes:
        page: What the engine calls it.
        title: On its tab.
        found: The answer on show; None while there is none.
        body: What its picture is made of.
    """

    page = ""
    name = ""
    title = ""

    asked = Signal()
    """Something else is to be asked of the engine."""

    message = Signal(str)

    sample_chosen = Signal(int)
    """Number of a sample of the part that the person points at."""

    node_chosen = Signal(str)
    """Dotted name of a layer that the person points at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"inside.{self.name}")
        self.setAccessibleName(self.title)
        self.found: LookedInside | None = None
        self._words = ""
        self._waits = False
        self.legend = Legend(self.title)
        self.head = QHBoxLayout()
        self.head.setSpacing(2 * SPACE)
        self.body = QWidget(self)
        self.notes = label("", "dim", self, wrap=True)
        self.empty = label("", "dim", self, wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.export = ExportPage(self.name, self.body, self.csv, self)
        self.export.message.connect(self.message)
        self.fill()
        self.head.addWidget(self.export)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 2 * SPACE, 0, 0)
        whole.setSpacing(2 * SPACE)
        whole.addLayout(self.head)
        whole.addWidget(self.legend)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.empty, 1)
        whole.addWidget(self.notes)
        self.show_words("")

    # What each page says of itself --------------------------------------------------------------------

    def fill(self) -> None:
        """Put choices with a stretch into `head`, and the picture into `body`."""
        raise NotImplementedError

    def question(self) -> dict[str, object]:
        """Return what is to be asked beside node, weights and samples."""
        return {}

    def turn_to(self, node: str) -> None:
        """Give up choices that mean nothing for another node; called before each question."""

    def draw(self, found: LookedInside) -> None:
        """Show an answer."""
        raise NotImplementedError

    def rows(self) -> Iterable[Sequence[object]]:
        """Return the numbers on show as a table, its titles first."""
        raise NotImplementedError

    # What is the same of all --------------------------------------------------------------------------

    @property
    def words(self) -> str:
        """All that is written there."""
        return self.empty.text() if self.found is None else f"{self.legend.text}. {self.notes.text()}"

    def show_found(self, found: LookedInside) -> None:
        """Show an answer."""
        if found is not self.found or self._waits:
            self.found, self._waits = found, False
            self._set_visible()
            self.draw(found)

    def show_waiting(self, words: str) -> None:
        """Say that an answer is to come; what is on show stays if it is about the same node."""
        self._waits = True
        self.describe(words)
        self.export.offer(False)

    def show_words(self, words: str) -> None:
        """Show why there is no answer."""
        self.found, self._waits = None, False
        self.empty.setText(words)
        self.legend.set_title(self.title)
        self.legend.set_entries(())
        self._set_visible()

    def csv(self) -> str:
        """Return the numbers on show as CSV."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        for row in self.rows():
            writer.writerow([f"{cell:.9g}" if isinstance(cell, float) else cell for cell in row])
        return stream.getvalue()

    def note(self, found: LookedInside, *more: str) -> None:
        """Write what is to be known below the picture."""
        self.notes.setText("  ".join(filter(None, (*found.notes, *more))))
        self.notes.setVisible(bool(self.notes.text()))

    def say(self, words: str) -> None:
        """Write what is under the pointer at the right end of the line above."""
        self.legend.set_title(self.title, "" if words else self._words)
        self.legend.set_entries((), words)

    def describe(self, words: str) -> None:
        """Write what is shown into the line above."""
        self._words = words
        self.say("")

    def choice(self, name: str, words: str, items: dict[str, str]) -> QComboBox:
        """Return a choice for the line above, already in its place."""
        box = QComboBox(self)
        box.setObjectName(f"inside.{self.name}.{name}")
        box.setAccessibleName(words)
        box.setToolTip(words)
        for key, title in items.items():
            box.addItem(title, key)
        self.head.addWidget(box)
        return box

    def _set_visible(self) -> None:
        there = self.found is not None
        self.body.setVisible(there)
        self.empty.setVisible(not there)
        self.notes.setVisible(there and bool(self.notes.text()))
        self.export.offer(there)


def class_of(found: LookedInside, column: int) -> str:
    """Return the class of a sample in words; empty where samples have none."""
    index = int(found.labels[column])
    if index < 0:
        return ""
    return found.classes[index] if index < len(found.classes) else str(index)


def sample_words(found: LookedInside, column: int) -> str:
    """Return which sample it is, and its class."""
    name = class_of(found, column)
    return f"sample {int(found.rows[column])}" + (f" ({name})" if name else "")
