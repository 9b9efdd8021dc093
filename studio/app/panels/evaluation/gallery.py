"""The samples that a network was most wrong and most right about."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.panels.sample_view import to_image
from studio.app.theme.theme import theme
from studio.app.theme.tokens import GALLERY_PX, SMALL_PX, SPACE
from studio.engine.records import RunEvaluated

COLUMNS = 4


class Gallery(QWidget):
    """Paints two groups of pictures, each with its class and what the network said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.gallery")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._groups: list[tuple[str, list[tuple[QImage, str, bool]]]] = []
        theme().changed.connect(self.update)
        self.show_samples(None, ())

    def show_samples(self, found: RunEvaluated | None, classes: tuple[str, ...]) -> None:
        """Show the worst and the best samples of an evaluation, or none."""
        self._groups = []
        if found is not None and found.samples.ndim == 4 and found.samples.shape[1] in (1, 3):
            low, high = float(found.samples.min()), float(found.samples.max())
            scaled = ((found.samples - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
            told = [_told(found, place, classes) for place in range(len(scaled))]
            entries = [(to_image(one), *words) for one, words in zip(scaled, told, strict=True)]
            self._groups = [("Worst", entries[: found.num_worst]), ("Best", entries[found.num_worst :])]
        words = [f"{title}: {', '.join(text for _, text, _ in group)}" for title, group in self._groups]
        self.setAccessibleName(". ".join(words) or "No pictures")
        self.setVisible(bool(self._groups))
        rows = sum(-(-len(group) // COLUMNS) for _, group in self._groups)
        line = self.fontMetrics().height()
        self.setFixedSize(
            COLUMNS * (GALLERY_PX + 2 * SPACE),
            rows * (GALLERY_PX + line + 2 * SPACE) + len(self._groups) * (line + 2 * SPACE),
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures."""
        painter = QPainter(self)
        line, top = self.fontMetrics().height(), 0.0
        for title, group in self._groups:
            painter.setFont(theme().font(SMALL_PX))
            painter.setPen(theme().color("text"))
            painter.drawText(QRectF(0.0, top, self.width(), line), Qt.AlignmentFlag.AlignLeft, title)
            top += line + SPACE
            for place, (picture, words, right) in enumerate(group):
                row, column = divmod(place, COLUMNS)
                x, y = column * (GALLERY_PX + 2 * SPACE), top + row * (GALLERY_PX + line + 2 * SPACE)
                painter.drawImage(QRectF(x, y, GALLERY_PX, GALLERY_PX), picture)
                painter.setPen(theme().color("dim" if right else "bad"))
                box = QRectF(x - SPACE, y + GALLERY_PX, GALLERY_PX + 2 * SPACE, line)
                metrics = painter.fontMetrics()
                shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
            top += -(-len(group) // COLUMNS) * (GALLERY_PX + line + 2 * SPACE) + SPACE


def _told(found: RunEvaluated, place: int, classes: tuple[str, ...]) -> tuple[str, bool]:
    """Return what stands under a picture, and whether the network was right."""
    truth, said = int(found.truth[place]), int(found.predicted[place])
    names = [classes[one] if one < len(classes) else str(one) for one in (truth, said)]
    if truth == said:
        return f"{names[0]} {found.sure[place]:.0%}", True
    return f"{names[0]} → {names[1]}", False
