"""Samples that are rows of numbers, as a table whose columns have names."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from studio.engine.records import Array, DataDescribed

MOST_ROWS = 50


def is_table(described: DataDescribed) -> bool:
    """Say whether samples are rows of numbers."""
    return described.samples.ndim == 2 and described.samples.shape[1] > 0


class SampleTable(QTableWidget):
    """The first samples of the training part, a row each, with their target in front."""

    def __init__(self, described: DataDescribed, parent: QWidget | None = None) -> None:
        samples = described.samples[:MOST_ROWS]
        super().__init__(len(samples), 1 + samples.shape[1], parent)
        self.setObjectName("data_samples.table")
        self.setAccessibleName("Samples of the training part")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setCornerButtonEnabled(False)
        self.setHorizontalHeaderLabels(["target", *feature_names(described, samples.shape[1])])
        self.verticalHeader().hide()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, (values, label) in enumerate(zip(samples, described.labels, strict=False)):
            texts = [target_text(described, label), *(_number(value) for value in values)]
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(right if column else Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        self.resizeColumnsToContents()


def feature_names(described: DataDescribed, count: int) -> list[str]:
    """Return what the features are called, or numbers from 1."""
    if len(described.features) == count:
        return list(described.features)
    return [f"feature {number + 1}" for number in range(count)]


def target_text(described: DataDescribed, label: Array) -> str:
    """Return a target as its class, or as a value."""
    value = float(np.asarray(label).ravel()[0])
    if described.classes and 0 <= int(value) < len(described.classes):
        return described.classes[int(value)]
    return _number(value)


def _number(value: float) -> str:
    return f"{value:.5g}" if np.isfinite(value) else "–"
