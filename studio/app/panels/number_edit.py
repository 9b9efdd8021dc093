"""The field for numbers, which keeps them as typed: 1e-7 stays 1e-7."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QCompleter, QLabel, QSizePolicy, QWidget

from studio.app.panels.together.relative import Relative, nudged
from studio.app.panels.value_text import parse, stepped, write
from studio.app.theme.polish import set_property
from studio.app.theme.tokens import FIELD_PADDING, SPACE
from studio.catalog.spec import ArgSpec
from studio.graph.block import REPEAT
from studio.graph.expressions import is_expression
from studio.graph.node import Value


class Mixed:
    """The type of `MIXED`."""


MIXED = Mixed()
"""Shown in place of a value when the selected layers differ in it."""

Shown: TypeAlias = "Value | Mixed"

LISTS = ("ints", "floats")
"""Types that hold any number of numbers: there is no single one for the arrows to change."""

HINTS = {REPEAT: "one"}
"""What an empty field means, where that is not left to torch."""

STEP_PAUSE_MS = 350
"""Arrow presses that follow each other faster than this are one edit, and one step of undo."""


class NumberEdit(QAbstractSpinBox):
    """A field for numbers: one, a pair, several, or a word that is allowed beside them.

    It commits on Enter, when it loses the focus, and shortly after the last press of an arrow; Escape
    brings the old value back. Numbers are kept as typed, without rounding.
    """

    committed = Signal(object)
    """A value that is allowed here, None for empty; where layers differ, perhaps a `Relative` change."""

    refused = Signal(str)
    """Why what was typed is no value; empty once it is one again."""

    def __init__(self, spec: ArgSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._value: Shown = None
        # Not the line edit's own mark: a spin box takes that back on Enter, before anyone can ask.
        self._typed = False
        self.why_not_expression: Callable[[str], str | None] | None = None
        """Judges a text that begins with an equals sign; without it, such texts are no values."""
        self.takes_relative = False
        """Whether ``*2`` and ``+1`` change the number that is there."""
        self._inferred: Value = None
        self._suffix = QLabel(self.lineEdit())
        self._suffix.setProperty("role", "suffix")
        self._suffix.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._steps = QTimer(self, singleShot=True, interval=STEP_PAUSE_MS)
        self._steps.timeout.connect(self.flush)
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if spec.choices:
            words = QCompleter(list(spec.choices), self)
            words.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            words.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            self.lineEdit().setCompleter(words)
        self.lineEdit().installEventFilter(self)
        self.lineEdit().textEdited.connect(self._edited)
        self.lineEdit().textChanged.connect(lambda _text: self._place_suffix())
        self.editingFinished.connect(self.flush)

    def show_value(self, value: Shown, inferred: Value = None) -> None:
        """Show a value; what is being typed stays unless the value behind it changed."""
        changed = value != self._value or type(value) is not type(self._value)
        self._value, self._inferred = value, inferred
        if changed or not self.has_pending_text:
            self._write(value)
        self._refresh_hints()

    @property
    def has_pending_text(self) -> bool:
        """Whether something was typed that is not committed yet."""
        return self._typed

    def flush(self) -> None:
        """Commit what was typed, or say why that cannot be."""
        self._steps.stop()
        if not self._typed:
            return
        try:
            value = self._read()
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self._typed = False
        self.refused.emit("")
        if value == self._value and not isinstance(self._value, Mixed):
            self._write(value)
        else:
            self.committed.emit(value)

    def _read(self) -> Relative | Value:
        """Return what was typed: a change, an expression, or a value.

        Raises:
            ValueError: It is nothing that is allowed here.
        """
        change = self._relative()
        return change if change is not None else self._expression() or parse(self._spec, self.text())

    def _relative(self) -> Relative | Value:
        """Return what a relative change comes to; the change itself where the layers differ.

        Raises:
            ValueError: It comes to nothing that is allowed here.
        """
        change = Relative.read(self.text()) if self.takes_relative else None
        if change is None or isinstance(self._value, Mixed):
            return change
        return change.of(self._spec, self._inferred if self._value is None else self._value)

    def _expression(self) -> str | None:
        """Return what was typed if it is an expression.

        Raises:
            ValueError: It is one that has no value here.
        """
        text = self.text().strip()
        if self.why_not_expression is None or not is_expression(text):
            return None
        reason = self.why_not_expression(text)
        if reason is not None:
            raise ValueError(reason)
        return text

    def discard(self) -> None:
        """Forget what was typed."""
        self._steps.stop()
        self._write(self._value)
        self.refused.emit("")

    def _write(self, value: Shown) -> None:
        self.lineEdit().setText("" if isinstance(value, Mixed) else write(value))
        self._typed = False

    def _edited(self, _text: str) -> None:
        """Take the complaint back as soon as there is nothing to complain about."""
        self._typed = True
        try:
            self._read()
        except ValueError:
            return
        self.refused.emit("")

    def _refresh_hints(self) -> None:
        """Show in an empty field what holds instead, and behind a number its unit."""
        empty = self._value is None
        found = empty and self._inferred is not None
        if isinstance(self._value, Mixed):
            hint = "several values"
        elif found:
            hint = write(self._inferred)
        else:
            hint = "from input" if self._spec.infer else HINTS.get(self._spec.name, "auto")
        self.lineEdit().setPlaceholderText(hint)
        set_property(self, "inferred", found)
        number = isinstance(self._value, int | float | tuple)
        self._suffix.setText("from input" if found else self._spec.unit if number else "")
        self._show_arrows(self._spec.type not in LISTS and not (empty and self._spec.infer))
        self._place_suffix()

    def _show_arrows(self, shown: bool) -> None:
        """Show the arrows where there is a number of the person's own to change; the keys always work.

        The style sheet hides them: NoButtons would leave a styled field no width at all.
        """
        set_property(self, "steps", shown)

    def _place_suffix(self) -> None:
        """Put the unit at the right, where there is room for it beside the whole number."""
        size = self._suffix.sizeHint()
        room = self.lineEdit()
        text = room.fontMetrics().horizontalAdvance(room.text() or room.placeholderText())
        right = size.width() + 3 * SPACE
        fits = bool(self._suffix.text()) and FIELD_PADDING + text + right <= room.width()
        self._suffix.setVisible(fits)
        self._suffix.setGeometry(room.width() - size.width() - 2 * SPACE, 0, size.width(), room.height())
        room.setTextMargins(FIELD_PADDING, 0, right if fits else 0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the suffix in its place."""
        if event.type() == QEvent.Type.Resize:
            self._place_suffix()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Leave undo to the design while nothing was typed."""
        if undo_belongs_to_design(event, self._typed):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the old value back on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.has_pending_text:
            self.discard()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the suffix at the right."""
        super().resizeEvent(event)
        self._place_suffix()

    def stepBy(self, steps: int) -> None:
        """Change the number by presses of an arrow, each of several by itself; committed after a pause."""
        change = Relative.read(self.text())
        if isinstance(self._value, Mixed) and self.takes_relative and (change or not self._typed):
            self.lineEdit().setText(nudged(self._spec, change, steps).text)
        else:
            self.lineEdit().setText(write(stepped(self._spec, self._to_step_from(), steps)))
        self._typed = True
        self.lineEdit().selectAll()
        self.refused.emit("")
        self._steps.start()

    def _to_step_from(self) -> Value:
        """Return the number that an arrow changes: what was typed, else what is there."""
        try:
            value = parse(self._spec, self.text())
        except ValueError:
            value = None if isinstance(self._value, Mixed) else self._value
        return self._inferred if value is None else value

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Say that numbers have arrows, and words and lists none."""
        flags = QAbstractSpinBox.StepEnabledFlag
        if self._spec.type in LISTS or self.text().strip().lower() in self._spec.choices:
            return flags.StepNone
        return flags.StepUpEnabled | flags.StepDownEnabled

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel."""
        event.ignore()


def undo_belongs_to_design(event: QEvent, typed: bool) -> bool:
    """Keep a field from claiming undo and redo, unless something was typed; True if it was about to.

    A line edit takes those keys even when it has nothing to take back, and the design's undo would
    seem dead for as long as a field has the focus.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    if typed or not (event.matches(keys.Undo) or event.matches(keys.Redo)):
        return False
    event.ignore()
    return True
