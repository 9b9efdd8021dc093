"""Learned filters as pictures: one sharp square to a weight, all on one scale."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.heat_map import lacking_text
from studio.app.plots.legend import Legend
from studio.app.plots.paint import image_of
from studio.app.plots.pictures import GAP, Grid, grey_levels, grid_for
from studio.app.plots.scheduler import RepaintScheduler, repaint_scheduler
from studio.app.plots.wording import count, number
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Filters

_SCALE_WIDTH = 24 * SPACE
_LARGEST_TILE = 20 * SPACE

_STRIP = 6
"""Height of a strip of weights, where one for each would be a hairline."""


class FilterField(QWidget):
    """The tiles. Pictures are made when filters change, and enlarged without smoothing when painted."""

    hovered = Signal(str)
    """Index and norm of the filter under the pointer; empty over none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters: Filters | None = None
        self._tiles: list[QImage] = []
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Learned filters")

    @property
    def tiles(self) -> list[QImage]:
        """One picture to a filter, one pixel to a weight."""
        return self._tiles

    @property
    def grid(self) -> Grid | None:
        """Where the tiles stand; None while there are none."""
        if self._filters is None or not self._tiles:
            return None
        tall, wide = self._filters.pictures.shape[1:3]
        picture = (_STRIP, wide) if tall == 1 and wide > 1 else (tall, wide)
        return grid_for(len(self._tiles), picture, (self.width(), self.height()), _LARGEST_TILE, GAP)

    def set_filters(self, filters: Filters | None) -> None:
        """Show other filters."""
        if filters is not self._filters:
            self._filters = filters
            levels = grey_levels(filters.pictures, filters.scale) if filters is not None else ()
            self._tiles = [image_of(level) for level in levels]
        self.update()

    def words_for(self, index: int) -> str:
        """Return index and norm of the filter on a tile."""
        assert self._filters is not None
        norm = float(np.linalg.norm(self._filters.pictures[index]))
        return f"filter {self._filters.order[index]} · norm {number(norm)}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        grid = self.grid
        if grid is None:
            return
        painter = QPainter(self)
        for index, tile in enumerate(self._tiles[: grid.capacity]):
            place = QRect(*grid.corner(index), grid.tile_width, grid.tile_height)
            painter.drawImage(place, tile)
            if index == self._hovered:
                painter.setPen(theme().color("accent"))
                painter.drawRect(place.adjusted(-1, -1, 0, 0))

    def _hover(self, index: int | None) -> None:
        if index is not None and index >= len(self._tiles):
            index = None
        if index != self._hovered:
            self._hovered = index
            self.hovered.emit("" if index is None else self.words_for(index))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which filter is under the pointer."""
        place, grid = event.position(), self.grid
        self._hover(grid.tile_at(place.x(), place.y()) if grid is not None else None)

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self._hover(None)


class GreyScale(QWidget):
    """What black, grey and white stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 0.0
        self.setFixedSize(_SCALE_WIDTH * 2, 5 * SPACE)

    def set_scale(self, scale: float) -> None:
        """Show the scale from −`scale` to +`scale`."""
        self._scale = scale
        self.setAccessibleName(f"Black is −{number(scale, 2)}, white is +{number(scale, 2)}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        side = _SCALE_WIDTH // 2
        bar = QRect(side, 3 * SPACE // 2, _SCALE_WIDTH, 2 * SPACE)
        ramp = np.linspace(-self._scale, self._scale, bar.width(), dtype=np.float32)
        painter.drawImage(bar, image_of(grey_levels(ramp, self._scale)[None, :]))
        left, right = self.rect(), self.rect()
        left.setWidth(side - SPACE)
        right.setLeft(side + _SCALE_WIDTH + SPACE)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignRight, f"−{number(self._scale, 2)}")
        painter.drawText(right, middle, f"+{number(self._scale, 2)}")


class FiltersView(QWidget):
    """The filters of one node, strongest first; hovering names each, and its norm."""

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plot.filters")
        self._monitor = monitor
        self._scheduler = scheduler or repaint_scheduler()
        self._node = ""
        self._note = ""
        self._legend = Legend("Filters")
        self._field = FilterField()
        self._scale = GreyScale()
        self._empty = label("", "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        header = QHBoxLayout()
        header.addWidget(self._legend, 1)
        header.addWidget(self._scale)
        layout.addLayout(header)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._empty, 1)
        self._field.hovered.connect(self._set_note)
        monitor.changed.connect(self._on_changed)
        theme().changed.connect(self.update)
        self.refresh()

    @property
    def field(self) -> FilterField:
        """The tiles."""
        return self._field

    @property
    def words(self) -> str:
        """Title, numbers and scale, as they stand above the tiles."""
        return f"{self._legend.text}. {self._scale.accessibleName()}"

    @property
    def empty_words(self) -> str:
        """What stands in place of the tiles while there are none."""
        return "" if self._empty.isHidden() else self._empty.text()

    def set_node(self, name: str) -> None:
        """Show the filters of the node of this name; empty shows none."""
        if name != self._node:
            self._node = name
            self.refresh()

    def refresh(self) -> None:
        """Redraw from the run on screen."""
        filters = self._monitor.filters_of(self._node)
        self._field.set_filters(filters)
        for part in (self._field, self._scale):
            part.setVisible(filters is not None)
        self._empty.setVisible(filters is None)
        self._empty.setText(self._empty_text())
        if filters is not None:
            self._scale.set_scale(filters.scale)
        self._write_legend(filters)

    def _write_legend(self, filters: Filters | None) -> None:
        title = f"{self._node} filters" if self._node else "Filters"
        if filters is None:
            self._legend.set_title(title)
            self._legend.set_entries(())
            return
        shown = f"{len(filters.pictures)} of {count(filters.total)}"
        step = f"step {count(filters.step)}"
        words = f"{shown}, sorted by norm · {step}"
        self._legend.set_title(title, words)
        self._legend.set_entries((), self._note)

    def _set_note(self, note: str) -> None:
        self._note = note
        self._write_legend(self._monitor.filters_of(self._node))

    def _empty_text(self) -> str:
        if not self._node:
            return (
                "Select a convolution or a linear layer, and press Train: what it learns appears here as "
                "pictures, one for each filter or unit."
            )
        if self._monitor.shown.name and self._monitor.lacks(self._node):
            return lacking_text(self._node)
        if self._monitor.shown.awaits("filters", self._node):
            return f"Reading what was seen of {self._node} …"
        if self._monitor.live.state in {"starting", "running", "paused"} and self._monitor.is_live:
            return f"Waiting for {self._node}. Only layers with weights that form a picture have filters."
        return f"Press Train: the filters of {self._node} appear here, if its weights form pictures."

    def _on_changed(self, kind: str) -> None:
        if kind in {"run", "state", "filters", "moment"}:
            self._scheduler.mark(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._scheduler.mark(self)
