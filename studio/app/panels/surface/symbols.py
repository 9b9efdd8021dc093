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
ENTRY = 4 * SPACE + GAP
"""Room of an entry of the key beside its name, and the part of it behind the name."""

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
    """What the colours and the symbols stand for; what there is no room for is left out."""

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
        self.setAccessibleName(
            ", ".join([*(("disc: training", "triangle: validation") if has_points else ()), *classes])
        )
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line of all of it."""
        metrics = QFontMetricsF(theme().font(LABEL_PX))
        names = [*self._classes, *(("training", "validation") if self._has_points else ())]
        width = sum(metrics.horizontalAdvance(name) + ENTRY for name in names)
        return QSize(min(round(width), WIDEST), 6 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: the tool tip says the same."""
        return QSize(4 * SPACE, 6 * SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font(LABEL_PX))
        dim = theme().color("dim")
        x = 0.0
        entries: list[tuple[str, QColor, bool | None]] = []
        if self._has_points:
            entries += [("training", dim, False), ("validation", dim, True)]
        entries += [(name, class_color(place), None) for place, name in enumerate(self._classes)]
        for name, color, held_out in entries:
            width = QFontMetricsF(painter.font()).horizontalAdvance(name)
            if x + ENTRY - GAP + width > self.width():
                break
            centre = QPointF(x + 2 * SPACE, self.height() / 2)
            if held_out is None:
                box = QRectF(centre.x() - SPACE, centre.y() - SPACE, 2 * SPACE, 2 * SPACE)
                painter.fillRect(box, color)
            else:
                paint_point(painter, centre, color, held_out=held_out)
            painter.setPen(theme().color("text"))
            words = QRectF(x + ENTRY - GAP, 0, width + 1, self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
            x += ENTRY + width
