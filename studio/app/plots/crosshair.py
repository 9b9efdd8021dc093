"""The line under the pointer, and what it says of its place."""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg

from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX


class Crosshair(pg.InfiniteLine):
    """A vertical line with words at its top; hidden until it is put somewhere."""

    def __init__(self) -> None:
        super().__init__(angle=90, movable=False, label="", labelOpts={"position": 0.94})
        self.hide()

    def put(self, step: float, words: str) -> None:
        """Show it at a step."""
        self.show()  # first: a hidden label takes no words
        self.setPos(step)
        self.label.setFormat(words)

    def dress(self) -> None:
        """Take over the theme's colours and fonts."""
        colors = theme()
        self.setPen(pg.mkPen(colors.color("faint")))
        self.label.setColor(colors.color("dim"))
        self.label.fill = pg.mkBrush(colors.color("panel"))
        self.label.textItem.setFont(colors.font(SMALL_PX))
