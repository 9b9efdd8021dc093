"""Loss and accuracy over time, live: a million steps cost as much to draw as a thousand."""

from __future__ import annotations

import math
import os
from typing import Literal

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.bare_plot import BarePlot
from studio.app.plots.behind import Behind
from studio.app.plots.checkpoint_ticks import CheckpointTicks
from studio.app.plots.crosshair import Crosshair
from studio.app.plots.curve_lines import MOST_POINTS, CurveLines
from studio.app.plots.legend import Entry, Legend
from studio.app.plots.marks import EVENTS, Marks
from studio.app.plots.moment_line import MomentLine
from studio.app.plots.run_data import RunData
from studio.app.plots.scheduler import RepaintScheduler, repaint_scheduler
from studio.app.plots.trace import SmoothedTrace, Trace
from studio.app.plots.wording import count, number
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.runs.records import Array, EpochEnded


class CurvePlot(QWidget):
    """A quantity of the training part, step by step and smoothed, and of the validation part by epoch.

    A subclass says which quantity: `title`, what stands in its place before there is one (`empty_text`)
    and when a run has none (`missing_text`), and the `factor` from the record's number to the plot's.

    Where the second curve is another quantity, `other_values` gives it, and `names` says what the two are.
    The raw values are always drawn, paler, under their moving average, unless it `smooths` nothing; the
    vertical range holds all of them. Wheel and drag move along time; a double click or Home shows everything
    again.
    """

    title = ""
    empty_text = ""
    missing_text = ""
    factor = 1.0
    names = ("train", "validation")
    smooths = True

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._monitor = monitor
        self._scheduler = scheduler or repaint_scheduler()
        self._fed: tuple[RunData | None, int] = (None, 0)
        self.train, self.validation = SmoothedTrace(), Trace()
        self._follows = True
        self._counts_epochs = True
        self._hovered: float | None = None
        self._half_width = 0
        self._build()
        self.dress()
        monitor.changed.connect(self._on_changed)
        theme().changed.connect(self.dress)
        self.refresh()

    # What a subclass says ---------------------------------------------------------------------------

    def train_values(self, run: RunData) -> Array:
        """Return the quantity at each step of the run, not yet multiplied by `factor`."""
        raise NotImplementedError

    def validation_value(self, epoch: EpochEnded) -> float:
        """Return the quantity after an epoch, not yet multiplied by `factor`."""
        raise NotImplementedError

    def train_steps(self, run: RunData) -> Array:
        """Return the steps of `train_values`."""
        return run.steps

    def other_values(self, run: RunData) -> tuple[Array, Array] | None:
        """Return steps and values of the second curve; None: it is the validation part's, by epoch."""
        return None

    def behind_values(self, run: RunData) -> tuple[Array, Array]:
        """Return steps and values of what is drawn of an earlier run: validation's, if there is any."""
        epochs = run.epochs if self.other_values(run) is None else []
        if not epochs:
            return self.train_steps(run), self.train_values(run) * np.float32(self.factor)
        values = [self.factor * self.validation_value(epoch) for epoch in epochs]
        return np.array([epoch.step for epoch in epochs], np.int64), np.array(values, np.float32)

    def wording(self, value: float) -> str:
        """Return a value as the legend says it."""
        return number(value)

    def vertical_range(self, low: float, high: float) -> tuple[float, float]:
        """Return the axis range for the values in view."""
        return min(0.0, low), high

    # What others ask --------------------------------------------------------------------------------

    @property
    def words(self) -> str:
        """Title, series and their values, as they stand above the plot."""
        return self._legend.text

    @property
    def empty_words(self) -> str:
        """What stands in place of a plot without data; empty when there is one."""
        return "" if self._empty.isHidden() else self._empty.text()

    @property
    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """What is in view: steps, and values (logarithms of them on a logarithmic axis)."""
        (left, right), (bottom, top) = self._box.viewRange()
        return (left, right), (bottom, top)

    def curve(self, name: Literal["train", "smoothed", "validation"]) -> pg.PlotCurveItem:
        """Return a curve as it is drawn."""
        return self._lines.curve(name)

    def horizontal_ticks(self) -> list[str]:
        """Return what stands under the plot."""
        return self._bottom.texts(*self.view_range[0], self._box.width())

    @property
    def is_log(self) -> bool:
        """Whether the vertical axis is logarithmic."""
        return self._left.is_log

    def set_log(self, on: bool) -> None:
        """Make the vertical axis logarithmic or linear."""
        self._left.is_log = on
        self._left.redraw()
        self.refresh()

    def set_counts_epochs(self, on: bool) -> None:
        """Count the horizontal axis in epochs or in steps."""
        self._counts_epochs = on
        self.refresh()

    def show_all(self) -> None:
        """Show the whole run and go on following it."""
        self._follows = True
        self.refresh()

    def hover(self, step: float | None, above_px: float = math.inf) -> None:
        """Put the crosshair at a step, and its values into the legend; None takes it away.

        Args:
            step: Where the pointer is; near the stroke of a checkpoint, that is meant.
            above_px: How far above the horizontal axis it is.
        """
        last = int(self.train.steps[-1]) if len(self.train) else 0
        self._hovered = None if step is None else min(max(step, 0.0), float(last))
        if self._hovered is None:
            self._crosshair.hide()
        elif (written := self.checkpoints.near(self._hovered, above_px)) is not None:
            self._hovered = float(written)
            self._crosshair.put(self._hovered, f"checkpoint · {self._place(self._hovered)}")
        else:
            self._crosshair.put(self._hovered, self._place(self._hovered))
        self._write_legend()

    def refresh(self) -> None:
        """Take in what the run reported since the last time, and redraw."""
        self._feed()
        started = len(self.train) > 0 or len(self.validation) > 0
        empty = not any(
            np.isfinite(trace.extent(-np.inf, np.inf)[0]) for trace in (self.train, self.validation)
        )
        self._empty.setText(self.missing_text if started else self.empty_text)
        self._empty.setVisible(empty)
        self._plot.setVisible(not empty)
        for tool in self._tools:
            tool.setVisible(not empty)
        self._bottom.rescale(self._unit())
        if self._follows:
            last = max((int(t.steps[-1]) for t in (self.train, self.validation) if len(t)), default=1)
            first = min((int(t.steps[0]) for t in (self.train, self.validation) if len(t)), default=0)
            self._box.setXRange(0 if first <= 0.1 * last else first, max(1.01 * last, 2.0), padding=0)
        self._draw()
        self._write_legend()

    def dress(self) -> None:
        """Take over the theme's colours and fonts."""
        self._lines.dress()
        marks = self.moment, self.lr_marks, self.marks, self.checkpoints
        for part in (self._plot, self._behind, self._crosshair, *marks):
            part.dress()

    # Building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._legend = Legend(self.title)
        self._plot = BarePlot(moves=(True, False))
        self._left, self._bottom, self._box = self._plot.left, self._plot.bottom, self._plot.box
        item = self._plot.getPlotItem()
        self._lines = CurveLines(smooths=self.smooths)
        self._crosshair, self.moment = Crosshair(), MomentLine()
        self.lr_marks, self.marks = Marks(item), Marks(item, EVENTS)
        self.checkpoints = CheckpointTicks(self._box)
        self._behind = Behind(item, self.behind_values)
        self._plot.put(*self._lines.parts, self.moment, self._crosshair)
        self._box.sigRangeChangedManually.connect(self._on_zoomed)
        self._plot.hovered.connect(self.hover)
        self._plot.pointer_left.connect(lambda: self.hover(None))
        self._plot.clicked.connect(lambda _place, twice: self.show_all() if twice else None)
        self._empty = label(self.empty_text, "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{self.title} over time")
        header = QHBoxLayout()
        header.setSpacing(SPACE)
        header.addWidget(self._legend, 1)
        self._tools = self.tools()
        for button in self._tools:
            header.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._empty, 1)

    def tools(self) -> list[QToolButton]:
        """Return the switches at the right of the title."""
        epochs = self.tool("steps", "Count the horizontal axis in steps instead of epochs")
        epochs.toggled.connect(lambda on: self.set_counts_epochs(not on))
        return [epochs]

    def tool(self, name: str, help_text: str) -> QToolButton:
        """Return a small switch of this plot."""
        button = QToolButton()
        button.setText(name)
        button.setCheckable(True)
        button.setProperty("role", "tool")
        button.setToolTip(help_text)
        button.setAccessibleName(f"{self.title}: {name}")
        button.setObjectName(f"plot.{self.title.lower()}.{name}")
        return button

    # Drawing ----------------------------------------------------------------------------------------

    def _feed(self) -> None:
        """Append to the traces what the run has and they have not."""
        run = self._monitor.shown
        self._behind.show(self._monitor.behind)
        self.lr_marks.show({step: f"lr {lr:g}" for step, lr in run.lr_changes.items()})
        self.marks.show(run.marks)
        self.checkpoints.show_steps(run.checkpoints)
        if self._fed != (run, run.rewinds):
            self.train, self.validation = SmoothedTrace(), Trace()
            self._fed = (run, run.rewinds)
        done = len(self.train)
        steps, values = self.train_steps(run), self.train_values(run)
        self.train.append(steps[done:], values[done:] * np.float32(self.factor))
        other = self.other_values(run)
        if other is not None:
            done = len(self.validation)
            self.validation.append(other[0][done:], other[1][done:])
            return
        self._feed_epochs(run)

    def _feed_epochs(self, run: RunData) -> None:
        """Append the validation part's values."""
        epochs = run.epochs
        done = len(self.validation)
        if done > len(epochs) or (done and self.validation.steps[-1] != epochs[done - 1].step):
            self.validation, done = Trace(), 0
        fresh = epochs[done:]
        steps = np.array([epoch.step for epoch in fresh], np.int64)
        values = np.array([self.factor * self.validation_value(epoch) for epoch in fresh], np.float32)
        self.validation.append(steps, values)

    def _draw(self) -> None:
        low, high = self._box.viewRange()[0]
        margin = 0.5 * (high - low)  # so that a drag of half a view shows no gap before the next refresh
        width = max(1, int(self._box.width()))
        self._half_width = self.train.half_width(low, high)
        wide = low - margin, high + margin
        self._lines.draw(self.train, self.validation, wide, width, self._half_width, self._scaled)
        self._behind.draw(*wide, min(MOST_POINTS, 2 * width), self._scaled)
        for marks in (self.lr_marks, self.marks):
            marks.make_room(low, high, width)
        self.checkpoints.draw()
        self._fit_vertically(low, high)

    def _fit_vertically(self, low: float, high: float) -> None:
        extents = [trace.extent(low, high) for trace in (self.train, self.validation)]
        known = [bound for extent in extents for bound in extent if np.isfinite(bound)]
        known += self._behind.extents(low, high)
        if not known:
            return
        bottom, top = min(known), max(known)
        if self.is_log:
            positive = [bound for bound in known if bound > 0.0]
            floor = min(positive, default=1e-6)
            bottom, top = np.log10(floor), np.log10(max(positive, default=1.0))
        else:
            bottom, top = self.vertical_range(bottom, top)
        if top - bottom < 1e-9:
            bottom, top = bottom - 0.5, top + 0.5
        self._box.setYRange(bottom, top + 0.04 * (top - bottom), padding=0)

    def _scaled(self, values: Array) -> Array:
        finite = np.where(np.isfinite(values), values, np.nan)
        if not self.is_log:
            return finite
        return np.log10(np.where(finite > 0.0, finite, np.nan))

    def _unit(self) -> float:
        per_epoch = self._monitor.shown.steps_per_epoch
        return per_epoch if self._counts_epochs and per_epoch else 1.0

    def _write_legend(self) -> None:
        at = self._hovered if self._hovered is not None else self._monitor.moment
        if not len(self.train) and not len(self.validation):
            self._legend.set_entries(())
            return
        last = float(self.train.values[-1]) if len(self.train) else np.nan
        place = at if at is not None else np.inf
        shown = self._told(place) if at is not None or np.isfinite(last) else last
        entries = [Entry("train", self.names[0], self.wording(shown))] if len(self.train) else []
        if len(self.validation):
            value = self.validation.at(at) if at is not None else float(self.validation.values[-1])
            entries.append(Entry("validation", self.names[1], self.wording(value)))
        entries += self._behind.entries(at, self.wording)
        self._legend.set_entries(tuple(entries), self._gap_words(at))
        self._make_room()

    def gap(self, step: float | None = None) -> float:
        """Return validation less training, smoothed, at a step or at the last epoch; NaN without both."""
        if self.names != CurvePlot.names or not len(self.train) or not len(self.validation):
            return math.nan
        place = float(self.validation.steps[-1]) if step is None else step
        return self.validation.at(place) - self.train.mean_at(place, self._half_width)

    def _gap_words(self, step: float | None) -> str:
        gap = self.gap(step)
        if not math.isfinite(gap):
            return ""
        return f"gap {'−' if gap < 0 else '+'}{self.wording(abs(gap))}"

    def _told(self, step: float) -> float:
        """Return what the first curve is at a step, as the legend tells it."""
        if self.smooths:
            return self.train.mean_at(step, self._half_width)
        return self.train.at(step) if math.isfinite(step) else float(self.train.values[-1])

    def _make_room(self) -> None:
        """Let the switches go, the last one first, where they would cut off the values in the legend."""
        room = self.width() - self._legend.shortest_width()
        for button in self._tools:
            room -= button.sizeHint().width() + SPACE
            button.setVisible(room >= 0)

    def _place(self, step: float) -> str:
        per_epoch = self._monitor.shown.steps_per_epoch
        place = f"step {count(round(step))}"
        return f"epoch {step / per_epoch:.1f} · {place}" if per_epoch else place

    # Events -----------------------------------------------------------------------------------------

    def _on_changed(self, kind: str) -> None:
        if kind == "run":
            self._follows, self._hovered = True, None
        if kind in {"run", "moment"}:
            self.moment.put(self._monitor.moment)
            self._write_legend()
        if kind in {"run", "state", "steps", "epochs", "checkpoints", "behind"}:
            self._scheduler.mark(self)

    def _on_zoomed(self) -> None:
        self._follows = False
        self._scheduler.mark(self)

    def _zoom(self, factor: float) -> None:
        self._box.scaleBy(x=factor)
        self._on_zoomed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and −, show everything with Home."""
        if event.key() == Qt.Key.Key_Home:
            self.show_all()
        elif event.key() in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self._zoom(0.8)
        elif event.key() == Qt.Key.Key_Minus:
            self._zoom(1.25)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._scheduler.mark(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the number of points to the new width."""
        super().resizeEvent(event)
        self._make_room()
        self._scheduler.mark(self)
