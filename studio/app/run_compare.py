"""Compare runs: their curves over each other, and what they have different."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.plots.bare_plot import BarePlot
from studio.app.plots.pyramid import MinMaxPyramid
from studio.app.plots.wording import number, percent
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.runs.comparing import Setting, design_difference, settings_difference
from studio.runs.reader import FIGURES, RunInfo, RunReader
from studio.runs.records import Array, EpochEnded
from studio.runs.store import RunStore

SIZE = QSize(1040, 640)
MOST_POINTS = 4000
"""Of one curve: more would be drawn over each other."""

ROLES = ("train", "validation", "good", "bad", "warning", "accent", "dim", "text")
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
"""Runs differ by colour and by line, for those who do not tell colours apart."""

METRICS = {
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
    "train_loss": "training loss",
    "train_accuracy": "training accuracy",
    "lr": "learning rate",
}
AXES = {"epoch": "by epoch", "step": "by step"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What is read of runs to compare them.

    Attributes:
        infos: Their lines in the list.
        epochs: The numbers of every epoch of each.
        rates: Steps and learning rates of each, as few as draw all.
        settings: Those that differ.
        designs: How the network of each but the first differs from the first one's.
    """

    infos: tuple[RunInfo, ...]
    epochs: tuple[list[EpochEnded], ...]
    rates: tuple[tuple[Array, Array], ...]
    settings: list[Setting]
    designs: tuple[list[str], ...]


def read_runs(store: RunStore, names: Sequence[str]) -> Compared:
    """Return what is to be compared; of long runs it takes a while, and any thread may do it.

    Raises:
        StudioError: A run is gone or damaged.
    """
    readers = [store.run(name) for name in names]
    projects = [reader.project() for reader in readers]
    return Compared(
        tuple(reader.info for reader in readers),
        tuple(reader.epochs() for reader in readers),
        tuple(_rates(reader) for reader in readers),
        settings_difference(projects),
        tuple(design_difference(projects[0].graph, project.graph) for project in projects[1:]),
    )


def _rates(reader: RunReader) -> tuple[Array, Array]:
    record, series = reader.record(), MinMaxPyramid()
    series.append(record.lrs)
    rows, rates = series.decimate(0, len(series), MOST_POINTS)
    return record.steps[rows], np.asarray(rates, np.float64)


