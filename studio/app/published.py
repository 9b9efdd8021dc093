"""The dialog that lists published error rates, with chosen runs above them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.runs.reader import RunInfo
from studio.zoo.published_errors import SOURCE, TABLES

SIZE = QSize(150 * SPACE, 160 * SPACE)

_WORDS = (
    "Errors on ImageNet as the paper prints them. Your runs are of other data: what can be compared is how "
    "much one network is better than another."
)


class PublishedErrors(QDialog):
    """Tables 3, 4 and 5 of the ResNet paper.

    Args:
        infos: The runs that stand above them.
        parent: The window.
    """

    def __init__(self, infos: Sequence[RunInfo], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.published_errors")
        self.setWindowTitle("Published errors")
        self.resize(SIZE)
        self.table = QTreeWidget(self)
        self.table.setObjectName("published.table")
        self.table.setAccessibleName("Error rates in percent")
        self.table.setHeaderLabels(["Network", "top-1 %", "top-5 %"])
        self.table.setRootIsDecorated(False)
        self.table.setItemsExpandable(False)
        self.table.header().setStretchLastSection(False)
        self.table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        runs = [(info.name, _error(info.best_val_accuracy), None, "") for info in infos]
        if runs:
            self._add("Your runs: validation part, best epoch", runs)
        for table in TABLES:
            self._add(table.title, [(row.network, row.top1, row.top5, row.note) for row in table.rows])
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(_WORDS, "dim", self, wrap=True))
        column.addWidget(self.table, 1)
        column.addWidget(label(SOURCE, "small", self, wrap=True))
        close = QPushButton("Close", self)
        close.setObjectName("published.close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        framed(self, column, button_row(close))

    def _add(self, title: str, rows: Sequence[tuple[str, float | None, float | None, str]]) -> None:
        group = QTreeWidgetItem([title])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.table.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        for name, top1, top5, note in rows:
            item = QTreeWidgetItem(group, [name, _percent(top1), _percent(top5)])
            item.setToolTip(0, note)
            for column in (1, 2):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        group.setExpanded(True)


def _error(accuracy: float) -> float | None:
    return None if math.isnan(accuracy) else 100.0 * (1.0 - accuracy)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
