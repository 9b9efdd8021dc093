"""Points of the data: a disc for what the network learns from, a triangle for what it is only tried on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.surface.painting import class_color
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, POINT_PX, SPACE

EDGE = 1
"""Width of the edge around a point."""

RING = POINT_PX
"""Radius of what stands around a point that the network gets wrong."""

GAP = 5 * SPACE // 2
TIGHT = SPACE
"""Room behind an entry of the key, and where there is little of it."""

SYMBOL = 4 * SPACE
"""Room of an entry's symbol."""

WIDEST = 110 * SPACE


def paint_point(
    painter: QPainter, centre: QPointF, color: QColor, *, held_out: bool, wrong: bool = False
) -> None:
    """Paint a point with a thin edge that tells it from a region of its own colour; a wrong one in a ring."""
    half = (POINT_PX + EDGE) / 2
    if wrong:
        painter.setPen(QPen(theme().color("text"), EDGE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, RING, RING)
    painter.setPen(QPen(theme().color("panel"), EDGE))
    painter.setBrush(color)
    if held_out:
        up, side = half * 1.5, half * 1.4
        painter.drawPolygon(
            QPolygonF([centre + QPointF(0, -up), centre + QPointF(side, half), centre + QPointF(-side, half)])
        )
    else:
        painter.drawEllipse(centre, half, half)


class Key(QWidget):
    """What the colours and the symbols stand for. What there is no room for is counted at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._has_points = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    @property
    def words(self) -> str:
        """All of it in words."""
        return self.accessibleName()

    def show_names(self, classes: tuple[str, ...], *, has_points: bool) -> None:
        """Show what is on screen."""
        self._classes, self._has_points = classes, has_points
        points = ("disc: training", "triangle: validation") if has_points else ()
        self.setAccessibleName(", ".join([*points, *classes]))
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line of all of it."""
        width = sum(self._width(name) + GAP for name, _, _ in self._entries())
        return QSize(min(round(width), WIDEST), 6 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: the tool tip says the same."""
        return QSize(4 * SPACE, 6 * SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font(LABEL_PX))
        entries = self._entries()
        shown, gap = self.fitting()
        x = 0.0
        for name, color, held_out in entries[:shown]:
            self._paint_symbol(painter, QPointF(x + 2 * SPACE, self.height() / 2), color, held_out)
            self._paint_words(painter, x + SYMBOL, name)
            x += self._width(name) + gap
        if shown < len(entries):
            self._paint_words(painter, x, _rest(len(entries) - shown))

    def fitting(self) -> tuple[int, float]:
        """Return how many entries there is room for, and the gap between them."""
        widths = [self._width(name) for name, _, _ in self._entries()]
        for gap in (GAP, TIGHT):
            if sum(widths) + gap * (len(widths) - 1) <= self.width():
                return len(widths), gap
        room, shown = self.width() - self._advance(_rest(len(widths))), 0
        for width in widths:
            room -= width + TIGHT
            if room < 0:
                break
            shown += 1
        return shown, TIGHT

    def _entries(self) -> list[tuple[str, QColor, bool | None]]:
        """Return name, colour and symbol of each entry: None is the square of a class."""
        found: list[tuple[str, QColor, bool | None]] = []
        if self._has_points:
            dim = theme().color("dim")
            found += [("training", dim, False), ("validation", dim, True)]
        return found + [(name, class_color(place), None) for place, name in enumerate(self._classes)]

    def _width(self, name: str) -> float:
        return SYMBOL + self._advance(name)

    def _advance(self, words: str) -> float:
        return QFontMetricsF(theme().font(LABEL_PX)).horizontalAdvance(words)

    def _paint_symbol(self, painter: QPainter, at: QPointF, color: QColor, held_out: bool | None) -> None:
        if held_out is None:
            painter.fillRect(QRectF(at.x() - SPACE, at.y() - SPACE, 2 * SPACE, 2 * SPACE), color)
        else:
            paint_point(painter, at, color, held_out=held_out)

    def _paint_words(self, painter: QPainter, x: float, words: str) -> None:
        painter.setPen(theme().color("text"))
        place = QRectF(x, 0, self._advance(words) + 1, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)


def _rest(number: int) -> str:
    return f"+{number}"
