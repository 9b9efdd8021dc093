"""Names at the left, amounts at the right: what is known of a node, a network or a data set."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE


class FactTable(QWidget):
    """A few lines of name and value. The labels are kept, so that an update moves nothing."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE)
        self._grid.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these lines and no others."""
        while len(self._lines) < len(facts):
            self._add_line()
        for place, (name, value) in enumerate(self._lines):
            shown = place < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[place][0])
                value.setText(facts[place][1])

    def facts(self) -> dict[str, str]:
        """Return what is shown, by name."""
        return {name.text(): value.text() for name, value in self._lines if not name.isHidden()}

    def _add_line(self) -> None:
        name, value = label("", "dim", self), label("", "value", self, wrap=True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        place = len(self._lines)
        self._grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, place, 1)
        self._lines.append((name, value))
