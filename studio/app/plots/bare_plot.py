"""The field that plots are drawn in: two axes, and nothing of what pyqtgraph puts around them."""

from __future__ import annotations

import os

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QPointF, Qt, Signal

from studio.app.plots.axis import Axis
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE


class BarePlot(pg.PlotWidget):
    """No frame, menu or buttons; its ranges are set by who draws into it.

    Args:
        bottom: The horizontal axis, where it is another than usual.
        moves: Whether wheel and drag move it along, and up and down.

    Attributes:
        left: The vertical axis.
        bottom: The horizontal one.
        box: What is in view.
    """

    hovered = Signal(float, float)
    """Where along the horizontal axis the pointer is, and how many pixels above it."""

    pointer_left = Signal()

    clicked = Signal(float, bool)
    """Where along the horizontal axis, and whether twice."""

    def __init__(self, bottom: Axis | None = None, moves: tuple[bool, bool] = (False, False)) -> None:
        axes = {"left": Axis("left"), "bottom": bottom or Axis("bottom")}
        super().__init__(axisItems=axes)
        self.left, self.bottom = axes["left"], axes["bottom"]
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, SPACE, 3 * SPACE, 0)
        for axis in (self.left, self.bottom):
            axis.setZValue(-1000)  # the grid lies under the curves
        self.box = item.getViewBox()
        self.box.setMouseEnabled(*moves)
        self.box.disableAutoRange()
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.viewport().installEventFilter(self)

    def put(self, *parts: pg.GraphicsObject) -> None:
        """Put in what is drawn, from below; it does not change what is in view."""
        for part in parts:
            self.getPlotItem().addItem(part, ignoreBounds=True)

    def dress(self) -> None:
        """Take over the theme's colours and fonts."""
        self.setBackground(theme().color("panel"))
        self.left.dress()
        self.bottom.dress()

    def _on_moved(self, position: QPointF) -> None:
        above_px = self.box.height() - self.box.mapFromScene(position).y()
        self.hovered.emit(float(self.box.mapSceneToView(position).x()), float(above_px))

    def _on_clicked(self, event: MouseClickEvent) -> None:
        place = float(self.box.mapSceneToView(event.scenePos()).x())
        self.clicked.emit(place, bool(event.double()))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Tell that the pointer left."""
        if event.type() == QEvent.Type.Leave:
            self.pointer_left.emit()
        return False
