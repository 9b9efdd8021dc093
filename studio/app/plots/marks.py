"""Where something happened to a run, a learning rate set or a pause: a bend in a curve there is no wonder."""

from __future__ import annotations

import os
from collections.abc import Mapping

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg
from PySide6.QtCore import Qt

from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE

RATES, EVENTS = 0.82, 0.7
"""Height of the words, as a share of the plot's: under those of the crosshair, and apart from each other."""

_ROOM = 16 * SPACE
"""Width that the words of a mark are given; where two stand closer, only the later one speaks."""


class Marks:
    """Vertical lines in a plot, with a word or two beside each.

    Args:
        item: The plot.
        height: Of the words, as a share of the plot's.
    """

    def __init__(self, item: pg.PlotItem, height: float = RATES) -> None:
        self._item, self._height = item, height
        self._shown: dict[int, str] = {}
        self._lines: dict[int, pg.InfiniteLine] = {}

    @property
    def words(self) -> list[str]:
        """What the marks in view say, from left to right."""
        shown = (line.label for _, line in sorted(self._lines.items()))
        return [text.format for text in shown if text.isVisible()]

    @property
    def steps(self) -> list[int]:
        """Where they stand."""
        return sorted(self._lines)

    def show(self, marks: Mapping[int, str]) -> None:
        """Show these marks, unless they are on show.

        Args:
            marks: What is said, by the step after which it happened.
        """
        if marks == self._shown:
            return
        for line in self._lines.values():
            self._item.removeItem(line)
        self._shown, self._lines = dict(marks), {}
        for step, words in marks.items():
            line = pg.InfiniteLine(
                step, angle=90, movable=False, label=words, labelOpts={"position": self._height}
            )
            line.setZValue(1)  # its words must be read where curves are dense
            self._item.addItem(line, ignoreBounds=True)
            self._lines[step] = line
        self.dress()

    def dress(self) -> None:
        """Take over the theme's colours and fonts."""
        colors = theme()
        for line in self._lines.values():
            line.setPen(pg.mkPen(colors.color("faint"), style=Qt.PenStyle.DashLine))
            line.label.setColor(colors.color("dim"))
            line.label.fill = pg.mkBrush(colors.color("panel"))
            line.label.textItem.setFont(colors.font(SMALL_PX))

    def make_room(self, low: float, high: float, width: float) -> None:
        """Let only those speak whose words do not cover others'.

        Args:
            low: First step in view.
            high: Last step in view.
            width: Of the plot, in pixels.
        """
        room = _ROOM * (high - low) / max(width, 1.0)
        right = float("inf")
        for step in sorted(self._lines, reverse=True):
            speaks = low <= step <= high and right - step >= room
            self._lines[step].label.setVisible(speaks)
            right = step if speaks else right
