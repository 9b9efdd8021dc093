"""Earlier runs behind the curve of the run on show, to see at once whether this one does better."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeAlias

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from studio.app.plots.legend import Entry
from studio.app.plots.run_data import RunData
from studio.app.plots.trace import Trace
from studio.app.theme.theme import theme
from studio.runs.records import Array

MOST = 5
"""Runs; more could not be told apart."""

ROLES = ("good", "warning", "accent", "dim", "text")
STYLES = (Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
"""Runs differ by colour and by line, for those who do not tell colours apart."""

Series: TypeAlias = Callable[[RunData], tuple[Array, Array]]
"""Steps and values of a run, as the plot has them."""


class Behind:
    """Thin lines under a plot's own curves, one for each run.

    Args:
        item: The plot.
        series: What is drawn of a run.
    """

    def __init__(self, item: pg.PlotItem, series: Series) -> None:
        self._item, self._series = item, series
        self._runs: tuple[RunData, ...] = ()
        self._traces: list[Trace] = []
        self._curves: list[pg.PlotCurveItem] = []

    def show(self, runs: Sequence[RunData]) -> None:
        """Show these runs, unless they are on show."""
        runs = tuple(runs[:MOST])
        if runs == self._runs:
            return
        for curve in self._curves:
            self._item.removeItem(curve)
        self._runs, self._traces, self._curves = runs, [], []
        for run in runs:
            trace = Trace()
            trace.append(*self._series(run))
            self._traces.append(trace)
            curve = pg.PlotCurveItem(connect="finite")
            curve.setZValue(-1)
            self._item.addItem(curve, ignoreBounds=True)
            self._curves.append(curve)
        self.dress()

    def dress(self) -> None:
        """Take over the theme's colours."""
        for place, curve in enumerate(self._curves):
            color = theme().color(ROLES[place % len(ROLES)])
            curve.setPen(pg.mkPen(color, width=1, style=STYLES[place % len(STYLES)]))

    def draw(self, low: float, high: float, budget: int, scaled: Callable[[Array], Array]) -> None:
        """Draw what lies between two steps, with at most so many points each."""
        for trace, curve in zip(self._traces, self._curves, strict=True):
            steps, values = trace.points(low, high, budget)
            curve.setData(steps, scaled(values))

    def extents(self, low: float, high: float) -> list[float]:
        """Return the least and the greatest value of each between two steps."""
        found = [bound for trace in self._traces for bound in trace.extent(low, high)]
        return [bound for bound in found if np.isfinite(bound)]

    def entries(self, step: float | None, wording: Callable[[float], str]) -> list[Entry]:
        """Return what the legend says of each: its value at a step, or its last."""
        found = []
        for place, (run, trace) in enumerate(zip(self._runs, self._traces, strict=True)):
            if len(trace):
                value = trace.at(step) if step is not None else float(trace.values[-1])
                found.append(Entry(ROLES[place % len(ROLES)], run.name, wording(value)))
        return found
