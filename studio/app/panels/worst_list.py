"""Samples that are no pictures, as rows of words: their first numbers, their class, and what is said."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from studio.app.plots.wording import number, percent
from studio.app.theme.tokens import ROW_HEIGHT
from studio.runs.records import Array, Predictions

MOST_NUMBERS = 6
"""Numbers of a sample that a row has room for."""

HEADER = ("sample", "truth", "said", "sure of it")


class WorstList(QTableWidget):
    """The samples whose true class has the least probability, the least first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(HEADER), parent)
        self.setObjectName("predictions.list")
        self.setAccessibleName("Worst samples")
        self.setHorizontalHeaderLabels(list(HEADER))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self._cells: list[tuple[int, int]] = []

    def show_samples(self, seen: Predictions) -> None:
        """Show the worst samples of a record."""
        self._cells = [(int(seen.truth[row]), int(seen.predicted[row])) for row in seen.worst]
        self.setRowCount(len(self._cells))
        for place, (row, (truth, said)) in enumerate(zip(seen.worst, self._cells, strict=True)):
            sure = percent(float(seen.sure[row])) if said >= 0 else ""
            texts = (sample_text(seen.samples[place]), _name(seen, truth), _name(seen, said), sure)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column == len(texts) - 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(place, column, item)

    def choose(self, truth: int, said: int) -> None:
        """Show those of one confusion; of all with -1."""
        for place, cell in enumerate(self._cells):
            self.setRowHidden(place, truth >= 0 and cell != (truth, said))


def sample_text(values: Array) -> str:
    """Return the first numbers of a sample."""
    flat = np.asarray(values).reshape(-1)
    more = ", …" if len(flat) > MOST_NUMBERS else ""
    return ", ".join(number(float(value)) for value in flat[:MOST_NUMBERS]) + more


def _name(seen: Predictions, place: int) -> str:
    if place < 0:
        return "no number"
    return seen.classes[place] if place < len(seen.classes) else str(place)
