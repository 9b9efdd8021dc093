"""What the colours of costs mean: a strip of the colour map with numbers, at an edge of the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.app.canvas.cards import font
from studio.app.canvas.heat.heat import Heat
from studio.app.canvas.heat.scale import Scale
from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    HEAT_STEPS,
    HEAT_STRIP,
    LEGEND_PADDING,
    LEGEND_WIDTH,
    RADIUS,
    SMALL_PX,
)

LINE = SMALL_PX + 5


class HeatLegend(QWidget):
    """Shows a strip for each scale in use; hidden while there is none."""

    def __init__(self, heat: Heat, parent: QWidget) -> None:
        super().__init__(parent)
        self._heat = heat
        self.setObjectName("canvas.heat_legend")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        heat.changed.connect(self.refresh)
        theme().changed.connect(self.update)
        self.refresh()

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to say."""
        return bool(self._heat.scales)

    def refresh(self) -> None:
        """Say what the colours mean now."""
        scales = self._heat.scales
        self.resize(legend_size(len(scales)))
        self.setAccessibleName("Legend of costs: " + "; ".join(in_words(scale) for scale, _ in scales))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the strips."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_legend(painter, QPointF(), self._heat.scales)
        finally:
            painter.end()  # an exception that leaves a painter at work takes the program down


def legend_size(count: int) -> QSize:
    """Return the size of a legend with so many strips."""
    gaps = max(count - 1, 0) + 2
    return QSize(LEGEND_WIDTH, gaps * LEGEND_PADDING + count * _strip_height())


def _strip_height() -> int:
    return 2 * LINE + HEAT_STRIP + 4


def in_words(scale: Scale) -> str:
    """Return a scale as a sentence has it."""
    return f"{scale.title} from {scale.write(scale.low)} to {scale.write(scale.high)}"


def paint_legend(painter: QPainter, corner: QPointF, scales: Sequence[tuple[Scale, bool]]) -> None:
    """Paint a legend with its top left corner at a point."""
    size = legend_size(len(scales))
    frame = QRectF(corner.x(), corner.y(), size.width(), size.height())
    painter.setPen(QPen(theme().color("line"), 1.0))
    painter.setBrush(theme().color("panel"))
    painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    strip = frame.adjusted(LEGEND_PADDING, LEGEND_PADDING, -LEGEND_PADDING, 0)
    for scale, of_wires in scales:
        _paint_strip(painter, strip, scale, of_wires)
        strip.moveTop(strip.top() + _strip_height() + LEGEND_PADDING)


def _paint_strip(painter: QPainter, box: QRectF, scale: Scale, of_wires: bool) -> None:
    """Paint the title, the colours (as wires of growing width, for wires) and the numbers."""
    face = font(SMALL_PX, "plain")
    painter.setFont(face)
    painter.setPen(theme().color("text"))
    metrics = QFontMetricsF(face)
    left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    title = metrics.elidedText(scale.title, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(QRectF(box.left(), box.top(), box.width(), LINE), left, title)
    width = box.width() / HEAT_STEPS
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(HEAT_STEPS):
        height = theme().heat_width(step) if of_wires else HEAT_STRIP
        middle = box.top() + LINE + 2 + HEAT_STRIP / 2
        painter.setBrush(theme().heat_color(step))
        painter.drawRect(QRectF(box.left() + step * width, middle - height / 2, width, height))
    _paint_marks(painter, QRectF(box.left(), box.top() + LINE + HEAT_STRIP + 4, box.width(), LINE), scale)


def _paint_marks(painter: QPainter, row: QRectF, scale: Scale) -> None:
    """Paint the numbers under a strip: the ends always, the middle where there is room."""
    face = font(SMALL_PX, "mono")
    painter.setFont(face)
    painter.setPen(theme().color("dim"))
    align = Qt.AlignmentFlag
    sides = {0.0: align.AlignLeft, 0.5: align.AlignHCenter, 1.0: align.AlignRight}
    marks = scale.marks
    words = sum(QFontMetricsF(face).horizontalAdvance(word) for _, word in marks)
    for place, word in marks:
        if place != 0.5 or words + 2 * LEGEND_PADDING < row.width():
            painter.drawText(row, int(sides[place] | align.AlignVCenter), word)
