"""The samples that a network was most wrong and most right about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.sample_view import to_image
from studio.app.theme.theme import theme
from studio.app.theme.tokens import GALLERY_PX, SMALL_PX, SPACE
from studio.engine.records import Array

COLUMNS = 4

MOST = 32
"""Pictures of one class that are shown at most."""

Entry: TypeAlias = tuple[QImage, str, bool]
"""A picture, what stands under it, and whether the network was right."""


class Sampled(Protocol):
    """Samples with what a classifier makes of them: the worst, then the best, then some of each confusion."""

    @property
    def samples(self) -> Array:
        """As the network takes them; (K, *)."""

    @property
    def truth(self) -> Array:
        """Their classes; (K,)."""

    @property
    def predicted(self) -> Array:
        """What the network says; (K,)."""

    @property
    def sure(self) -> Array:
        """Probability of that; (K,)."""

    @property
    def num_worst(self) -> int:
        """How many are the worst."""

    @property
    def num_best(self) -> int:
        """How many come then as the best."""


class Gallery(QWidget):
    """Paints groups of pictures, each with its class and what the network said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.gallery")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._found: Sampled | None = None
        self._classes: tuple[str, ...] = ()
        self._entries: list[Entry] = []
        self._groups: list[tuple[str, list[Entry]]] = []
        self._columns = COLUMNS
        theme().changed.connect(self.update)
        self.show_samples(None, ())

    def set_columns(self, columns: int) -> None:
        """Put so many pictures into a row."""
        if columns != self._columns:
            self._columns = columns
            self._show(self._groups)

    def show_samples(self, found: Sampled | None, classes: tuple[str, ...]) -> None:
        """Show the worst and the best samples of an evaluation, or none."""
        self._entries = []
        if found is not None and found.samples.ndim == 4 and found.samples.shape[1] in (1, 3):
            low, high = float(found.samples.min()), float(found.samples.max())
            scaled = ((found.samples - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
            told = [_told(found, place, classes) for place in range(len(scaled))]
            self._entries = [(to_image(one), *words) for one, words in zip(scaled, told, strict=True)]
        self._found, self._classes = found, classes
        self.show_extremes()

    def show_extremes(self) -> None:
        """Show the samples that the network was most wrong and most right about."""
        found = self._found
        if found is None or not self._entries:
            self._show([])
            return
        best = found.num_worst + found.num_best
        groups = (
            ("Worst", self._entries[: found.num_worst]),
            ("Best", self._entries[found.num_worst : best]),
        )
        self._show([(title, entries) for title, entries in groups if entries])

    def show_cell(self, truth: int, said: int) -> None:
        """Show samples of one confusion, the worst first; of none if there is none that was kept."""
        title = self._title(truth) if truth == said else f"{self._title(truth)} → {self._title(said)}"
        self._show_where(title, lambda found: (found.truth == truth) & (found.predicted == said))

    def show_class(self, truth: int) -> None:
        """Show samples of one class, those that were not recognized first."""
        self._show_where(self._title(truth), lambda found: found.truth == truth)

    def _show_where(self, title: str, wanted: Callable[[Sampled], Array]) -> None:
        """Show those of the samples that were kept for the confusions."""
        if self._found is None or not self._entries:
            return
        first = self._found.num_worst + self._found.num_best
        places = first + np.flatnonzero(wanted(self._found)[first:])
        if not len(places):
            self._show([(f"{title}: none", [])])
            return
        self._show([(title, [self._entries[place] for place in places[:MOST]])])

    def _title(self, number: int) -> str:
        return self._classes[number] if number < len(self._classes) else str(number)

    def _show(self, groups: list[tuple[str, list[Entry]]]) -> None:
        self._groups = groups
        words = [f"{title}: {', '.join(text for _, text, _ in group)}" for title, group in groups]
        self.setAccessibleName(". ".join(words) or "No pictures")
        self.setVisible(bool(self._entries))
        rows = sum(-(-len(group) // self._columns) for _, group in groups)
        line = self.fontMetrics().height()
        self.setFixedSize(
            self._columns * (GALLERY_PX + 2 * SPACE),
            rows * (GALLERY_PX + line + 2 * SPACE) + len(groups) * (line + 2 * SPACE),
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures."""
        painter = QPainter(self)
        line, top = self.fontMetrics().height(), 0.0
        for title, group in self._groups:
            painter.setFont(theme().font(SMALL_PX))
            painter.setPen(theme().color("text"))
            painter.drawText(QRectF(SPACE, top, self.width(), line), Qt.AlignmentFlag.AlignLeft, title)
            top += line + SPACE
            for place, (picture, words, right) in enumerate(group):
                row, column = divmod(place, self._columns)
                x = SPACE + column * (GALLERY_PX + 2 * SPACE)  # captions reach beyond pictures, both sides
                y = top + row * (GALLERY_PX + line + 2 * SPACE)
                painter.drawImage(QRectF(x, y, GALLERY_PX, GALLERY_PX), picture)
                painter.setPen(theme().color("dim" if right else "bad"))
                box = QRectF(x - SPACE / 2, y + GALLERY_PX, GALLERY_PX + SPACE, line)
                metrics = painter.fontMetrics()
                shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
            top += -(-len(group) // self._columns) * (GALLERY_PX + line + 2 * SPACE) + SPACE


def _told(found: Sampled, place: int, classes: tuple[str, ...]) -> tuple[str, bool]:
    """Return what stands under a picture, and whether the network was right."""
    truth, said = int(found.truth[place]), int(found.predicted[place])
    names = [classes[one] if one < len(classes) else str(one) for one in (truth, said)]
    if truth == said:
        return f"{names[0]} {100 * found.sure[place]:.0f} %", True
    return f"{names[0]} → {names[1]}", False
