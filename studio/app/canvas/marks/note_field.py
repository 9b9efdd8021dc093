"""Write in a note in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.app.canvas.cards import font
from studio.app.theme.measures import NOTE_FIELD_HEIGHT as LEAST_HEIGHT
from studio.app.theme.measures import NOTE_FIELD_WIDTH as LEAST_WIDTH
from studio.app.theme.tokens import LABEL_PX
from studio.graph.mark import MAX_TEXT


class NoteField(QPlainTextEdit):
    """Ctrl+Enter or a click elsewhere takes the text, Esc leaves the old one; Enter begins a line.

    Args:
        text: What the note says.
        place: Where the note is in the widget.
        done: Called once with the new text, or None if the old one stays.
    """

    def __init__(self, text: str, place: QRectF, done: Callable[[str | None], None], parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setObjectName("canvas.note")
        self.setAccessibleName("Text of the note")
        self.setFont(font(LABEL_PX, "plain"))
        self.setPlaceholderText("Ctrl+Enter takes the text, Esc leaves it")
        self.setTabChangesFocus(True)
        self._before, self._done, self._closed = text, done, False
        size = max(int(place.width()), LEAST_WIDTH), max(int(place.height()), LEAST_HEIGHT)
        self.setGeometry(int(place.left()), int(place.top()), *size)
        self.selectAll()
        self.show()
        self.setFocus()

    def finish(self) -> None:
        """Take what is written."""
        self._close(self.toPlainText()[:MAX_TEXT].rstrip())

    def _close(self, text: str | None) -> None:
        if self._closed:
            return
        self._closed = True
        parent = self.parentWidget()
        if parent is not None and self.hasFocus():
            parent.setFocus()
        self.hide()
        self.deleteLater()
        self._done(text if text != self._before else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc and Ctrl+Enter; leave the rest to the text."""
        if event.key() == Qt.Key.Key_Escape:
            self._close(None)
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.finish()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the text, unless only a menu opened."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()
