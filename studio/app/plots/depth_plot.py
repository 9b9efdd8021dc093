"""How large gradients, weights and updates are from the first layer to the last, now and before."""

from __future__ import annotations

import os
from typing import Literal, TypeAlias

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.axis import NameAxis
from studio.app.plots.bare_plot import BarePlot
from studio.app.plots.crosshair import Crosshair
from studio.app.plots.legend import Entry, Legend
from studio.app.plots.paint import mix
from studio.app.plots.scheduler import RepaintScheduler, repaint_scheduler
from studio.app.plots.wording import count, number
from studio.app.theme.measures import CURVE_WIDTH
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.runs.norm_timeline import NormTimeline
from studio.runs.records import Array

Measure: TypeAlias = Literal["gradient", "weight", "update ratio"]

MEASURES: dict[Measure, str] = {
    "gradient": "Norm of each parameter's gradient, as the optimizer was given it",
    "weight": "Norm of each parameter",
    "update ratio": "Norm of what a step changes over the norm of what is changed; a thousandth is usual",
}

USUAL = 1e-3
"""Where the ratio of update and weight lies in runs that go well, as a rule of thumb."""

_EARLIER = 10
"""Looks drawn behind the newest."""

_NOTHING = (
    "Press Train: how large the gradient of every layer is appears here, from the first to the last. "
    "Where it falls by orders of magnitude, the first layers do not learn."
)
_NOT_KEPT = "This run did not keep its gradients: it was trained without the window, or by an older version."


