"""The dark over the window, with holes where the tour points; it takes no click and no key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, TOUR_SHADE, WIRE_WIDTH
from studio.app.tour.spots import AIR


class Spotlight(QWidget):
    """Dims everything but some places of the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour.spotlight")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lit: tuple[QRect, ...] = ()
        theme().changed.connect(self.update)

    @property
    def lit(self) -> tuple[QRect, ...]:
        """What is in the light, in the window's coordinates."""
        return self._lit

    def point_at(self, places: Sequence[QRect]) -> None:
        """Put the light on these places; on none, everything is in the light."""
        if tuple(places) != self._lit:
            self._lit = tuple(places)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dark, and a ring around each hole."""
        if not self._lit:
            return
        dark, rings = QPainterPath(), QPainterPath()
        dark.addRect(QRectF(self.rect()))
        for place in self._lit:
            rings.addRoundedRect(QRectF(place).adjusted(-AIR, -AIR, AIR, AIR), CARD_RADIUS, CARD_RADIUS)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = theme().color("shadow")
        shade.setAlphaF(TOUR_SHADE)
        painter.fillPath(dark.subtracted(rings.simplified()), shade)
        painter.setPen(QPen(theme().color("accent"), WIRE_WIDTH))
        painter.drawPath(rings)
        painter.end()
