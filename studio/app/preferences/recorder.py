"""The field that takes a chord as it is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.app.keymap import chord_of

HELD_ALONE = frozenset(
    (
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_unknown,
    )
)


class Recorder(QLineEdit):
    """Waits for the next chord, whatever it does elsewhere; Esc, or the focus going away, gives up."""

    recorded = Signal(str)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys.recorder")
        self.setAccessibleName("Press the new keys")
        self.setPlaceholderText("Press keys…")
        self.setProperty("role", "cell")
        self.setReadOnly(True)
        self._done = False

    def event(self, event: QEvent) -> bool:
        """Take all keys, also Tab and those of menus."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._press(event)
            return True
        return super().event(event)

    def _press(self, event: QKeyEvent) -> None:
        event.accept()
        if event.isAutoRepeat() or Qt.Key(event.key()) in HELD_ALONE:
            return
        if event.key() == Qt.Key.Key_Escape:
            self._finish("")
        else:
            self._finish(chord_of(event))

    def _finish(self, keys: str) -> None:
        """Say what was pressed, once."""
        if self._done:
            return
        self._done = True
        if keys:
            self.recorded.emit(keys)
        else:
            self.given_up.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give up."""
        super().focusOutEvent(event)
        self._finish("")
