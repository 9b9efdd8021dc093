"""The table of classes: how often each is found, and how often it is meant where it is said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidgetItem, QWidget

from studio.app.theme.tables import FlatTable
from studio.app.theme.tokens import SPACE

_COLUMNS = (
    ("Class", ""),
    ("Prec.", "Precision: of the samples said to be of the class, percent that are"),
    ("Recall", "Of the class's samples, percent that were recognized"),
    ("F1", "Harmonic mean of precision and recall, percent"),
    ("n", "Samples of the class"),
)
_NAMES = ("class", "precision", "recall", "f1", "samples")

PADDING = 5 * SPACE
"""Of a cell, both sides together, with room for the arrow of the order."""

CLASS = Qt.ItemDataRole.UserRole
"""A row's class number."""


class ClassTable(FlatTable):
    """Precision, recall and F1 of each class, the worst F1 first."""

    class_chosen = Signal(int)
    """Number of the class whose row was chosen; -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "evaluation.classes",
            "Precision, recall and F1 of each class",
            [title for title, _ in _COLUMNS],
            numbers=range(1, len(_COLUMNS)),
            stretched=0,
            parent=parent,
        )
        for column, (_, text) in enumerate(_COLUMNS):
            self.headerItem().setToolTip(column, text)
        self.setSortingEnabled(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setMinimumSectionSize(0)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, (title, _) in enumerate(_COLUMNS):
            width = max(map(self.fontMetrics().horizontalAdvance, (title, "100.0")))
            self.header().resizeSection(column, width + PADDING)
        self.itemSelectionChanged.connect(self._tell)

    def show_classes(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Show the classes of an evaluation; as ``studio evaluate --json`` gives them."""
        self.clear()
        self.setSortingEnabled(False)
        for number, row in enumerate(rows):
            item = _ClassItem([row["class"], *map(_percent, _shares(row)), f"{row['samples']:,}"])
            item.setData(0, CLASS, number)
            item.setToolTip(0, row["class"])
            for column in range(1, len(_COLUMNS)):
                item.setData(column, CLASS, float(row[_NAMES[column]]))
            self.add(item)
        self.setSortingEnabled(True)
        self.sortByColumn(3, Qt.SortOrder.AscendingOrder)

    def choose(self, number: int) -> None:
        """Choose a class's row without saying so; -1 for none."""
        self.blockSignals(True)
        self.clearSelection()
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            if item is not None and item.data(0, CLASS) == number:
                self.setCurrentItem(item, 0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                item.setSelected(True)
                self.scrollToItem(item)
        self.blockSignals(False)
        self.viewport().update()

    def text(self) -> str:
        """Return the table as CSV, in the order on show; shares as numbers from 0 to 1."""
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(_NAMES)
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            assert item is not None
            numbers = [item.data(column, CLASS) for column in range(1, len(_COLUMNS))]
            writer.writerow([item.text(0), *numbers[:-1], int(numbers[-1])])
        return stream.getvalue()

    def _tell(self) -> None:
        chosen = self.selectedItems()
        self.class_chosen.emit(int(chosen[0].data(0, CLASS)) if chosen else -1)


class _ClassItem(QTreeWidgetItem):
    """A row that is sorted by its numbers; classes by their place."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        mine, theirs = self.data(column, CLASS), other.data(column, CLASS)
        if mine != mine or theirs != theirs:  # a class that was never said has no precision
            return theirs == theirs
        return bool(mine < theirs)


def _shares(row: Mapping[str, Any]) -> list[float]:
    return [float(row[name]) for name in _NAMES[1:4]]


def _percent(value: float) -> str:
    return "–" if value != value else f"{100 * value:.1f}"