class CompareDialog(QDialog):
    """Curves of some runs, and tables of their results, settings and networks.

    Args:
        runs: What was read of them.
        parent: The window.
    """

    def __init__(self, runs: Compared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.compare")
        self.setWindowTitle("Compare runs")
        self._runs = runs
        self._run_names = [info.name for info in runs.infos]
        self.measure, self.across = self._choice("metric", METRICS), self._choice("axis", AXES)
        self._plot = BarePlot(moves=(True, True))
        self.curves = [pg.PlotCurveItem(connect="finite") for _ in runs.infos]
        self._plot.put(*self.curves)
        self._names = [QLabel(self) for _ in runs.infos]
        self.table = QTableWidget(self)
        self.table.setObjectName("compare.table")
        self.table.setAccessibleName("Results and settings that differ")
        self.table.setCornerButtonEnabled(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.design = label("", "dim", self, wrap=True)
        self.design.setObjectName("compare.design")
        self.design.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fill_table()
        self._fill_design()
        self._arrange()
        theme().changed.connect(self._dress)
        self._dress()
        self._draw()

    def values(self, place: int) -> tuple[Array, Array]:
        """Return the curve of a run as it is drawn: places, and values; (K,) each."""
        metric, epochs = self.measure.currentData(), self._runs.epochs[place]
        per_epoch = max(epochs[-1].step / epochs[-1].epoch, 1.0) if epochs else 1.0
        by_epoch = self.across.currentData() == "epoch"
        if metric == "lr":
            steps, rates = self._runs.rates[place]
            return steps / (per_epoch if by_epoch else 1.0), rates
        places = [epoch.epoch if by_epoch else epoch.step for epoch in epochs]
        return np.array(places, np.float64), np.array(
            [getattr(epoch, metric) for epoch in epochs], np.float64
        )

    # Building ---------------------------------------------------------------------------------------

    def _choice(self, name: str, choices: dict[str, str]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(f"compare.{name}")
        box.setAccessibleName(name)
        for key, title in choices.items():
            box.addItem(title, key)
        box.currentIndexChanged.connect(lambda _index: self._draw())
        return box

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        head.addWidget(self.measure)
        head.addWidget(self.across)
        for name in self._names:
            head.addWidget(name)
        head.addStretch(1)
        lower = QWidget(self)
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.table, 1)
        below.addWidget(self.design)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(self._plot)
        parts.addWidget(lower)
        parts.setSizes([SIZE.height() // 2, SIZE.height() // 2])
        close = QPushButton("Close", self)
        close.setObjectName("compare.close")
        close.clicked.connect(self.accept)
        middle = QVBoxLayout()
        middle.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        middle.setSpacing(3 * SPACE)
        middle.addLayout(head)
        middle.addWidget(parts, 1)
        framed(self, middle, button_row(close))
        self.resize(SIZE)

    def _fill_table(self) -> None:
        infos = self._runs.infos
        lowest = min(
            (info.best_val_loss for info in infos if not math.isnan(info.best_val_loss)), default=None
        )
        rows: list[tuple[str, list[str]]] = [
            ("best validation loss", [_loss(info.best_val_loss, lowest) for info in infos]),
            ("accuracy then", [_share(info.best_val_accuracy) for info in infos]),
            ("generalization gap", [_gap(epochs) for epochs in self._runs.epochs]),
            ("epochs", [str(info.epochs) for info in infos]),
            ("data", [info.fingerprint[:FIGURES] or "–" for info in infos]),
        ]
        for setting in self._runs.settings:
            rows.append((setting.name, [str(value) for value in setting.values]))
        self.table.setColumnCount(len(infos))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels([info.name for info in infos])
        self.table.setVerticalHeaderLabels([title for title, _ in rows])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for row, (_, values) in enumerate(rows):
            for column, value in enumerate(values):
                self.table.setItem(row, column, QTableWidgetItem(value))

    def _fill_design(self) -> None:
        """Say how the networks differ from the first run's."""
        first, lines = self._run_names[0], []
        for name, found in zip(self._run_names[1:], self._runs.designs, strict=True):
            said = "the same network" if not found else "; ".join(found[:MOST_CHANGES])
            more = f"; and {len(found) - MOST_CHANGES} more" if len(found) > MOST_CHANGES else ""
            lines.append(f"{first} → {name}: {said}{more}")
        self.design.setText("\n".join(lines))

    # Drawing ----------------------------------------------------------------------------------------

    def _draw(self) -> None:
        lows, highs, ends = [], [], []
        for place, curve in enumerate(self.curves):
            places, values = self.values(place)
            curve.setData(places, values)
            finite = values[np.isfinite(values)]
            if len(finite):
                lows.append(float(finite.min()))
                highs.append(float(finite.max()))
                ends.append(float(places.max()))
        box = self._plot.box
        low, high = min(lows, default=0.0), max(highs, default=1.0)
        box.setYRange(low, high if high > low else low + 1.0, padding=0.05)
        box.setXRange(0.0, max(ends, default=1.0), padding=0.02)

    def _dress(self) -> None:
        colors = theme()
        self._plot.dress()
        for place, (curve, name) in enumerate(zip(self.curves, self._names, strict=True)):
            color = colors.color(ROLES[place % len(ROLES)])
            style = STYLES[place % len(STYLES)]
            curve.setPen(pg.mkPen(color, width=2, style=style))
            mark = {0: "━━", 1: "╍╍", 2: "┈┈", 3: "━ ┈"}[place % len(STYLES)]
            name.setText(f'<span style="color:{color.name()}">{mark}</span> {self._run_names[place]}')


MOST_CHANGES = 8


def _loss(value: float, lowest: float | None) -> str:
    if math.isnan(value):
        return "–"
    return f"{number(value, 4)}{'  ← lowest' if value == lowest else ''}"


def _share(value: float) -> str:
    return "–" if math.isnan(value) else percent(value)


def _gap(epochs: Sequence[EpochEnded]) -> str:
    return number(epochs[-1].val_loss - epochs[-1].train_loss, 4) if epochs else "–"
