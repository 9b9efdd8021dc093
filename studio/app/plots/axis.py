"""Axes as the plots draw them: few round numbers in small type, a faint grid, no frame."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from studio.app.plots.ticks import linear_ticks, log_ticks, tick_text
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE

_LEFT_WIDTH = 11 * SPACE
_BOTTOM_HEIGHT = 5 * SPACE
_PX_PER_TICK = {"left": 8 * SPACE, "bottom": 12 * SPACE}


class Axis(pg.AxisItem):
    """An axis that may count in other units than the data (epochs for steps) or in powers of ten.

    Attributes:
        unit: Length of one unit of the axis in the data's unit: 196 steps to an epoch.
        is_log: The data are decimal logarithms.
        suffix: Follows the greatest number: `` %``.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.unit = 1.0
        self.is_log = False
        self.suffix = ""
        self.setStyle(tickLength=0, tickTextOffset=SPACE, maxTickLevel=0, hideOverlappingLabels=False)
        if side == "left":
            self.setWidth(_LEFT_WIDTH)
            self.setGrid(255)
        else:
            self.setHeight(_BOTTOM_HEIGHT)
        self.dress()

    def dress(self) -> None:
        """Take over the theme's colours and fonts."""
        self.setPen(None)
        self.setTickPen(theme().color("line"))
        self.setTextPen(theme().color("dim"))
        self.setTickFont(theme().font(SMALL_PX))

    def rescale(self, unit: float) -> None:
        """Count in another unit."""
        if unit != self.unit:
            self.unit = unit
            self.redraw()

    def texts(self, low: float, high: float, size: float) -> list[str]:
        """Return what stands beside the axis when it shows this range on this many pixels."""
        [(spacing, ticks)] = self.tickValues(low, high, size)
        return self.tickStrings(ticks, 1.0, spacing)

    def redraw(self) -> None:
        """Draw the ticks anew."""
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return few round numbers, in the axis's own unit."""
        at_most = max(2, int(size / _PX_PER_TICK[self.orientation]))
        if self.is_log:
            return [(1.0, log_ticks(low, high, at_most))]
        ticks = linear_ticks(low / self.unit, high / self.unit, at_most)
        spacing = ticks[1] - ticks[0] if len(ticks) > 1 else high / self.unit - low / self.unit
        return [(spacing, [tick * self.unit for tick in ticks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return what stands beside the ticks."""
        if self.is_log:
            return [f"{10.0**value:.4g}".replace("e-0", "e-").replace("e+0", "e") for value in values]
        texts = [tick_text(value / self.unit, spacing) for value in values]
        return [*texts[:-1], texts[-1] + self.suffix] if texts else []


class NameAxis(Axis):
    """A bottom axis with a name at each whole number; where they do not all fit, every second, third …"""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._names: tuple[str, ...] = ()

    def set_names(self, names: tuple[str, ...]) -> None:
        """Set the names, from 0 on."""
        if names != self._names:
            self._names = names
            self.redraw()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the places whose names fit beside each other."""
        if not self._names:
            return [(1.0, [])]
        metrics = QFontMetricsF(theme().font(SMALL_PX))
        widest = max(metrics.horizontalAdvance(_short(name)) for name in self._names) + 2 * SPACE
        room = size / max(high - low, 1e-9)
        every = max(1, math.ceil(widest / max(room, 1e-9)))
        return [(1.0, [float(place) for place in range(0, len(self._names), every)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the names."""
        return [_short(self._names[round(value)]) for value in values if round(value) < len(self._names)]


def _short(name: str) -> str:
    """Return a parameter's name without what nearly all end with."""
    return name.removesuffix(".weight")