class DepthPlot(QWidget):
    """One point a parameter in the order of computation, on a logarithmic axis; earlier looks stand behind.

    A parameter without a gradient, or with one of 0, stands as a triangle at the lower edge.
    """

    node_chosen = Signal(str)
    """Dotted name of the node whose point was clicked."""

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plot.depth")
        self._monitor = monitor
        self._scheduler = scheduler or repaint_scheduler()
        self._measure: Measure = "gradient"
        self._shows_all = False
        self._node = ""
        self._names: tuple[str, ...] = ()
        self._values: Array = np.zeros(0, np.float32)
        self._columns: Array = np.zeros(0, np.int64)
        self._hovered: int | None = None
        self._build()
        self.dress()
        monitor.changed.connect(self._on_changed)
        theme().changed.connect(self.dress)
        self.refresh()

    @property
    def words(self) -> str:
        """Title and note, as they stand above the plot."""
        return self._legend.text

    @property
    def empty_words(self) -> str:
        """What stands in place of a plot without data; empty when there is one."""
        return "" if self._empty.isHidden() else self._empty.text()

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters drawn, from left to right."""
        return self._names

    @property
    def values(self) -> Array:
        """Their newest values; (P,) float32, NaN where there is none."""
        return self._values

    @property
    def earlier(self) -> int:
        """How many earlier looks are drawn behind."""
        return sum(1 for curve in self._behind if curve.isVisible())

    @property
    def triangles(self) -> int:
        """How many parameters have nothing to draw."""
        return len(self._none.data)

    @property
    def crosshair_words(self) -> str:
        """What is said of the point under the pointer."""
        return self._crosshair.label.toPlainText() if self._crosshair.isVisible() else ""

    def set_measure(self, measure: Measure) -> None:
        """Show another quantity."""
        self._measure = measure
        self._choices[measure].setChecked(True)
        self.refresh()

    def set_shows_all(self, on: bool) -> None:
        """Show biases and normalizations, too, or only weights of more than one dimension."""
        self._shows_all = on
        self.refresh()

    def set_node(self, name: str) -> None:
        """Mark the points of the node of this name."""
        self._node = name
        self.refresh()

    def hover(self, place: float | None) -> None:
        """Say what the point nearest to a place is; None says nothing."""
        if place is None or not len(self._names):
            self._hovered = None
            self._crosshair.hide()
        else:
            self._hovered = int(np.clip(round(place), 0, len(self._names) - 1))
            self._crosshair.put(float(self._hovered), self._told(self._hovered))
        self._write_legend()

    def refresh(self) -> None:
        """Redraw from the run on screen."""
        timeline = self._monitor.shown.norms
        empty = not len(timeline)
        self._empty.setText(self._why_empty())
        self._empty.setVisible(empty)
        shown: list[QWidget] = [self._plot, *self._choices.values(), self._all]
        for widget in shown:
            widget.setVisible(not empty)
        if not empty:
            self._draw(timeline)
        else:
            self._names, self._values = (), np.zeros(0, np.float32)
        self._write_legend()

    def dress(self) -> None:
        """Take over the theme's colours and fonts."""
        colors = theme()
        self._newest.setPen(pg.mkPen(colors.color("train"), width=CURVE_WIDTH))
        self._points.setBrush(colors.color("train"))
        self._chosen.setBrush(colors.color("validation"))
        self._none.setBrush(colors.color("bad"))
        self._usual.setPen(pg.mkPen(colors.color("dim"), style=Qt.PenStyle.DashLine))
        for age, curve in enumerate(self._behind):
            share = 0.1 + 0.35 * age / _EARLIER
            curve.setPen(pg.mkPen(mix(colors.color("train"), colors.color("panel"), share), width=1))
        for part in (self._crosshair, self._plot):
            part.dress()

    # Building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._legend = Legend("By depth")
        self._bottom = NameAxis()
        self._plot = BarePlot(self._bottom)
        self._plot.left.is_log = True
        self._box = self._plot.box
        self._behind = [pg.PlotCurveItem(connect="finite") for _ in range(_EARLIER)]
        self._newest = pg.PlotCurveItem(connect="finite", antialias=True)
        self._points = pg.ScatterPlotItem(size=1.75 * SPACE, pen=None, antialias=True)
        self._chosen = pg.ScatterPlotItem(size=2.5 * SPACE, pen=None, antialias=True, symbol="d")
        self._none = pg.ScatterPlotItem(size=2.25 * SPACE, pen=None, antialias=True, symbol="t1")
        self._usual = pg.InfiniteLine(pos=np.log10(USUAL), angle=0)
        self._crosshair = Crosshair()
        parts = (self._usual, *self._behind, self._newest, self._points, self._chosen, self._none)
        self._plot.put(*parts, self._crosshair)
        self._plot.hovered.connect(self.hover)
        self._plot.pointer_left.connect(lambda: self.hover(None))
        self._plot.clicked.connect(lambda place, _twice: self._choose(place))
        self._empty = label(_NOTHING, "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Gradients, weights and updates by depth")
        header = QHBoxLayout()
        header.setSpacing(SPACE)
        header.addWidget(self._legend, 1)
        group = QButtonGroup(self)
        self._choices = {measure: _switch(measure, help_text) for measure, help_text in MEASURES.items()}
        for measure, button in self._choices.items():
            group.addButton(button)
            header.addWidget(button)
            button.clicked.connect(lambda _on, measure=measure: self.set_measure(measure))
        self._choices["gradient"].setChecked(True)
        self._all = _switch("all", "Show biases and normalizations, too, not only weights")
        self._all.toggled.connect(self.set_shows_all)
        header.addSpacing(2 * SPACE)
        header.addWidget(self._all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._empty, 1)

    # Drawing ----------------------------------------------------------------------------------------

    def _draw(self, timeline: NormTimeline) -> None:
        columns = self._columns = self._drawn_columns(timeline)
        self._names = tuple(timeline.parameters[column] for column in columns)
        now = timeline.row_at(self._monitor.moment)
        # Of a long run a few rows: stacking a thousand of them thirty times a second would be felt.
        rows = np.unique(np.linspace(0, now, _EARLIER + 1).round()).astype(int).tolist()
        chosen = timeline.rows(rows)
        table = {
            "gradient": chosen.gradients,
            "weight": chosen.weights,
            "update ratio": chosen.ratios,
        }[self._measure][:, columns]
        self._values = table[-1]
        heights = _logarithms(table)
        places = np.arange(len(columns), dtype=np.float64)
        earlier = len(heights) - 1
        for row, curve in enumerate(self._behind):
            curve.setVisible(row < earlier)
            if row < earlier:
                curve.setData(places, heights[row])
        self._newest.setData(places, heights[-1])
        known = np.isfinite(heights[-1])
        self._points.setData(places[known], heights[-1][known])
        mine = known & np.array([_node_of(name) == self._node for name in self._names], bool)
        self._chosen.setData(places[mine], heights[-1][mine])
        self._usual.setVisible(self._measure == "update ratio")
        self._fit(heights, places[~known])
        self._bottom.set_names(self._names)

    def _fit(self, heights: Array, nowhere: Array) -> None:
        """Let the axes hold all that is drawn, and put triangles where there is nothing to draw."""
        known = heights[np.isfinite(heights)]
        low, high = (float(known.min()), float(known.max())) if known.size else (-1.0, 0.0)
        if self._measure == "update ratio":
            low, high = min(low, np.log10(USUAL)), max(high, np.log10(USUAL))
        margin = max(0.08 * (high - low), 0.25)
        self._box.setYRange(low - margin, high + margin, padding=0)
        self._box.setXRange(-0.5, max(heights.shape[1] - 0.5, 0.5), padding=0)
        self._none.setData(nowhere, np.full(len(nowhere), low - 0.6 * margin))

    def _drawn_columns(self, timeline: NormTimeline) -> Array:
        """Return which parameters are drawn: weights of layers, unless all are asked for."""
        names = timeline.parameters
        weights = [place for place in range(len(names)) if timeline.multiplies(place)]
        return np.array(range(len(names)) if self._shows_all or not weights else weights, np.int64)

    def _told(self, place: int) -> str:
        value = float(self._values[place])
        words = number(value) if np.isfinite(value) and value > 0.0 else "none" if np.isnan(value) else "0"
        words = number(value) if np.isinf(value) else words
        return f"{self._names[place]}  {words}"

    def _write_legend(self) -> None:
        timeline = self._monitor.shown.norms
        if not len(timeline) or not len(self._names):
            self._legend.set_entries(())
            return
        note = f"step {count(int(timeline.steps[timeline.row_at(self._monitor.moment)]))}"
        entries = []
        if self._measure == "gradient" and len(self._values) > 1 and self._ends_known:
            note = f"first / last {number(float(self._values[0] / self._values[-1]), 2)} · {note}"
        if self._measure == "update ratio":
            entries.append(Entry("dim", "rule of thumb", number(USUAL)))
        self._legend.set_entries(tuple(entries), note)

    @property
    def _ends_known(self) -> bool:
        ends = self._values[[0, -1]]
        return bool(np.isfinite(ends).all() and (ends > 0.0).all())

    def _why_empty(self) -> str:
        shown = self._monitor.shown
        if not shown.name:
            return _NOTHING
        if shown.awaits("norms"):
            return "Reading what was seen of the gradients …"
        if shown.state in {"starting", "running", "paused"}:
            return "Waiting for the first look at the gradients …"
        return _NOT_KEPT

    # Events -----------------------------------------------------------------------------------------

    def _on_changed(self, kind: str) -> None:
        if kind == "run":
            self.hover(None)
        if kind in {"run", "state", "norms", "moment"}:
            self._scheduler.mark(self)

    def _choose(self, place: float) -> None:
        self.hover(place)
        if self._hovered is not None:
            self.node_chosen.emit(_node_of(self._names[self._hovered]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from point to point with the arrows, and to its node with Enter."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.hover((self._hovered if self._hovered is not None else -step) + step)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._hovered is not None:
            self.node_chosen.emit(_node_of(self._names[self._hovered]))
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._scheduler.mark(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the names to the new width."""
        super().resizeEvent(event)
        self._bottom.redraw()


def _switch(name: str, help_text: str) -> QToolButton:
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setProperty("role", "tool")
    button.setToolTip(help_text)
    button.setAccessibleName(f"By depth: {name}")
    button.setObjectName(f"plot.depth.{name.replace(' ', '_')}")
    return button


def _node_of(parameter: str) -> str:
    """Return the dotted name of the node that a parameter belongs to."""
    return parameter.rpartition(".")[0]


def _logarithms(values: Array) -> Array:
    """Return decimal logarithms, NaN where a value is not above 0 or not finite."""
    good = np.isfinite(values) & (values > 0.0)
    return np.log10(np.where(good, values, 1.0)) + np.where(good, 0.0, np.nan)
