"""The line at the step that is looked back to."""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg

from studio.app.theme.theme import theme


class MomentLine(pg.InfiniteLine):
    """A vertical line; hidden while what is newest is shown."""

    def __init__(self) -> None:
        super().__init__(angle=90, movable=False)
        self.hide()

    def put(self, step: int | None) -> None:
        """Show it at a step; None hides it."""
        self.setVisible(step is not None)
        if step is not None:
            self.setPos(float(step))

    def dress(self) -> None:
        """Take over the theme's colours."""
        self.setPen(pg.mkPen(theme().color("text")))
