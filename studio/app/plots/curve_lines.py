"""The lines of a plot over time: every step, their moving average, and the validation part with its dots."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Literal

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg

from studio.app.plots.paint import mix
from studio.app.plots.trace import SmoothedTrace, Trace
from studio.app.theme.measures import CURVE_WIDTH
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.runs.records import Array

MOST_POINTS = 1000
_ANTIALIAS_BELOW = 300
_MARKERS_BELOW = 30
_RAW_SHARE = 0.35


class CurveLines:
    """Draws two traces; however many steps they have, only as many points as can be seen.

    Args:
        smooths: The steps are drawn paler, under their moving average.

    Attributes:
        parts: What is to be put into the plot, from below.
    """

    def __init__(self, *, smooths: bool) -> None:
        self._smooths = smooths
        self._raw, self._smooth, self._val = (pg.PlotCurveItem(connect="finite") for _ in range(3))
        self._dots = pg.ScatterPlotItem(size=1.5 * SPACE, pen=None, antialias=True)
        self.parts = self._raw, self._smooth, self._val, self._dots

    def curve(self, name: Literal["train", "smoothed", "validation"]) -> pg.PlotCurveItem:
        """Return a curve as it is drawn."""
        return {"train": self._raw, "smoothed": self._smooth, "validation": self._val}[name]

    def dress(self) -> None:
        """Take over the theme's colours."""
        panel, train, validation = (theme().color(role) for role in ("panel", "train", "validation"))
        pale = mix(train, panel, _RAW_SHARE) if self._smooths else train
        self._raw.setPen(pg.mkPen(pale, width=1 if self._smooths else CURVE_WIDTH))
        self._smooth.setPen(pg.mkPen(train, width=CURVE_WIDTH))
        self._val.setPen(pg.mkPen(validation, width=CURVE_WIDTH))
        self._dots.setBrush(validation)

    def draw(
        self,
        train: SmoothedTrace,
        validation: Trace,
        view: tuple[float, float],
        width_px: int,
        half_width: int,
        scaled: Callable[[Array], Array],
    ) -> None:
        """Draw what lies in view.

        Args:
            train: Step by step.
            validation: By epoch.
            view: First and last step.
            width_px: Of the plot.
            half_width: Of the moving average, in steps.
            scaled: Turns values into heights.
        """
        budget = min(MOST_POINTS, 2 * width_px)
        raw, val = train.points(*view, budget), validation.points(*view, budget)
        smooth = raw[0][:0], raw[1][:0]
        if self._smooths:
            smooth = train.means(*view, half_width, min(MOST_POINTS, width_px))
        for curve, (steps, values) in ((self._raw, raw), (self._val, val), (self._smooth, smooth)):
            few = curve is self._smooth or len(steps) < _ANTIALIAS_BELOW
            curve.setData(steps, scaled(values), antialias=few)
        marked = validation if len(validation) <= _MARKERS_BELOW else Trace()
        heights = scaled(marked.values)
        known = np.isfinite(heights)
        self._dots.setData(marked.steps[known], heights[known])
