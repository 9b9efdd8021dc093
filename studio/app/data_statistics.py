"""The dialog that shows what was counted and measured of a data set, of its training part above all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabWidget,
    QToolTip,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.data_samples import SampleTable, feature_names, is_table
from studio.app.panels.amounts import count_text, shape_text
from studio.app.plots.legend import Entry, Legend
from studio.app.plots.paint import mix
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tables import FlatTable
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SMALL_PX, SPACE
from studio.engine.records import Array, DataDescribed

SIZE = QSize(230 * SPACE, 120 * SPACE)

PARTS = ("training", "validation", "test")
_ROLES = ("train", "validation", "dim")
_CHANNELS = {1: ("grey",), 3: ("red", "green", "blue")}


class DataStatistics(QDialog):
    """Class counts of every part, and mean, variance and correlation of the training part's features.

    Args:
        title: The data set's.
        described: What the engine found.
        parent: The window.
    """

    def __init__(self, title: str, described: DataDescribed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.data_statistics")
        self.setWindowTitle("Data")
        self.resize(SIZE)
        self.classes = ClassBars(self)
        self.classes.show_counts(described.class_counts, described.classes)
        self.features = _feature_table(described, self)
        self.correlation = CorrelationView(self)
        self.correlation.show_correlation(
            described.correlation, feature_names(described, len(described.correlation))
        )
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(title, "heading", self))
        column.addWidget(label(_summary(described), "dim", self, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(5 * SPACE)
        if described.class_counts.shape[1]:
            legend = Legend("Samples", self)
            legend.set_entries(tuple(Entry(role, part) for role, part in zip(_ROLES, PARTS, strict=True)))
            counts = QVBoxLayout()
            counts.setSpacing(SPACE)
            counts.addWidget(legend)
            counts.addWidget(_scrolled(self.classes, self), 1)
            row.addLayout(counts, 1)
        row.addLayout(self._titled("Training part, by feature or channel", self.features), 1)
        if len(described.correlation):
            row.addLayout(self._titled("Correlation of features", self.correlation), 1)
        self.classes.setVisible(bool(described.class_counts.shape[1]))
        self.correlation.setVisible(bool(len(described.correlation)))
        numbers = QWidget(self)
        numbers.setLayout(row)
        row.setContentsMargins(0, 2 * SPACE, 0, 0)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("data_statistics.tabs")
        self.tabs.addTab(numbers, "Statistics")
        if is_table(described):
            self.tabs.addTab(SampleTable(described, self), "Samples")
        column.addWidget(self.tabs, 1)
        close = QPushButton("Close", self)
        close.setObjectName("data_statistics.close")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        framed(self, column, button_row(close))

    def _titled(self, title: str, widget: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addWidget(label(title, "dim", self))
        column.addWidget(widget, 1)
        return column


class ClassBars(QWidget):
    """A line for each class: how many samples each part has, as bars beside each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_statistics.classes")
        self._counts: Array = np.zeros((3, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_counts(self, counts: Array, names: tuple[str, ...]) -> None:
        """Show them.

        Shape:
            counts: (3, C), of training, validation and test
        """
        self._counts, self._names = counts, names
        self.setAccessibleName("; ".join(self.words(number) for number in range(counts.shape[1])))
        self.setFixedHeight(max(counts.shape[1], 1) * self._line())
        self.update()

    def words(self, number: int) -> str:
        """Return what a line says."""
        each = (
            f"{part} {count_text(int(count))}"
            for part, count in zip(PARTS, self._counts[:, number], strict=True)
        )
        return f"{self._name(number)}: {', '.join(each)}"

    def sizeHint(self) -> QSize:
        """Return its size."""
        return QSize(60 * SPACE, max(self._counts.shape[1], 1) * self._line())

    def event(self, event: QEvent) -> bool:
        """Tell a class's numbers under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = event.pos().y() // self._line()
            there = number < self._counts.shape[1]
            QToolTip.showText(event.globalPos(), self.words(number) if there else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in view."""
        if not self._counts.shape[1]:
            return
        painter = QPainter(self)
        painter.setFont(theme().font(SMALL_PX))
        metrics, line = painter.fontMetrics(), self._line()
        widest = max(metrics.horizontalAdvance(name) for name in self._names or ("0",))
        left = min(widest, self.width() // 3) + 2 * SPACE
        right = metrics.horizontalAdvance("000,000") + 2 * SPACE
        scale = max(self.width() - left - right, 1) / max(int(self._counts.sum(axis=0).max()), 1)
        first, last = event.rect().top() // line, event.rect().bottom() // line
        for number in range(first, min(last + 1, self._counts.shape[1])):
            top = number * line
            painter.setPen(theme().color("dim"))
            name = metrics.elidedText(self._name(number), Qt.TextElideMode.ElideRight, left - 2 * SPACE)
            box = QRectF(0, top, left - 2 * SPACE, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
            x = float(left)
            for count, role in zip(self._counts[:, number], _ROLES, strict=True):
                width = float(count) * scale
                painter.fillRect(QRectF(x, top + SPACE, width, line - 2 * SPACE), theme().color(role))
                x += width
            total = count_text(int(self._counts[:, number].sum()))
            painter.drawText(QRectF(x + SPACE, top, right, line), Qt.AlignmentFlag.AlignVCenter, total)

    def _line(self) -> int:
        return self.fontMetrics().height() + SPACE

    def _name(self, number: int) -> str:
        return self._names[number] if number < len(self._names) else str(number)


class CorrelationView(QWidget):
    """A matrix of correlations: blue for those above 0, orange for those below, grey where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_statistics.correlation")
        self.setMinimumSize(50 * SPACE, 50 * SPACE)
        self._values: Array = np.zeros((0, 0))
        self._names: Sequence[str] = ()
        theme().changed.connect(self.update)

    def show_correlation(self, values: Array, names: Sequence[str]) -> None:
        """Show it.

        Shape:
            values: (F, F), in [-1, 1], or NaN
            names: F
        """
        self._values, self._names = values, names
        self.setAccessibleName(f"Correlation of {len(values)} features")
        self.update()

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the row and column under a point."""
        side, size = self._side(), len(self._values)
        row, column = int(point.y() / side), int(point.x() / side)
        return (row, column) if 0 <= row < size and 0 <= column < size else None

    def words(self, row: int, column: int) -> str:
        """Return what a cell says."""
        value = float(self._values[row, column])
        told = "one of them never varies" if value != value else f"{value:.3f}"
        return f"{self._names[row]} and {self._names[column]}: {told}"

    def event(self, event: QEvent) -> bool:
        """Tell the number under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words(*cell) if cell else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells."""
        painter = QPainter(self)
        panel, above, below, none = (theme().color(role) for role in ("panel", "train", "validation", "line"))
        side = self._side()
        for row, column in np.ndindex(*self._values.shape):
            value = float(self._values[row, column])
            color = (
                none if value != value else mix(above if value > 0 else below, panel, min(abs(value), 1.0))
            )
            painter.fillRect(QRectF(column * side, row * side, side, side), color)
        painter.setPen(theme().color("line"))
        size = side * len(self._values)
        painter.drawRect(QRectF(0, 0, size - 1, size - 1))

    def _side(self) -> float:
        return min(self.width(), self.height()) / max(len(self._values), 1)


def _summary(described: DataDescribed) -> str:
    """Return shapes and sizes in a line."""
    sizes = ", ".join(
        f"{count_text(count)} for {part}" for count, part in zip(described.counts, PARTS, strict=True)
    )
    target = f"{len(described.classes)} classes" if described.classes else "a value"
    return (
        f"One sample: {shape_text(described.shape)}; target: {target}. {sizes}. Means and variances are of "
        "the training part alone, before normalization; a variance is divided by T − 1."
    )


def _feature_table(described: DataDescribed, parent: QWidget) -> FlatTable:
    table = FlatTable(
        "data_statistics.features",
        "Mean and variance of each feature or channel",
        ("", "Mean", "Variance"),
        numbers=(1, 2),
        stretched=0,
        parent=parent,
    )
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.header().setMinimumSectionSize(0)
    names: Sequence[str] = feature_names(described, len(described.means))
    if described.samples.ndim == 4:
        names = _CHANNELS.get(len(described.means), names)
    for number, (mean, variance) in enumerate(zip(described.means, described.variances, strict=True)):
        item = QTreeWidgetItem([names[number], f"{mean:.5g}", f"{variance:.5g}"])
        item.setToolTip(0, names[number])
        table.add(item)
    if not len(described.means):
        table.addTopLevelItem(QTreeWidgetItem(["whole numbers have no mean"]))
        table.setFirstColumnSpanned(0, table.rootIndex(), True)
    return table


def _scrolled(widget: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setWidget(widget)
    return area
