"""The ways to mend a problem as buttons, one below the other: the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.app.theme.tokens import SPACE

PADDING = 6 * SPACE
"""Of a small button, both sides together with its border."""


class Labelled(Protocol):
    """What a button can stand for: a `Fix`, or another thing to do."""

    @property
    def label(self) -> str:
        """What the button says."""


class FixButton(QPushButton):
    """A small button that says what it will do, with an ellipsis where there is no room for all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem.fix")
        self.setProperty("role", "small")
        # A button never shrinks of itself: a long one would push the panel's right edge out of sight.
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.fix: Labelled | None = None

    def show_fix(self, fix: Labelled) -> None:
        """Stand for a fix."""
        self.fix = fix
        self.setAccessibleName(fix.label)
        self.setToolTip(fix.label)
        self._elide()
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on Enter too, as it would in a dialog."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the size at which everything can be read."""
        label = self.fix.label if self.fix is not None else ""
        width = QFontMetricsF(self.font()).horizontalAdvance(label)
        return QSize(int(width) + PADDING + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the size at which it can still be told what it is about."""
        return QSize(min(self.sizeHint().width(), 24 * SPACE), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        if self.fix is not None:
            metrics, room = QFontMetricsF(self.font()), self.width() - PADDING
            # An ampersand is one, and underlines nothing.
            shown = metrics.elidedText(self.fix.label, Qt.TextElideMode.ElideRight, room)
            self.setText(shown.replace("&", "&&"))


class FixButtons(QWidget):
    """Buttons for the fixes of one problem, which are kept and made to stand for those of another."""

    fix_wanted = Signal(object)
    """The `Fix`, or what else it stands for, whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[FixButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)

    def show_fixes(self, fixes: Sequence[Labelled]) -> None:
        """Show these fixes, in this order."""
        while len(self._buttons) < len(fixes):
            self._add_button()
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(fixes))
            if place < len(fixes):
                button.show_fix(fixes[place])
        self.setVisible(bool(fixes))

    def buttons(self) -> list[FixButton]:
        """Return the buttons on show, top to bottom."""
        return [button for button in self._buttons if not button.isHidden()]

    def _add_button(self) -> None:
        button = FixButton(self)
        button.clicked.connect(lambda: self.fix_wanted.emit(button.fix))
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._buttons.append(button)
