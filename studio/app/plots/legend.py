"""The line above a plot: its title, and each series with its colour, name and current value."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, SPACE

_SWATCH_WIDTH = 2.5 * SPACE
_SWATCH_HEIGHT = 0.75 * SPACE
_AFTER_SWATCH = 1.25 * SPACE
_AFTER_ENTRY = 2.5 * SPACE


@dataclass(frozen=True, slots=True)
class Entry:
    """One series: role of its colour, its name, and what to say of it now."""

    role: str
    name: str
    value: str = ""

    @property
    def text(self) -> str:
        """Name and value."""
        return f"{self.name} {self.value}".strip()


class Legend(QWidget):
    """Title, entries, and a note at the right end. Where it is narrow, the colours stand for the names."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._subtitle = ""
        self._entries: tuple[Entry, ...] = ()
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)
        self._describe()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    @property
    def text(self) -> str:
        """All of it in words."""
        parts = [f"{self._title} {self._subtitle}".strip(), *(entry.text for entry in self._entries)]
        return " — ".join([*parts, self._note] if self._note else parts)

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Set the bold words, and the calm ones after them."""
        if (title, subtitle) != (self._title, self._subtitle):
            self._title, self._subtitle = title, subtitle
            self._describe()

    def set_entries(self, entries: tuple[Entry, ...], note: str = "") -> None:
        """Set the series, and a note such as where the crosshair stands."""
        if (entries, note) != (self._entries, self._note):
            self._entries, self._note = entries, note
            self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line of labels."""
        return QSize(50 * SPACE, 6 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return room for the title."""
        return QSize(20 * SPACE, 6 * SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        bold, plain = theme().font(LABEL_PX, bold=True), theme().font(LABEL_PX)
        painter.setFont(bold)
        painter.setPen(theme().color("text"))
        x = self._paint_words(painter, 0.0, self._title) + SPACE
        painter.setFont(plain)
        painter.setPen(theme().color("dim"))
        if x + QFontMetricsF(plain).horizontalAdvance(self._subtitle) <= self.width():
            x = self._paint_words(painter, x, self._subtitle) + SPACE
        x, gap = x + SPACE, _AFTER_ENTRY
        texts = [entry.text for entry in self._entries]
        if x + self._width_of(texts, plain) > self.width():
            texts = [entry.value or entry.name for entry in self._entries]
        if x + self._width_of(texts, plain) > self.width():
            x, gap = x - SPACE, SPACE
        for entry, text in zip(self._entries, texts, strict=True):
            if x + self._width_of([text], plain) > self.width():
                break  # what is hovered or spoken tells the rest
            swatch = QRectF(x, (self.height() - _SWATCH_HEIGHT) / 2, _SWATCH_WIDTH, _SWATCH_HEIGHT)
            painter.fillRect(swatch, theme().color(entry.role))
            x = self._paint_words(painter, x + _SWATCH_WIDTH + _AFTER_SWATCH, text) + gap
        if self._note and x + QFontMetricsF(plain).horizontalAdvance(self._note) <= self.width():
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(self.rect(), flags, self._note)

    def shortest_width(self) -> float:
        """Return the width below which something of the title or the values would be cut off."""
        bold = theme().font(LABEL_PX, bold=True)
        title = QFontMetricsF(bold).horizontalAdvance(self._title) + 2 * SPACE
        values = [entry.value or entry.name for entry in self._entries]
        return title + self._width_of(values, theme().font(LABEL_PX))

    def _width_of(self, texts: list[str], font: QFont) -> float:
        words = sum(QFontMetricsF(font).horizontalAdvance(text) for text in texts)
        return words + len(texts) * (_SWATCH_WIDTH + _AFTER_SWATCH + _AFTER_ENTRY) - _AFTER_ENTRY

    def _paint_words(self, painter: QPainter, x: float, words: str) -> float:
        """Paint words from a place on, and return where they end."""
        width = QFontMetricsF(painter.font()).horizontalAdvance(words)
        painter.drawText(QRectF(x, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
        return x + width
