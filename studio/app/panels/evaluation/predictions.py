"""What a run's network says of samples that somebody brought along: the likeliest classes as bars."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.plots.wording import percent
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, SMALL_PX, SPACE

MOST_SHOWN = 50
"""Samples of a longer file that are shown."""

MOST_NUMBERS = 8
"""Of a larger output that is no classes."""

_NAME = 40 * SPACE
_BAR = 70 * SPACE
_SHARE = 20 * SPACE


class Predictions(QWidget):
    """Paints a group of bars for each sample, the most probable class first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.predictions")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._groups: list[tuple[str, list[tuple[str, float]]]] = []
        theme().changed.connect(self.update)
        self.show_samples("", [])

    def show_samples(self, title: str, samples: list[dict[str, Any]]) -> None:
        """Show what is said of samples.

        Args:
            title: Where they come from.
            samples: As ``studio predict --json`` gives each.
        """
        several = len(samples) > 1
        self._groups = [
            _group(f"{title}, row {place}" if several else title, sample)
            for place, sample in enumerate(samples[:MOST_SHOWN], 1)
        ]
        if len(samples) > MOST_SHOWN:
            self._groups.append((f"and {len(samples) - MOST_SHOWN:,} more rows", []))
        self.setAccessibleName(". ".join(self.lines()) or "No prediction")
        self.setFixedSize(self.sizeHint())
        self.update()

    def lines(self) -> list[str]:
        """Return what is shown, in words."""
        return [
            ": ".join([title, ", ".join(f"{name} {percent(share)}" for name, share in bars)])
            if bars
            else title
            for title, bars in self._groups
        ]

    def sizeHint(self) -> QSize:
        """Return the size of all bars."""
        rows = sum(len(bars) + 1 for _, bars in self._groups)
        return QSize(_NAME + _BAR + _SHARE + 2 * SPACE, rows * self._line() + len(self._groups) * SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint titles, names, bars and shares."""
        painter, line, top = QPainter(self), self._line(), 0.0
        for title, bars in self._groups:
            painter.setFont(theme().font(BODY_PX))
            painter.setPen(theme().color("text"))
            words = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, self.width())
            painter.drawText(QRectF(0.0, top, self.width(), line), Qt.AlignmentFlag.AlignVCenter, words)
            top += line
            painter.setFont(theme().font(SMALL_PX))
            for place, (name, share) in enumerate(bars):
                self._paint_bar(painter, top, name, share, is_first=place == 0)
                top += line
            top += SPACE

    def _paint_bar(self, painter: QPainter, top: float, name: str, share: float, *, is_first: bool) -> None:
        line = self._line()
        painter.setPen(theme().color("text" if is_first else "dim"))
        words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _NAME - SPACE)
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0.0, top, _NAME - SPACE, line), vertical | Qt.AlignmentFlag.AlignRight, words)
        groove = QRectF(_NAME, top + SPACE, _BAR, line - 2 * SPACE)
        painter.fillRect(groove, theme().color("line"))
        groove.setWidth(_BAR * share)
        painter.fillRect(groove, theme().color("train"))
        painter.drawText(QRectF(_NAME + _BAR + SPACE, top, _SHARE, line), vertical, percent(share))

    def _line(self) -> int:
        return self.fontMetrics().height() + SPACE


def _group(title: str, sample: dict[str, Any]) -> tuple[str, list[tuple[str, float]]]:
    if "top" in sample:
        return title, [(one["class"], one["probability"]) for one in sample["top"]]
    return f"{title}: {_numbers(sample['output'])}", []


def _numbers(output: Any) -> str:
    """Return an output that is no classes in a line."""
    flat: list[float] = []
    left = [output]
    while left and len(flat) <= MOST_NUMBERS:
        one = left.pop(0)
        if isinstance(one, list):
            left[:0] = one
        else:
            flat.append(one)
    shown = ", ".join(f"{number:.4g}" for number in flat[:MOST_NUMBERS])
    return f"{shown} …" if len(flat) > MOST_NUMBERS else shown
