"""How the values that leave a node are distributed, over time."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.colormaps import color_table
from studio.app.plots.heat_image import DARKEST_ON_LOG, HeatImage
from studio.app.plots.legend import Legend
from studio.app.plots.ridge import RidgeField
from studio.app.plots.scheduler import RepaintScheduler, repaint_scheduler
from studio.app.plots.timeline import HistogramTimeline
from studio.app.plots.wording import count, number
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.runs.records import Quantity

_LEFT = 11 * SPACE
_RIGHT = 18 * SPACE
_TOP = 2 * SPACE
_BOTTOM = 5 * SPACE
_BAR_WIDTH = 2 * SPACE


class HeatField(QWidget):
    """The picture itself with its axes and its colour scale."""

    hovered = Signal(str)
    """What lies under the pointer, in words; empty when it left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline: HistogramTimeline | None = None
        self._is_log = False
        self._heat = HeatImage()
        self._picture: QImage | None = None
        self._moment: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def picture(self) -> QImage | None:
        """The cached picture, one pixel of it for each of the screen; None before the first paint."""
        return self._picture

    def set_moment(self, step: int | None) -> None:
        """Mark a step, or none."""
        if step != self._moment:
            self._moment = step
            self.update()

    def set_timeline(self, timeline: HistogramTimeline | None, *, is_log: bool) -> None:
        """Show what a timeline holds now."""
        self._timeline, self._is_log, self._picture = timeline, is_log, None
        if timeline is not None:
            self._heat.update(timeline, is_log=is_log)
        self.update()

    def _area(self) -> QRect:
        return self.rect().adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        area = self._area()
        if self._timeline is None or not len(self._timeline) or area.width() < 2 or area.height() < 2:
            return
        ratio = self.devicePixelRatioF()
        size = (round(area.width() * ratio), round(area.height() * ratio))
        if self._picture is None or (self._picture.width(), self._picture.height()) != size:
            self._picture = self._heat.picture(self._timeline, size, color_table())
        painter = QPainter(self)
        painter.drawImage(area, self._picture)
        self._paint_axes(painter, area, self._timeline)
        self._paint_scale(painter, area)
        self._paint_moment(painter, area, self._timeline)

    def _paint_moment(self, painter: QPainter, area: QRect, timeline: HistogramTimeline) -> None:
        """Paint a line at the step that is looked back to."""
        first, last = float(timeline.steps[0]), float(timeline.steps[-1])
        if self._moment is None or last <= first:
            return
        share = min(max((self._moment - first) / (last - first), 0.0), 1.0)
        place = area.left() + share * area.width()
        for role, width in (("panel", 3.0), ("text", 1.0)):
            painter.setPen(QPen(theme().color(role), width))
            painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))

    def _paint_axes(self, painter: QPainter, area: QRect, timeline: HistogramTimeline) -> None:
        low, high = timeline.value_range()
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        side = QRectF(0, area.top() - SPACE, _LEFT - 1.5 * SPACE, area.height() + 2 * SPACE)
        painter.drawText(side, right | Qt.AlignmentFlag.AlignTop, number(high, 2))
        painter.drawText(side, right | Qt.AlignmentFlag.AlignBottom, number(low, 2))
        if low < 0.0 < high:
            zero = area.bottom() - (0.0 - low) / (high - low) * area.height()
            if area.top() + 4 * SPACE < zero < area.bottom() - 4 * SPACE:
                row = QRectF(0, zero - 2 * SPACE, _LEFT - 1.5 * SPACE, 4 * SPACE)
                painter.drawText(row, right | Qt.AlignmentFlag.AlignVCenter, "0")
        under = QRectF(area.left(), area.bottom() + SPACE, area.width(), _BOTTOM - SPACE)
        painter.drawText(under, left, f"step {count(int(timeline.steps[0]))}")
        if len(timeline) > 1:
            painter.drawText(under, right, count(int(timeline.steps[-1])))

    def _paint_scale(self, painter: QPainter, area: QRect) -> None:
        """Paint the colours beside the picture, and what the two ends of them stand for."""
        bar = QRect(area.right() + 2 * SPACE, area.top(), _BAR_WIDTH, area.height())
        table = color_table()
        for row in range(bar.height()):
            level = 255 - row * 255 // max(1, bar.height() - 1)
            painter.fillRect(bar.left(), bar.top() + row, bar.width(), 1, table[level])
        lowest = self._heat.ceiling * DARKEST_ON_LOG if self._is_log else 0.0
        words = QRectF(bar.right() + 1.5 * SPACE, bar.top() - SPACE, _RIGHT, bar.height() + 2 * SPACE)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, f"≥ {number(100 * self._heat.ceiling, 2)} %")
        painter.drawText(
            words, Qt.AlignmentFlag.AlignBottom, f"{number(100 * lowest, 1)} %" if lowest else "0"
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which step and value are under the pointer."""
        area, timeline = self._area(), self._timeline
        place = event.position()
        if timeline is None or not len(timeline) or not area.contains(place.toPoint()):
            self.hovered.emit("")
            return
        low, high = timeline.value_range()
        value = high - (place.y() - area.top()) / area.height() * (high - low)
        first, last = float(timeline.steps[0]), float(timeline.steps[-1])
        step = first + (place.x() - area.left()) / area.width() * (last - first)
        self.hovered.emit(f"step {count(round(step))} · value {number(value)}")

    def leaveEvent(self, _event: object) -> None:
        """Say nothing any more."""
        self.hovered.emit("")


class HistogramHeatMap(QWidget):
    """Histograms of one node over the steps: as columns, where bright is frequent, or as ridges.

    Args:
        monitor: The runs.
        scheduler: Who says when to repaint.
        parent: The panel.
        quantity: Of the node.
    """

    def __init__(
        self,
        monitor: Monitor,
        scheduler: RepaintScheduler | None = None,
        parent: QWidget | None = None,
        *,
        quantity: Quantity = "activation",
    ) -> None:
        super().__init__(parent)
        self._quantity = quantity
        plural = _PLURAL[quantity]
        self.setObjectName(f"plot.{plural.lower()}")
        self._monitor = monitor
        self._scheduler = scheduler or repaint_scheduler()
        self._node = ""
        self._legend = Legend(plural)
        self._field = HeatField()
        self._field.setAccessibleName(f"Distribution of {plural.lower()} over time")
        self._field.hovered.connect(lambda note: self._legend.set_entries((), note))
        self._ridges = RidgeField()
        self._ridges.setAccessibleName(f"Distributions of {plural.lower()}, one behind the other")
        self._ridges.hovered.connect(lambda note: self._legend.set_entries((), note))
        self._log = self._toggle("log", "logarithmic scale", "Logarithmic scale: rare values become visible")
        tip = "Ridges: each look a curve, the newest in front; or else columns of colour over the steps"
        self._as_ridges = self._toggle("ridges", "ridges", tip)
        self._empty = label("", "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        monitor.changed.connect(self._on_changed)
        theme().changed.connect(self._field.update)
        self.refresh()

    @property
    def field(self) -> HeatField:
        """The picture."""
        return self._field

    @property
    def ridge_field(self) -> RidgeField:
        """The ridges."""
        return self._ridges

    @property
    def shows_ridges(self) -> bool:
        """Whether ridges are on show, and not columns."""
        return self._as_ridges.isChecked()

    def show_ridges(self, on: bool) -> None:
        """Show ridges, or columns."""
        self._as_ridges.setChecked(on)

    def _toggle(self, name: str, title: str, tip: str) -> QToolButton:
        plural = _PLURAL[self._quantity]
        button = QToolButton()
        button.setText(name)
        button.setCheckable(True)
        button.setProperty("role", "tool")
        button.setObjectName(f"plot.{plural.lower()}.{name}")
        button.setAccessibleName(f"{plural}: {title}")
        button.setToolTip(tip)
        button.toggled.connect(lambda _: self.refresh())
        return button

    @property
    def words(self) -> str:
        """Title, and what is under the pointer."""
        return self._legend.text

    @property
    def empty_words(self) -> str:
        """What stands in place of the picture while there is none."""
        return "" if self._empty.isHidden() else self._empty.text()

    def set_node(self, name: str) -> None:
        """Show the histograms of the node of this name; empty shows none."""
        if name != self._node:
            self._node = name
            self.refresh()

    def refresh(self) -> None:
        """Redraw from the run on screen."""
        timeline = self._monitor.shown.timeline(self._node, self._quantity) if self._node else None
        plural = _PLURAL[self._quantity]
        self._legend.set_title(f"{self._node} {plural.lower()}" if self._node else plural, "over time")
        self._empty.setText(empty_text(self._node, self._monitor, self._quantity))
        self._empty.setVisible(timeline is None)
        as_ridges, is_log = self.shows_ridges, self._log.isChecked()
        for part, shown in (
            (self._field, not as_ridges),
            (self._ridges, as_ridges),
            (self._log, True),
            (self._as_ridges, True),
        ):
            part.setVisible(timeline is not None and shown)
        # The one that is hidden costs nothing.
        self._field.set_timeline(None if as_ridges else timeline, is_log=is_log)
        self._ridges.set_timeline(timeline if as_ridges else None, is_log=is_log)
        for field in (self._field, self._ridges):
            field.set_moment(self._monitor.moment)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.addWidget(self._legend, 1)
        header.addWidget(self._as_ridges)
        header.addWidget(self._log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._ridges, 1)
        layout.addWidget(self._empty, 1)

    def _on_changed(self, kind: str) -> None:
        if kind in {"run", "histograms"}:
            self._scheduler.mark(self)
        elif kind == "moment":
            for field in (self._field, self._ridges):
                field.set_moment(self._monitor.moment)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._scheduler.mark(self)


def empty_text(node: str, monitor: Monitor, quantity: Quantity = "activation") -> str:
    """Return what to say while there is no histogram of a quantity of a node."""
    what, whose = _WORDS[quantity]
    if not node:
        return f"Select a layer, and press Train: {what} appear here, step after step."
    if monitor.shown.name and monitor.lacks(node):
        return lacking_text(node)
    if monitor.shown.awaits("histograms", node, quantity):
        return f"Reading what was seen of {node} …"
    if monitor.shown.state in {"starting", "running", "paused"}:
        return f"Waiting for the first look into {node} …"
    if monitor.shown.name:
        return f"{node} was not looked into during this run. Keep it selected while the network trains."
    return f"Press Train: {whose.format(node=node)} appear here."


def lacking_text(node: str) -> str:
    """Return what to say of a node that the run on show does not have."""
    return f"The run does not have {node}: it was added or renamed since. Train anew to see it."


_PLURAL: dict[Quantity, str] = {"activation": "Activations", "weight": "Weights", "gradient": "Gradients"}

_WORDS: dict[Quantity, tuple[str, str]] = {
    "activation": ("the values that leave it", "the values that leave {node}"),
    "weight": ("its weights", "the weights of {node}"),
    "gradient": ("the gradients of its weights", "the gradients of the weights of {node}"),
}
"""What appears of a layer that is not chosen yet, and of one that is."""
