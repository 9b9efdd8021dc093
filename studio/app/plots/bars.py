"""The newest histogram of a node as bars, with what one wants to know of it in words."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.legend import Legend
from studio.app.plots.pictures import bars_of
from studio.app.plots.scheduler import RepaintScheduler, repaint_scheduler
from studio.app.plots.ticks import linear_ticks, tick_text
from studio.app.plots.wording import count, number, percent
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Histogram

_BOTTOM = 5 * SPACE
_TICK_SPACE = 16 * SPACE


class HistogramField(QWidget):
    """Bars over a value axis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: Histogram | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show a histogram."""
        self._histogram = histogram
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        histogram = self._histogram
        if histogram is None:
            return
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(0, 2 * SPACE, -SPACE, -_BOTTOM)
        bars = bars_of(histogram.counts, max(8, int(area.width() / SPACE)))
        step = area.width() / len(bars.heights)
        color = theme().color("accent")
        for index, height in enumerate(bars.heights):
            tall = height * area.height()
            bar = QRectF(area.left() + index * step, area.bottom() - tall, max(1.0, step - 1.0), tall)
            painter.fillRect(bar, color)
        if bars.cut is not None:
            self._paint_cut(painter, area, bars.cut, len(bars.heights))
        painter.setPen(theme().color("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._paint_ticks(painter, area, histogram)

    def _paint_cut(self, painter: QPainter, area: QRectF, cut: int, num_bars: int) -> None:
        """Say beside a bar that is cut off how much it holds."""
        assert self._histogram is not None
        counts = self._histogram.counts
        together = -(-len(counts) // num_bars)
        share = float(counts[cut * together : (cut + 1) * together].sum() / max(counts.sum(), 1))
        middle = area.left() + (cut + 0.5) * area.width() / num_bars
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        words = QRectF(middle + 2 * SPACE, area.top(), area.width(), _BOTTOM)
        align = Qt.AlignmentFlag.AlignLeft
        if middle > area.center().x():
            words, align = QRectF(0, area.top(), middle - 2 * SPACE, _BOTTOM), Qt.AlignmentFlag.AlignRight
        painter.drawText(words, align, f"↑ {percent(share)} in this bar, cut off here")

    def _paint_ticks(self, painter: QPainter, area: QRectF, histogram: Histogram) -> None:
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        span = histogram.high - histogram.low
        ticks = linear_ticks(histogram.low, histogram.high, max(2, int(area.width() / _TICK_SPACE)))
        spacing = ticks[1] - ticks[0] if len(ticks) > 1 else span
        for tick in ticks:
            x = area.left() + (tick - histogram.low) / span * area.width()
            left = min(max(x - _TICK_SPACE / 2, 0.0), self.width() - _TICK_SPACE)
            align = Qt.AlignmentFlag.AlignHCenter
            if left != x - _TICK_SPACE / 2:
                align = Qt.AlignmentFlag.AlignLeft if left == 0.0 else Qt.AlignmentFlag.AlignRight
            place = QRectF(left, area.bottom() + SPACE, _TICK_SPACE, _BOTTOM - SPACE)
            painter.drawText(place, align, tick_text(tick, spacing))


NOTHING_YET = "The newest values in bars, with zeros, mean and spread, appear here while the network trains."


class NewestHistogram(QWidget):
    """Bars of a node's newest histogram, and zeros, mean and spread below them."""

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plot.histogram")
        self._monitor = monitor
        self._scheduler = scheduler or repaint_scheduler()
        self._node = ""
        self._legend = Legend("Newest")
        self._field = HistogramField()
        self._words = label("", "dim", wrap=True)
        self._empty = label(NOTHING_YET, "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._legend)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._words)
        layout.addWidget(self._empty, 1)
        monitor.changed.connect(self._on_changed)
        theme().changed.connect(self._field.update)
        self.refresh()

    @property
    def field(self) -> HistogramField:
        """The bars."""
        return self._field

    @property
    def words(self) -> str:
        """Zeros, mean and spread as they are shown."""
        return self._words.text()

    def set_node(self, name: str) -> None:
        """Show the node of this name."""
        self._node = name
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the run on screen."""
        newest = self._monitor.histogram(self._node) if self._node else None
        self._field.set_histogram(newest)
        title = "Newest" if self._monitor.moment is None else "Then"
        self._legend.set_title(title, f"at step {count(newest.step)}" if newest else "")
        self._words.setText(_words_of(newest) if newest else "")
        for widget in (self._field, self._words):
            widget.setVisible(newest is not None)
        self._empty.setVisible(newest is None)

    def _on_changed(self, kind: str) -> None:
        if kind in {"run", "histograms", "moment"}:
            self._scheduler.mark(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._scheduler.mark(self)


def _words_of(histogram: Histogram) -> str:
    """Return what one wants to know of a distribution."""
    words = [
        f"zeros {percent(histogram.zeros)}",
        f"mean {number(histogram.mean)}",
        f"std {number(histogram.std)}",
    ]
    if math.isfinite(histogram.silent):
        words.append(f"dead units {percent(histogram.silent)}")
    if math.isfinite(histogram.saturated):
        words.append(f"saturated {percent(histogram.saturated)}")
    return "    ".join(words)
