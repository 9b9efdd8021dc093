"""The field for an expression: ``=width * 4``, with what it comes to beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from studio.app.panels.number_edit import undo_belongs_to_design
from studio.app.panels.value_text import parse, write
from studio.app.theme.tokens import FIELD_PADDING, SPACE
from studio.catalog.spec import ArgSpec
from studio.errors import GraphError
from studio.graph.expressions import Scope, evaluate, is_expression
from studio.graph.node import Value

WIDEST_RESULT = 0.45
"""Share of the field that the result may take; a longer one stands in the tool tip."""


def why_not(text: str, scope: Scope) -> str | None:
    """Return why an expression has no value here, to be read after the argument's name; None if it has."""
    try:
        evaluate(text, scope)
    except GraphError as error:
        return f"has no value: {error.message.rstrip('.')}"
    return None


class ExpressionEdit(QLineEdit):
    """Takes the place of an argument's own control while its value is an expression.

    A plain value typed here is taken as one, and the argument's own control comes back.
    """

    committed = Signal(object)
    """An expression, or a plain value."""

    refused = Signal(str)
    given_up = Signal()
    """The person does not want an expression after all."""

    def __init__(
        self, spec: ArgSpec, why_not: Callable[[str], str | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._spec = spec
        self._why_not = why_not
        self._value = ""
        self._result = QLabel(self)
        self._result.setProperty("role", "suffix")
        self._result.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("role", "expression")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(20 * SPACE)
        self.editingFinished.connect(self.flush)

    def show_expression(self, text: str, scope: Scope) -> None:
        """Show an expression and what it comes to; what is being typed stays while the value does."""
        if text != self._value or not self.isModified():
            self._value = text
            self.setText(text)
            self.setCursorPosition(0)
            self.setModified(False)
        try:
            self._show_result(f"= {write(evaluate(text, scope)) or 'auto'}")
        except GraphError:
            self._show_result("")
        self.setToolTip("\n".join(filter(None, [text, self._result.text(), self._spec.help])))

    def begin(self, text: str) -> None:
        """Let the person write an expression where there is none yet."""
        self._value = ""
        self.setText(text)
        self.setModified(False)
        self._show_result("")
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setSelection(1, len(text))

    @property
    def result(self) -> str:
        """What is shown as the value: ``= 256``."""
        return self._result.text()

    @property
    def has_pending_text(self) -> bool:
        """Whether something was typed that is not committed yet."""
        return self.isModified()

    def flush(self) -> None:
        """Commit what was typed, or say why that cannot be."""
        if not self.isModified():
            if not self._value:
                self.given_up.emit()
            return
        text = self.text().strip()
        try:
            value = self._read(text)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self.setModified(False)
        self.refused.emit("")
        if value != self._value:
            self.committed.emit(value)

    def _read(self, text: str) -> Value:
        if not is_expression(text):
            return parse(self._spec, text)
        reason = self._why_not(text)
        if reason is not None:
            raise ValueError(reason)
        return text

    def discard(self) -> None:
        """Forget what was typed."""
        self.setText(self._value)
        self.setModified(False)
        self.refused.emit("")
        if not self._value:
            self.given_up.emit()

    def _show_result(self, words: str) -> None:
        self._result.setText(words)
        self._place_result()

    def _place_result(self) -> None:
        size = self._result.sizeHint()
        fits = bool(self._result.text()) and size.width() < WIDEST_RESULT * self.width()
        self._result.setVisible(fits)
        self._result.setGeometry(self.width() - size.width() - 2 * SPACE, 0, size.width(), self.height())
        self.setTextMargins(FIELD_PADDING - 8, 0, size.width() + SPACE if fits else 0, 0)

    def event(self, event: QEvent) -> bool:
        """Leave undo to the design while nothing was typed."""
        return undo_belongs_to_design(event, self.isModified()) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the old value back on Escape."""
        if event.key() == Qt.Key.Key_Escape and (self.isModified() or not self._value):
            self.discard()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the result at the right."""
        super().resizeEvent(event)
        self._place_result()
