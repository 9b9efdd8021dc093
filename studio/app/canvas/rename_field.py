"""Rename a node in its place: a line edit over its name, with the reason under it when a name is refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from studio.app.canvas.cards import font
from studio.app.theme.tokens import BODY_PX, FIELD_PADDING


class RenameField(QLineEdit):
    """Enter or a click elsewhere takes the name, Esc leaves the old one.

    Args:
        why_not: Returns why a name is refused, or None.
        done: Called once with the new name, or None if the old one stays.
        takes_old: The old name is a proposal, and taken like a new one; only Esc gives None.
    """

    def __init__(
        self,
        name: str,
        card: QRectF,
        why_not: Callable[[str], str | None],
        done: Callable[[str | None], None],
        parent: QWidget,
        *,
        takes_old: bool = False,
    ) -> None:
        super().__init__(name, parent)
        self.setObjectName("canvas.rename")
        self.setAccessibleName(f"New name of {name}")
        self.setFont(font(BODY_PX, "bold"))
        self._before, self._why_not, self._done, self._closed = name, why_not, done, False
        self._takes_old = takes_old
        self._reason = QLabel(parent)
        self._reason.setObjectName("canvas.rename.reason")
        self._reason.setProperty("role", "bad")
        self._reason.setAutoFillBackground(True)
        self._reason.setContentsMargins(FIELD_PADDING, 2, FIELD_PADDING, 2)
        self.setGeometry(int(card.left()), int(card.top()), max(int(card.width()), 160), 30)
        self.textEdited.connect(self._check)
        self.selectAll()
        self.show()
        self.setFocus()

    def finish(self) -> None:
        """Take the name if it is allowed, else leave the old one."""
        if not self._closed:
            self._close(self.text().strip() if self._check() is None else None)

    def _check(self) -> str | None:
        """Show why the name would be refused; return the reason."""
        name = self.text().strip()
        reason = None if name == self._before else self._why_not(name)
        self.setProperty("invalid", reason is not None)
        self.style().unpolish(self)
        self.style().polish(self)
        self._reason.setText(reason or "")
        self._reason.setVisible(reason is not None)
        self._reason.adjustSize()
        self._reason.move(self.geometry().bottomLeft())
        self._reason.raise_()
        return reason

    def _close(self, name: str | None) -> None:
        if self._closed:
            return
        self._closed = True
        self._reason.deleteLater()
        parent = self.parentWidget()
        if parent is not None and self.hasFocus():
            parent.setFocus()  # else Qt looks for the next in line, and the canvas walks on
        self.hide()
        self.deleteLater()
        self._done(name if self._takes_old or name != self._before else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Esc; leave the rest to the line edit."""
        if event.key() == Qt.Key.Key_Escape:
            self._close(None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._check() is None:
                self._close(self.text().strip())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the name if it is allowed, else leave the old one."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()
