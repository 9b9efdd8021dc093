"""A form under a line to click: settings that most people leave as they are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from studio.app.panels.argument_form import ArgumentForm
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.catalog.spec import ArgSpec


class FoldedForm(QWidget):
    """A line to click, and under it a form.

    Args:
        title: What the line says.
        name: Object name of the line.
        specs: The settings, top to bottom.
        prefix: Begins the object names of the controls.
        is_open: Whether the form is shown from the start.
    """

    opened = Signal(bool)

    def __init__(
        self,
        title: str,
        name: str,
        specs: Sequence[ArgSpec],
        prefix: str,
        *,
        is_open: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = title
        self.fold = QToolButton(self)
        self.fold.setObjectName(name)
        self.fold.setProperty("role", "fold")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.form = ArgumentForm(specs, prefix, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.form)
        self.fold.setChecked(is_open)
        self.fold.toggled.connect(self._toggled)
        self.form.setVisible(is_open)
        theme().changed.connect(self._dress)
        self.fold.setText(title)
        self._dress()

    @property
    def is_open(self) -> bool:
        """Whether the form is on show."""
        return self.fold.isChecked()

    def count(self) -> None:
        """Say on the line how many settings are not at their defaults."""
        found = sum(row.differs for row in self.form.rows.values())
        self.fold.setText(f"{self._title}, {found} set" if found else self._title)

    def _toggled(self, is_open: bool) -> None:
        self.form.setVisible(is_open)
        self._dress()
        self.opened.emit(is_open)

    def _dress(self) -> None:
        self.fold.setAccessibleName(f"{self._title} settings, {'shown' if self.is_open else 'folded'}")
        self.fold.setIcon(theme().mark("fold-open" if self.is_open else "fold-shut"))
