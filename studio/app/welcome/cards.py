"""Cards of the empty canvas: the large ones that begin something, and the small ones that open a sample."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from studio.app.gallery.pictures import Pictures
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, LABEL_PX, SMALL_PX, SPACE, WIRE_WIDTH
from studio.app.welcome.drawings import Drawing
from studio.graph.graph import Graph
from studio.project.sample_projects import SampleProject

PICTURE_HEIGHT = 24 * SPACE
LOW_PICTURE_HEIGHT = 13 * SPACE
"""Of the drawings on large cards: where there is room, and where there is little."""

MINIATURE = QSize(26 * SPACE, 13 * SPACE)
"""Of a sample's network."""

NARROWEST = MINIATURE.width() + 4 * SPACE
"""Of a sample's card."""

SAMPLE_HEIGHT = MINIATURE.height() + 17 * SPACE
LINE = 4 * SPACE
INSET = 2 * SPACE


class Card(QAbstractButton):
    """A button that looks like a card: it lights up under the mouse, and shows the focus."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._hovered = False

    def paint_sheet(self, painter: QPainter) -> None:
        """Paint the card itself."""
        accented = self.hasFocus()
        ground = "hover" if self.isDown() else "raised" if self._hovered else "panel"
        edge = "accent" if accented or self._hovered else "line"
        painter.setPen(QPen(theme().color(edge), WIRE_WIDTH if accented else 1))
        painter.setBrush(theme().color(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CARD_RADIUS, CARD_RADIUS)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go dark."""
        self._hovered = False
        self.update()


class StartCard(Card):
    """One way to begin: a drawing, what it is called, and a line about it."""

    def __init__(
        self, object_name: str, title: str, text: str, drawing: Drawing, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name, parent)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._drawing = drawing
        self._picture_height = PICTURE_HEIGHT
        self._title, self._text = (
            label(title, "heading", self, wrap=True),
            label(text, "dim", self, wrap=True),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, self._picture_height, 3 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE)
        for words in (self._title, self._text):
            words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(words)
        column.addStretch(1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_title(self, title: str) -> None:
        """Call it something else."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def set_low(self, low: bool) -> None:
        """Give the drawing less height."""
        self._picture_height = LOW_PICTURE_HEIGHT if low else PICTURE_HEIGHT
        air = (2 if low else 3) * SPACE
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(3 * SPACE, self._picture_height, 3 * SPACE, air)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sheet and drawing; the words are labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_sheet(painter)
        scale = self._picture_height / PICTURE_HEIGHT
        painter.scale(scale, scale)
        self._drawing(painter, QRectF(0, SPACE, self.width() / scale, PICTURE_HEIGHT - SPACE))
        painter.end()


class SampleDrawing:
    """A sample's network, as `Pictures` wants it."""

    def __init__(self, sample: SampleProject) -> None:
        self._sample = sample

    @property
    def name(self) -> str:
        """The sample's key."""
        return self._sample.key

    def graph(self) -> Graph:
        """Return the sample's network."""
        return self._sample.project().graph


class SampleCard(Card):
    """A sample project: a picture of its network, its title and its data."""

    def __init__(self, sample: SampleProject, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(f"welcome.sample.{sample.key}", parent)
        self.sample = sample
        self._pictures = pictures
        self._drawing = SampleDrawing(sample)
        self.setAccessibleName(f"Sample: {sample.title}")
        self.setAccessibleDescription(sample.summary)
        self.setToolTip(f"{sample.title}\n{sample.summary}")
        self.setFixedHeight(SAMPLE_HEIGHT)
        self.setMinimumWidth(NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.paint_sheet(painter)
        place = QRectF(INSET, INSET, self.width() - 2 * INSET, MINIATURE.height())
        paper = QPainterPath()
        paper.addRoundedRect(place, CARD_RADIUS - 2, CARD_RADIUS - 2)
        painter.fillPath(paper, theme().color("canvas"))
        image = self._pictures.get(self._drawing, self.devicePixelRatioF())
        if image is not None:
            corner = QPointF(place.center().x() - MINIATURE.width() / 2, place.top())
            painter.drawImage(corner, image)
        self._paint_words(painter, place.bottom() + SPACE)
        painter.end()

    def _paint_words(self, painter: QPainter, top: float) -> None:
        """Paint the title, on two lines where one is too short, and the data under it."""
        room = QRectF(INSET, top, self.width() - 2 * INSET, 2 * LINE)
        wrapped = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
        painter.setFont(theme().font(LABEL_PX, bold=True))
        painter.setPen(theme().color("text"))
        used = painter.drawText(room, wrapped, self.sample.title)
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        shown = painter.fontMetrics().elidedText(
            self.sample.data, Qt.TextElideMode.ElideRight, int(room.width())
        )
        below = QRectF(INSET, used.bottom() + SPACE / 2, room.width(), LINE)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), shown)
