"""The chosen network's picture: drawn again, a moment later, when its arguments change."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.app.picture import Picture
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, LABEL_PX, SPACE
from studio.graph.graph import Graph

HEIGHT = 52 * SPACE


class LargePicture(QWidget):
    """A network as large as there is room; clear of everything while it has no layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery.picture")
        self.setAccessibleName("Picture of the network")
        self.setFixedHeight(HEIGHT)
        self._graph = Graph()
        self._image: QImage | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._draw)
        theme().changed.connect(self._later.start)

    @property
    def graph(self) -> Graph:
        """What is shown."""
        return self._graph

    def show_graph(self, graph: Graph) -> None:
        """Show another network."""
        if graph is not self._graph:
            self._graph = graph
            self._later.start()

    def _draw(self) -> None:
        inset = 2 * SPACE
        room = self.width() - 2 * inset, self.height() - 2 * inset
        if len(self._graph) and min(room) > 0:
            picture = Picture(self._graph, scheme=theme().scheme, background=False)
            self._image = picture.thumbnail(*room, self.devicePixelRatioF())
        else:
            self._image = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a sheet of canvas with the network on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = QPainterPath()
        sheet.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)
        painter.fillPath(sheet, theme().color("canvas"))
        painter.setPen(QPen(theme().color("line"), 1))
        painter.drawPath(sheet)
        if self._image is not None:
            painter.drawImage(2 * SPACE, 2 * SPACE, self._image)
        else:
            painter.setPen(theme().color("dim"))
            painter.setFont(theme().font(LABEL_PX))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "No layers yet")
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it anew for the new room."""
        super().resizeEvent(event)
        self._later.start()
