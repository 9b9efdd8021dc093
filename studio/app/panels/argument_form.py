"""A form made from argument specs: names at the left, controls at the right, reasons under them.

It serves layers, data sets and training settings alike, since all are described by `ArgSpec`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from studio.app.panels.editors import Editor, editor_for
from studio.app.panels.number_edit import MIXED, Mixed, NumberEdit, Shown
from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import SPACE
from studio.catalog.spec import ArgSpec, show
from studio.graph.node import Value


class ArgumentRow(QObject):
    """One argument: its name, its control, and the reason why something was not taken."""

    edited = Signal(str, object)
    """(name, value)"""

    reset_wanted = Signal(str)
    focused = Signal(object)
    """Its `ArgSpec`, when the control gets the focus."""

    def __init__(
        self, spec: ArgSpec, prefix: str, grid: QGridLayout, place: int, parent: QWidget, title: str = ""
    ) -> None:
        super().__init__(parent)
        self.spec = spec
        self._value: Shown = None
        self._problem = ""
        self.name_label = label(title or spec.name, "argument", parent)
        self.editor: Editor = editor_for(spec, parent)
        self.reason_label = label("", "bad-small", parent, wrap=True)
        self.reason_label.setObjectName(f"{prefix}.{spec.name}.reason")
        self.reason_label.hide()
        self.editor.setObjectName(f"{prefix}.{spec.name}")
        self.editor.setAccessibleName(spec.name)
        self.editor.setAccessibleDescription(spec.help)
        self.name_label.setBuddy(self.editor)
        for widget in (self.name_label, self.editor):
            widget.setToolTip(spec.help)
            widget.installEventFilter(self)
        if isinstance(self.editor, NumberEdit):
            self.editor.lineEdit().installEventFilter(self)
        grid.addWidget(self.name_label, 2 * place, 0)
        grid.addWidget(self.editor, 2 * place, 1)
        grid.addWidget(self.reason_label, 2 * place + 1, 0, 1, 2)
        self.editor.committed.connect(lambda value: self.edited.emit(spec.name, value))
        self.editor.refused.connect(self.refuse)

    @property
    def differs(self) -> bool:
        """Whether the value is not the default."""
        return isinstance(self._value, Mixed) or self._value != self.spec.coerce(self.spec.default)

    def show_value(self, value: Shown, inferred: Value, problem: str) -> None:
        """Show a value, and what is wrong with it."""
        if value != self._value:
            self.refuse("")
        self._value, self._problem = value, problem
        self.editor.show_value(value, inferred)
        set_property(self.name_label, "changed", self.differs)
        pending = isinstance(self.editor, NumberEdit) and self.editor.has_pending_text
        if not pending:
            self._complain(problem)

    def refuse(self, reason: str) -> None:
        """Show why what was typed is not taken; an empty reason takes it back."""
        self._complain(f"{self.spec.name} {reason}." if reason else self._problem)

    def _complain(self, text: str) -> None:
        set_property(self.editor, "invalid", bool(text))
        self.reason_label.setText(text)
        self.reason_label.setVisible(bool(text))

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        for widget in (self.name_label, self.editor):
            widget.setVisible(visible)
        self.reason_label.setVisible(visible and bool(self.reason_label.text()))

    def menu(self) -> QMenu:
        """Return the control's context menu."""
        if isinstance(self.editor, NumberEdit):
            menu = self.editor.lineEdit().createStandardContextMenu()
            menu.addSeparator()
            for word in self.spec.choices:
                menu.addAction(f"Set to {word}", partial(self._set, word))
        else:
            menu = QMenu(self.editor)
        reset = menu.addAction(f"Reset to {show(self.spec.default)}", self._reset)
        reset.setObjectName(f"action.argument.reset.{self.spec.name}")
        reset.setEnabled(self.differs)
        return menu

    def _set(self, value: Value) -> None:
        self.editor.discard()
        self.edited.emit(self.spec.name, value)

    def _reset(self) -> None:
        self.editor.discard()
        self.reset_wanted.emit(self.spec.name)

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the focus, and open our own context menu."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit(self.spec)
        if isinstance(event, QContextMenuEvent):
            self._open_menu(event.globalPos())
            return True
        return super().eventFilter(watched, event)


class ArgumentForm(QWidget):
    """Controls for some arguments, and one line of help for the one in use.

    Args:
        specs: The arguments, top to bottom.
        prefix: Begins the object names of the controls: ``argument`` gives ``argument.stride``.
        titles: What stands before a control where that is not the argument's name.
        resting: The help's text until a control is used for the first time.
    """

    edited = Signal(str, object)
    """(name, value): the person set an argument to a value that its spec allows."""

    reset_wanted = Signal(str)
    """The person wants an argument's default back."""

    def __init__(
        self,
        specs: Sequence[ArgSpec],
        prefix: str,
        parent: QWidget | None = None,
        *,
        titles: Mapping[str, str] | None = None,
        resting: str = "",
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnMinimumWidth(0, 25 * SPACE)
        grid.setColumnStretch(1, 1)
        self.rows: dict[str, ArgumentRow] = {}
        for place, spec in enumerate(specs):
            row = ArgumentRow(spec, prefix, grid, place, self, (titles or {}).get(spec.name, ""))
            row.edited.connect(self.edited)
            row.reset_wanted.connect(self.reset_wanted)
            row.focused.connect(self._explain)
            self.rows[spec.name] = row
        self._help = label(resting, "dim", self, wrap=True)
        self._help.setObjectName(f"{prefix}.help")
        self._help.setVisible(bool(resting))
        grid.addWidget(self._help, 2 * len(specs), 0, 1, 2)

    def show_values(
        self,
        values: Mapping[str, Shown],
        inferred: Mapping[str, Value] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> None:
        """Show all values; a field with unfinished text keeps it while its value stays."""
        for name, row in self.rows.items():
            row.show_value(values.get(name), (inferred or {}).get(name), (problems or {}).get(name, ""))

    def refuse(self, name: str, reason: str) -> None:
        """Say at a control why its value was not taken after all."""
        self.rows[name].refuse(reason)

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        for row in self.rows.values():
            row.editor.flush()

    def help_text(self) -> str:
        """Return the line of help that is shown."""
        return self._help.text()

    def _explain(self, spec: ArgSpec) -> None:
        unit = f" In {spec.unit}." if spec.unit else ""
        default = "" if spec.default is None else f" Default {show(spec.default)}."
        # It stands under all controls, so that showing it moves none of them from under the mouse.
        self._help.setText(f"{spec.name}: {spec.help}{unit}{default}")
        self._help.show()


def common(values: Sequence[Value]) -> Shown:
    """Return the value that all share, or `MIXED`."""
    first = values[0]
    return first if all(value == first for value in values) else MIXED
