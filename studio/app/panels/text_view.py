"""A look at texts: the beginnings of a few samples, each with its class or with what comes next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from studio.engine.records import DataDescribed
from studio.project import texts


class TextView(QLabel):
    """Shows the texts of a `DataDescribed`; nothing, and no room taken, without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.texts")
        self.setAccessibleName("Samples of the text")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def show_texts(self, described: DataDescribed | None) -> None:
        """Show the texts of a data set, or none."""
        said = _said(described) if described is not None else []
        self.setText("\n\n".join(said))
        self.setVisible(bool(said))


def _said(described: DataDescribed) -> list[str]:
    """Return each text with its class in front, or with an arrow to what comes next."""
    names = [described.classes[int(label)] for label in described.labels.ravel()[: len(described.texts)]]
    is_running = described.dataset == texts.NEXT
    return [
        f"{text} → {name}" if is_running else f"{name}: {text}"
        for text, name in zip(described.texts, names, strict=True)
    ]
