"""What a sample looks like: its picture enlarged, or its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.sample_view import to_image
from studio.app.plots.wording import number
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, SMALL_PX, SPACE
from studio.runs.insights import SamplesSeen

WIDTH = 52 * SPACE
HINT = "Click a point to see its sample. Feature maps and Saliency show it, too."


class SampleCard(QWidget):
    """One sample, with words below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._numbers: list[float] = []
        self._words = ""
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)
        self.show_sample(None, 0, "")

    @property
    def words(self) -> str:
        """What is written, numbers included."""
        return self.accessibleName()

    @property
    def image(self) -> QImage | None:
        """The picture, one pixel to a number; None of samples that are none."""
        return self._image

    def show_sample(self, seen: SamplesSeen | None, place: int, words: str) -> None:
        """Show a sample, or none."""
        self._image, self._numbers, self._words = None, [], words
        if seen is not None and seen.pictures.size:
            self._image = to_image(seen.pictures[place])
        elif seen is not None and seen.numbers.size:
            self._numbers = seen.numbers[place].tolist()
        told = [f"x{index} = {number(value)}" for index, value in enumerate(self._numbers, 1)]
        self.setAccessibleName("; ".join([words or HINT, *told]))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter, wide = QPainter(self), self.width()
        if not self._words:
            painter.setFont(theme().font(LABEL_PX))
            painter.setPen(theme().color("dim"))
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, HINT)
            return
        top = 0
        if self._image is not None:
            tall = round(wide * self._image.height() / max(self._image.width(), 1))
            top = min(tall, self.height() - 6 * SPACE)
            wide = round(top * self._image.width() / max(self._image.height(), 1))
            painter.drawImage(QRect(0, 0, wide, top), self._image)
        painter.setFont(theme().font(LABEL_PX))
        painter.setPen(theme().color("text"))
        box = QRect(0, top + SPACE, self.width(), 6 * SPACE)
        elided = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        lines = "\n".join(f"x{index}  {number(value)}" for index, value in enumerate(self._numbers, 1))
        painter.drawText(QRect(0, box.bottom() + SPACE, self.width(), self.height()), 0, lines)
