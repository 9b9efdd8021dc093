"""Losses over learning rates, and the one that was found."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.plots.bare_plot import BarePlot
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.engine.records import LrFound


class LrPlot(QWidget):
    """The curve of a range test, or the trials of a halving; the learning rate grows by powers of ten."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lr.plot")
        self._found: LrFound | None = None
        self._plot = BarePlot()
        self._plot.bottom.is_log = True
        self._box = self._plot.box
        self._raw, self._smooth = (pg.PlotCurveItem(connect="finite") for _ in range(2))
        self._good = pg.ScatterPlotItem(size=2 * SPACE, symbol="o", pen=None, antialias=True)
        self._bad = pg.ScatterPlotItem(size=2 * SPACE, symbol="x", pen=None, antialias=True)
        self._mark = pg.InfiniteLine(angle=90, movable=False, label="", labelOpts={"position": 0.92})
        self._plot.put(self._raw, self._smooth, self._good, self._bad, self._mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        theme().changed.connect(self._dress)
        self._dress()
        self.show_found(None)

    def show_found(self, found: LrFound | None) -> None:
        """Show what a search found; nothing before one."""
        self._found = found
        for part in (self._raw, self._smooth, self._good, self._bad):
            part.setData([], [])
        self._mark.setVisible(found is not None)
        self.setAccessibleName("Losses over learning rates" if found is None else f"lr {found.lr:.4g}")
        if found is None:
            return
        places = np.log10(found.lrs)
        losses = np.where(np.isfinite(found.losses), found.losses, np.nan)
        if found.method == "range":
            self._raw.setData(places, losses)
            self._smooth.setData(places, found.smoothed)
            low, high = _range(np.append(losses[: max(len(losses) // 2, 1)], found.smoothed))
        else:
            bad = found.smoothed > 0.5
            low, high = _range(losses[~bad])
            # A loss that ran away stands at the upper edge.
            shown = np.where(np.isfinite(losses), np.minimum(losses, high), high)
            self._bad.setData(places[bad], shown[bad])
            self._good.setData(places[~bad], shown[~bad])
        self._mark.setPos(float(np.log10(found.lr)))
        self._mark.label.setFormat(f"lr {found.lr:.4g}")
        edge = 0.05 * max(float(places.max() - places.min()), 0.5)
        self._box.setXRange(float(places.min()) - edge, float(places.max()) + edge, padding=0)
        self._box.setYRange(low, high, padding=0.08)

    def _dress(self) -> None:
        colors = theme()
        panel, train = colors.color("panel"), colors.color("train")
        self._plot.dress()
        self._raw.setPen(pg.mkPen(colors.color("faint"), width=1))
        self._smooth.setPen(pg.mkPen(train, width=2))
        self._good.setBrush(colors.color("good"))
        self._bad.setPen(pg.mkPen(colors.color("bad"), width=2))
        self._mark.setPen(pg.mkPen(colors.color("validation"), width=2))
        self._mark.label.setColor(colors.color("text"))
        self._mark.label.fill = pg.mkBrush(panel)
        self._mark.label.textItem.setFont(colors.font(SMALL_PX))


def _range(values: np.ndarray) -> tuple[float, float]:
    """Return the lowest and highest of some numbers, with room where they are all alike."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)
