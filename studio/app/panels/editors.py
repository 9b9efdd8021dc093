"""One control for each type of argument. A control reads a text, shows a value, and says what was set.

All have the same face (`Editor`), so that a form knows no types. None reacts to the mouse wheel: it
scrolls the panel, and must not change a network on the way.
"""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSizePolicy, QStyledItemDelegate, QWidget

from studio.app.panels.number_edit import Mixed, NumberEdit, Shown, undo_belongs_to_design
from studio.app.panels.value_text import write
from studio.app.theme.tokens import SPACE
from studio.catalog.spec import ArgSpec
from studio.graph.node import Value

NARROWEST = 20 * SPACE
"""A list of choices shrinks to this beside a long name, in pixels."""


class SwitchEdit(QCheckBox):
    """On or off."""

    committed = Signal(object)
    refused = Signal(str)

    def __init__(self, spec: ArgSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "switch")
        self.clicked.connect(lambda checked: self.committed.emit(checked))

    def show_value(self, value: Shown, inferred: Value = None) -> None:
        """Show a value."""
        mixed = isinstance(value, Mixed)
        self.setTristate(mixed)
        self.setCheckState(
            Qt.CheckState.PartiallyChecked
            if mixed
            else Qt.CheckState.Checked
            if value
            else Qt.CheckState.Unchecked
        )
        self.setText("several values" if mixed else write(bool(value)))

    def flush(self) -> None:
        """Do nothing: a click is committed at once."""

    def discard(self) -> None:
        """Do nothing: there is never anything unfinished."""

    def nextCheckState(self) -> None:
        """Go from on to off and back; from several values to on."""
        self.setTristate(False)
        self.setChecked(self.checkState() != Qt.CheckState.Checked)


class ChoiceEdit(QComboBox):
    """One of a few words; also on or off where empty is allowed too."""

    committed = Signal(object)
    refused = Signal(str)

    def __init__(self, spec: ArgSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setItemDelegate(QStyledItemDelegate(self))  # the platform's own ignores the style sheet
        self.setMinimumContentsLength(4)
        self.setMinimumWidth(NARROWEST)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        values: list[Value] = [True, False] if spec.type == "bool" else list(spec.choices)
        if spec.optional or spec.infer:
            values.insert(0, None)
        self._empty = "none" if spec.type == "node" else "auto"
        self.set_choices([(write(value) or self._empty, value) for value in values])
        self.setPlaceholderText("several values")
        self.activated.connect(lambda index: self.committed.emit(self.itemData(index)))

    def set_choices(self, choices: list[tuple[str, Value]]) -> None:
        """Offer these values under these titles; the shown one stays."""
        blocker = QSignalBlocker(self)
        current = self.currentData()
        self.clear()
        for title, value in choices:
            self.addItem(title, value)
        if current is not None:
            self.show_value(current)
        del blocker

    def show_value(self, value: Shown, inferred: Value = None) -> None:
        """Show a value; one that is not offered is added, since it is there."""
        if isinstance(value, Mixed):
            self.setCurrentIndex(-1)
            return
        index = next((i for i in range(self.count()) if self.itemData(i) == value), -1)
        if index < 0:
            self.addItem(write(value) or self._empty, value)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def flush(self) -> None:
        """Do nothing: a choice is committed at once."""

    def discard(self) -> None:
        """Do nothing: there is never anything unfinished."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel."""
        event.ignore()


class TextEdit(QLineEdit):
    """A short text; committed on Enter, or when the field is left."""

    committed = Signal(object)
    refused = Signal(str)

    def __init__(self, spec: ArgSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._value: Shown = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(NARROWEST)
        self.editingFinished.connect(self.flush)

    def show_value(self, value: Shown, inferred: Value = None) -> None:
        """Show a value; what is being typed stays unless the value behind it changed."""
        if value != self._value or not self.isModified():
            self._value = value
            self.setText("" if isinstance(value, Mixed) else write(value))
            self.setPlaceholderText("several values" if isinstance(value, Mixed) else "")
            self.setModified(False)

    @property
    def has_pending_text(self) -> bool:
        """Whether something was typed that is not committed yet."""
        return self.isModified()

    def flush(self) -> None:
        """Commit what was typed, or say why that cannot be."""
        if not self.isModified():
            return
        value: Value = self.text() or (None if self._spec.optional else "")
        reason = self._spec.why_not(value)
        if reason is not None:
            self.refused.emit(reason)
            return
        self.setModified(False)
        self.refused.emit("")
        if value != self._value:
            self.committed.emit(value)

    def discard(self) -> None:
        """Forget what was typed."""
        self.setModified(False)
        self.show_value(self._value)
        self.refused.emit("")

    def event(self, event: QEvent) -> bool:
        """Leave undo to the design while nothing was typed."""
        return undo_belongs_to_design(event, self.isModified()) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the old value back on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.discard()
            return
        super().keyPressEvent(event)


Editor: TypeAlias = NumberEdit | SwitchEdit | ChoiceEdit | TextEdit

EDITORS: dict[str, type[NumberEdit] | type[SwitchEdit] | type[ChoiceEdit] | type[TextEdit]] = {
    "int": NumberEdit,
    "float": NumberEdit,
    "pair": NumberEdit,
    "ints": NumberEdit,
    "floats": NumberEdit,
    "text": TextEdit,
    "node": ChoiceEdit,
    "bool": SwitchEdit,
    "choice": ChoiceEdit,
}
"""Which control an argument of a type gets."""


def editor_for(spec: ArgSpec, parent: QWidget | None = None) -> Editor:
    """Return a new control for an argument; a bool that may be empty gets three choices."""
    if spec.type == "bool" and spec.optional:
        return ChoiceEdit(spec, parent)
    return EDITORS[spec.type](spec, parent)
