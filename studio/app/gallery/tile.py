"""One network on the gallery's shelf: a picture, a title, when it was published and how large it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.app.gallery.entries import Entry
from studio.app.gallery.pictures import Pictures
from studio.app.theme.measures import GALLERY_HEIGHT as HEIGHT
from studio.app.theme.measures import GALLERY_WIDTH as WIDTH
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, CARD_RADIUS, SMALL_PX, SPACE

INSET = 2 * SPACE
TEXT_HEIGHT = 11 * SPACE
TILE = QSize(WIDTH + 2 * INSET, HEIGHT + 2 * INSET + TEXT_HEIGHT)


class Tile(QAbstractButton):
    """A button that shows a network; the chosen one is checked."""

    created = Signal()
    """It was double-clicked: make a project of it."""

    def __init__(self, entry: Entry, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._pictures = pictures
        self._hovered = False
        self.setObjectName(f"gallery.tile.{entry.name or 'empty'}")
        self.setAccessibleName(entry.title)
        self.setAccessibleDescription(entry.summary)
        self.setToolTip(f"{entry.title}\n{entry.summary}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFixedSize(TILE)

    def note(self) -> str:
        """Return the line under the title: the year, and the parameters where they are known."""
        template = self.entry.template
        if template is None:
            return "from scratch"
        words = [str(template.year)] if template.year else []
        if template.parameters:
            words.append(short_count(template.parameters))
        return "  ·  ".join(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tile."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self._hovered:
            painter.setBrush(theme().color("raised"))
            chosen = self.isChecked()
            painter.setPen(QPen(theme().color("accent"), 2) if chosen else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(body, CARD_RADIUS, CARD_RADIUS)
        place = QRectF(INSET, INSET, WIDTH, HEIGHT)
        self._paint_paper(painter, place)
        if self.entry.template is None:
            self._paint_plus(painter, place.center())
        else:
            image = self._pictures.get(self.entry, self.devicePixelRatioF())
            if image is not None:
                painter.drawImage(place.topLeft(), image)
        self._paint_words(painter, place.bottom() + SPACE)
        painter.end()

    def _paint_paper(self, painter: QPainter, place: QRectF) -> None:
        paper = QPainterPath()
        paper.addRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS - 2, CARD_RADIUS - 2)
        painter.fillPath(paper, theme().color("canvas"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("line"), 1))
        painter.drawPath(paper)

    def _paint_plus(self, painter: QPainter, centre: QPointF) -> None:
        painter.setPen(QPen(theme().color("dim"), 2, c=Qt.PenCapStyle.RoundCap))
        arm = 3.0 * SPACE
        painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
        painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))

    def _paint_words(self, painter: QPainter, top: float) -> None:
        width, line = float(WIDTH), TEXT_HEIGHT / 2
        lines = (
            (self.entry.title, theme().font(BODY_PX, bold=True), "text"),
            (self.note(), theme().mono(SMALL_PX), "dim"),
        )
        for words, face, role in lines:
            painter.setFont(face)
            painter.setPen(theme().color(role))
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(width))
            painter.drawText(QRectF(INSET, top, width, line), int(Qt.AlignmentFlag.AlignVCenter), shown)
            top += line - SPACE / 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave all keys to the shelf: Space would press the button, and letters search."""
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Make a project of it."""
        self.created.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go dark."""
        self._hovered = False
        self.update()

    def nextCheckState(self) -> None:
        """Stay chosen when clicked again."""
        self.setChecked(True)


def short_count(count: int) -> str:
    """Return a count of parameters in a few figures: ``61.0 M``."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}" if count < 100 * size else f"{count / size:,.0f} {unit}"
    return str(count)
