"""Where checkpoints were written: short strokes that stand on a plot's lower edge."""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.app.plots.thinned_steps import ThinnedSteps
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE

HEIGHT_PX = 1.5 * SPACE
APART_PX = 2 * SPACE
"""Where checkpoints are closer, fewer of them are drawn."""

REACH_PX = 3 * SPACE
"""A pointer so far above the lower edge, or less, is at a stroke rather than at a curve."""


class CheckpointTicks(QGraphicsItem):
    """Strokes in the pixels of a plot, however many checkpoints there are: one for each that has room.

    Args:
        box: The plot's field.
    """

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._box = box
        self._kept = ThinnedSteps()
        self._drawn: tuple[float, ...] = ()
        self._lines: list[QLineF] = []
        self._pen = QPen()
        self.steps: list[int] = []
        """Those that are drawn."""
        self.setZValue(2)  # curves may run along the lower edge
        box.sigXRangeChanged.connect(lambda *_: self.draw())

    def show_steps(self, kept: ThinnedSteps) -> None:
        """Show these from the next `draw` on."""
        if kept is not self._kept:
            self._kept, self._drawn = kept, ()

    def draw(self) -> None:
        """Put the strokes where the plot has their steps now."""
        (low, high), width, height = self._box.viewRange()[0], self._box.width(), self._box.height()
        state = low, high, width, height, float(len(self._kept)), float(self._kept.last)
        if state == self._drawn:
            return
        if self._drawn[2:4] != state[2:4]:
            self.prepareGeometryChange()
        self._drawn = state
        step_px = width / max(high - low, 1e-9)
        self.steps = self._kept.between(low, high, APART_PX / max(step_px, 1e-9))
        places = [(step - low) * step_px for step in self.steps]
        self._lines = [QLineF(x, height - HEIGHT_PX, x, height) for x in places]
        self.update()

    def near(self, step: float, above_px: float) -> int | None:
        """Return the checkpoint that the pointer is at.

        Args:
            step: Where it is along the plot.
            above_px: How far above the lower edge.
        """
        if above_px > REACH_PX or not self.steps:
            return None
        low, high, width = self._drawn[:3]
        nearest = min(self.steps, key=lambda one: abs(one - step))
        return nearest if abs(nearest - step) * width <= SPACE * (high - low) else None

    def dress(self) -> None:
        """Take over the theme's colours."""
        self._pen = pg.mkPen(theme().color("faint"))
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the strip along the lower edge."""
        return QRectF(0.0, self._box.height() - HEIGHT_PX, self._box.width(), HEIGHT_PX)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        painter.drawLines(self._lines)
