"""Sizes side by side: now, after the action, the difference."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from studio.app.network_actions.wording import Line
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE

HEADINGS = ("", "now", "after", "difference")


class ComparisonTable(QWidget):
    """A few lines of four columns. The labels are kept, so that an answer moves nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("action.sizes")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * SPACE)
        self._grid.setVerticalSpacing(SPACE)
        self._grid.setColumnStretch(0, 1)
        for column, title in enumerate(HEADINGS):
            self._add(0, column, "small").setText(title)
        self._lines: list[list[QLabel]] = []

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; there are always as many."""
        while len(self._lines) < len(lines):
            row = len(self._lines) + 1
            self._lines.append([self._add(row, column, "value" if column else "dim") for column in range(4)])
        for labels, texts in zip(self._lines, lines, strict=True):
            for made, text in zip(labels, texts, strict=True):
                made.setText(text)

    def lines(self) -> dict[str, tuple[str, ...]]:
        """Return what is shown, by what is counted."""
        found = [[made.text() for made in labels] for labels in self._lines]
        return {texts[0]: tuple(texts[1:]) for texts in found}

    def _add(self, row: int, column: int, role: str) -> QLabel:
        made = label("", role, self)
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        made.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        if column:
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            made.setMinimumWidth(20 * SPACE)
        self._grid.addWidget(made, row, column)
        return made
